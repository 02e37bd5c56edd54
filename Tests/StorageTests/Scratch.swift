// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage

/// A folder of its own for one test; gone when the test is.
final class Scratch: Sendable {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("waymark-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String = "store.sqlite") -> String { "\(folder)/\(name)" }

  /// A store with one table, `notes`.
  func store(_ name: String = "store.sqlite") throws -> Database {
    try Database.open(path: path(name), migrations: Self.notes, service: "test")
  }

  static let notes = [
    Migration(
      number: 1, name: "notes",
      sql: [
        """
        CREATE TABLE notes (
          organisation_id TEXT NOT NULL,
          id TEXT NOT NULL,
          position BIGINT NOT NULL,
          weight DOUBLE PRECISION,
          picture BLOB,
          PRIMARY KEY (organisation_id, id)
        )
        """,
        "CREATE UNIQUE INDEX notes_id ON notes (id)",
      ])
  ]
}

extension WriteTransaction {
  func insertNote(_ id: String, position: Int64 = 0) throws {
    try execute(
      "INSERT INTO notes (organisation_id, id, position) VALUES ('o', $1, $2)", [.text(id), .integer(position)])
  }
}

extension Transaction {
  func notes() throws -> [String] {
    try rows("SELECT id FROM notes ORDER BY position, id").map { try $0.text("id") }
  }
}

/// Something that a test throws.
struct Unhappy: Error, Equatable {}
