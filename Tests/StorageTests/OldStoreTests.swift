// SPDX-License-Identifier: Apache-2.0

import GRDB
import StorageTesting
import Testing

@testable import Storage

@Suite("Stores of versions whose events had no chain")
struct OldStoreTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The tables that every store had.
  private static let common = [
    "PRAGMA application_id = \(StoreFile.applicationID)",
    """
    CREATE TABLE schema_migrations (
      number INTEGER NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE events (
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
    "CREATE INDEX events_object ON events (object_id, sequence)",
    "CREATE INDEX events_organisation ON events (organisation_id, sequence)",
  ]

  /// When the first event was: years ago, in microseconds.
  private static let start: Int64 = 1_600_000_000_000_000

  /// Makes an old store with one note, and events with these numbers.
  private func make(_ numbers: [Int64], _ more: String...) throws {
    let queue = try DatabaseQueue(path: scratch.path())
    try queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    try queue.write { connection in
      for statement in Self.common { try connection.execute(sql: statement) }
      for statement in Scratch.notes[0].statements { try connection.execute(sql: statement.sql) }
      try connection.execute(sql: "INSERT INTO schema_migrations VALUES (1, 'notes', 0)")
      try connection.execute(sql: "INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1)")
      for number in numbers {
        try connection.execute(
          sql: "INSERT INTO events VALUES (?, ?, 'note.created', ?, 'person:p', NULL, ?, 'why', ?)",
          arguments: [number, number % 2 == 0 ? "o" : "p", "e\(number)", "{}", Self.start + number])
      }
      for statement in more { try connection.execute(sql: statement) }
    }
    try queue.close()
  }

  @Test(
    "events are taken over in their order, numbered without gaps and chained", arguments: [0, 1, 999, 1000, 1001, 2500])
  func takenOver(count: Int) async throws {
    // Every third number was given to a write that failed.
    let numbers = (0..<count).map { Int64($0 * 3 / 2 + 5) }
    try make(numbers)
    for _ in 0..<2 {
      let store = try scratch.store()
      #expect(try await store.read { try $0.notes() } == ["a"])
      let trail = try await store.trail()
      #expect(trail.map(\.object) == numbers.map { "e\($0)" })
      #expect(trail.map(\.time) == numbers.map { Self.start + $0 })
      #expect(trail.map(\.organisation) == numbers.map { $0 % 2 == 0 ? "o" : "p" })
      #expect(trail.allSatisfy { $0.reason == "why" && $0.before == nil && $0.after == "{}" })
      #expect(try await store.chainIsWhole())
      #expect(store.events.last == Int64(count))
      try store.close()
    }
    let store = try scratch.store()
    try await store.write { $0.append(.noted("new")) }
    #expect(try await store.objects().last == "new")
    #expect(try await store.chainIsWhole())
    #expect(try await store.events.events(after: 0, limit: 9999).count == count + 1)
  }

  @Test("events whose clock went back keep their times and their order")
  func clock() async throws {
    try make([1, 2, 3], "UPDATE events SET happened_at = 7 WHERE sequence = 3")
    let store = try scratch.store()
    try await store.write { $0.append(.noted("new")) }
    let trail = try await store.trail()
    #expect(trail.map(\.time).prefix(3) == [Self.start + 1, Self.start + 2, 7])
    #expect(trail.map(\.object) == ["e1", "e2", "e3", "new"])
  }

  @Test("steps that were applied get their checksums, and hold from then on")
  func checksums() async throws {
    try make([1])
    try scratch.store().close()
    let other = Storage.Migration(number: 1, name: "notes", sql: ["CREATE TABLE notes (id TEXT)"])
    let error = #expect(throws: StorageError.self) {
      try Storage.Database.open(path: scratch.path(), migrations: [other], service: "test")
    }
    #expect(error?.kind == "foreign")
  }

  @Test("a store whose events cannot be taken over stays as it was")
  func failed() async throws {
    try make([1, 2, 3], "UPDATE events SET actor = X'FF' WHERE sequence = 2")
    for _ in 0..<2 {
      let error = #expect(throws: StorageError.self) { try scratch.store() }
      #expect(error?.kind == "migration")
      let found: String? = try BackupFixture.look(
        scratch.path(), "SELECT group_concat(sequence || object_id) FROM events ORDER BY sequence")
      #expect(found == "1e1,2e2,3e3")
    }
    try BackupFixture.change(scratch.path(), "UPDATE events SET actor = 'person:p' WHERE sequence = 2").close()
    let store = try scratch.store()
    #expect(try await store.objects() == ["e1", "e2", "e3"])
    #expect(try await store.chainIsWhole())
  }
}
