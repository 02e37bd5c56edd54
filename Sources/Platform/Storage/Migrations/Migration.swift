// SPDX-License-Identifier: Apache-2.0

/// One step of a store's schema.
///
/// Steps are numbered from 1 without gaps, and only go forward.
public struct Migration: Sendable, Hashable {
  /// The schema's number after this step.
  public let number: Int
  /// What the step does, in a few words.
  public let name: String
  /// The statements, in the common SQL dialect.
  public let sql: [String]

  public init(number: Int, name: String, sql: [String]) {
    self.number = number
    self.name = name
    self.sql = sql
  }

  /// What every store has: its schema's history, and its events.
  static let common = [
    """
    CREATE TABLE IF NOT EXISTS schema_migrations (
      number INTEGER NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS events (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      organisation_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      object_id TEXT NOT NULL,
      actor TEXT NOT NULL,
      before_json TEXT,
      after_json TEXT,
      reason TEXT NOT NULL,
      happened_at BIGINT NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS events_object ON events (object_id, sequence)",
    "CREATE INDEX IF NOT EXISTS events_organisation ON events (organisation_id, sequence)",
  ]
}
