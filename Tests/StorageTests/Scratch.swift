// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageTesting
import Testing

@testable import Storage

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

extension ScratchStore {
  /// A store with one table, `notes`.
  func store(service: String = "test") throws -> Database { try open(Scratch.notes, service: service) }

  /// What opening the store is refused with.
  func refusal(_ migrations: [Migration] = Scratch.notes, service: String = "test") -> StorageError? {
    #expect(throws: StorageError.self) { try open(migrations, service: service).close() }
  }
}

extension ScratchStore {
  /// Changes the store behind the back of whoever has it open, or while nobody has.
  func change(_ sql: String, _ values: [SQLValue] = [], service: String = "test") throws {
    let engine = try Database.engine(at: location(of: service), service: service)
    defer { try? engine.close() }
    try engine.updatingSchema { _ = try $0.execute(sql, values) }
  }
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
