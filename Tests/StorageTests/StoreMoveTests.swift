// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Identity
import StorageTesting
import Testing

@testable import Storage

@Suite("Copies of a store in another place")
struct StoreMoveTests {
  /// From where to where.
  struct Way: Sendable, CustomTestStringConvertible {
    let from: EngineName
    let to: EngineName
    var testDescription: String { "\(from) to \(to)" }
  }

  static let ways = ScratchStore.engines.flatMap { from in ScratchStore.engines.map { Way(from: from, to: $0) } }

  /// Values that engines could keep differently.
  static let notes: [(id: String, weight: SQLValue, picture: SQLValue)] = [
    ("Ω — 😀 'quoted' \\ \n\t", .real(0.1), .blob([0, 1, 255])), ("", .real(-0.0), .blob([])),
    ("a", .real(.leastNonzeroMagnitude), .null), ("B", .real(1.7976931348623157e308), .null),
    ("b", .real(3), .blob([0])),
    ("é", .null, .null), ("\u{65}\u{301}", .real(-1.0 / 3), .null), ("\u{1}", .null, .null),
    ("\u{FFFF}", .null, .null), ("\u{10000}", .null, .null),
  ]

  /// Fills the store of a place.
  private func fill(_ scratch: ScratchStore, more: Int = 0) async throws {
    let store = try scratch.store()
    for (index, note) in Self.notes.enumerated() {
      try await store.write { transaction in
        try transaction.execute(
          "INSERT INTO notes (organisation_id, id, position, weight, picture) VALUES ($1, $2, $3, $4, $5)",
          [.text("o\(index % 3)"), .text(note.id), .integer(.max - Int64(index)), note.weight, note.picture])
        transaction.append(
          Event(kind: "note.created", object: note.id, organisation: "o", actor: .anonymous, after: "{}", reason: "ö"))
      }
    }
    if more > 0 {
      try await store.write { transaction in
        try transaction.write(
          BulkRows(
            table: "notes", key: ["organisation_id", "id"],
            columns: [
              BulkRows.Column("organisation_id", .same(.text("many"))),
              BulkRows.Column("id", .text((0..<more).map { "m\($0)" })),
              BulkRows.Column("position", .integer((0..<more).map { Int64($0) })),
            ], count: more))
      }
    }
    try store.close()
  }

  private func move(_ from: ScratchStore, _ to: ScratchStore) throws -> StoreMove {
    try StoreMove(from: from.location(), to: to.location(), service: "test", migrations: Scratch.notes)
  }

  private func on(_ way: Way, _ body: (ScratchStore, ScratchStore) async throws -> Void) async throws {
    try await ScratchStore.on(way.from) { from in
      try await ScratchStore.on(way.to) { to in try await body(from, to) }
    }
  }

  @Test("a copy has everything that the store has, and is that store from then on", arguments: ways)
  func whole(way: Way) async throws {
    try await on(way) { from, to in
      try await fill(from, more: 300)
      let report = try move(from, to).run()
      #expect(report.tables.map(\.name) == ["event_head", "events", "notes", "requests", "store_properties"])
      #expect(report.tables.map(\.rows) == [1, 10, 310, 0, 3])
      #expect(report.events == 10)
      #expect(report.tables.allSatisfy { $0.hash.utf8.count == 64 })

      let (before, after) = (try from.store(), try to.store())
      #expect(before.id == after.id && report.store == after.id)
      #expect(try after.pageTokens.parts(of: before.pageTokens.token(["x"])) == ["x"])
      let rows: SQL = "SELECT organisation_id, id, position, weight, picture FROM notes ORDER BY organisation_id, id"
      #expect(try await before.read { try $0.rows(rows) } == after.read { try $0.rows(rows) })
      #expect(try await before.trail() == after.trail())
      // It goes on where the other one ended.
      try await after.write { transaction in
        transaction.append(Event(kind: "note.created", object: "later", organisation: "o", actor: .anonymous))
      }
      #expect(try await after.chainIsWhole())
      #expect(try await after.trail().last?.sequence == 11)
    }
  }

  @Test("hashes of tables are the same on all engines and over all ways", .enabled(if: ScratchStore.hasPostgres))
  func hashes() async throws {
    try await ScratchStore.on(.sqlite) { first in
      try await ScratchStore.on(.postgres) { second in
        try await ScratchStore.on(.sqlite) { third in
          try await fill(first)
          let there = try move(first, second).run()
          let back = try move(second, third).run()
          #expect(there == back)
        }
      }
    }
  }

  @Test("not a byte of the file that is copied changes, nor of its log", arguments: ScratchStore.engines)
  func untouched(engine: EngineName) async throws {
    try await on(Way(from: .sqlite, to: engine)) { from, to in
      // As a service that was killed leaves it: the last writes are in the log alone.
      try await fill(from)
      let store = try from.store()
      try await store.write { try $0.insertNote("in the log") }
      let path = from.folder + "/test.sqlite"
      let killed = from.folder + "/killed"
      try FileManager.default.createDirectory(atPath: killed, withIntermediateDirectories: true)
      for end in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: path + end, toPath: "\(killed)/test.sqlite\(end)")
      }
      try store.close()
      let files = ["", "-wal"].map { "\(killed)/test.sqlite\($0)" }
      let before = try files.map { SHA256.hash(data: try Data(contentsOf: URL(filePath: $0))) }
      let report = try StoreMove(
        from: .sqlite(path: files[0]), to: to.location(), service: "test", migrations: Scratch.notes
      ).run()
      #expect(report.tables.first { $0.name == "notes" }?.rows == 11)
      #expect(try files.map { SHA256.hash(data: try Data(contentsOf: URL(filePath: $0))) } == before)
    }
  }

  @Test("a copy that ended at any piece is no store for a service, and is completed by the next one", arguments: ways)
  func resumed(way: Way) async throws {
    try await on(way) { from, to in
      try await fill(from, more: 50_000)
      let move = try move(from, to)
      // After the first table, the second one, and a part of the third.
      for _ in 1...3 {
        #expect(throws: Unhappy.self) { try move.run { _ in throw Unhappy() } }
        let refusal = to.refusal()
        #expect(refusal == .unfinishedCopy(path: try to.location().description))
        #expect(refusal?.description.contains("unfinished copy") == true)
      }
      var copied: [Int64] = []
      let report = try move.run { progress in
        if case .copied(table: "notes", let rows) = progress { copied.append(rows) }
      }
      // Those that were there already are not copied again.
      #expect(copied == [40_000, 50_010])
      #expect(report.tables.first { $0.name == "notes" }?.rows == 50_010)
      let store = try to.store()
      #expect(try await store.read { try $0.row("SELECT count(*) AS n FROM notes") }?.integer("n") == 50_010)
    }
  }

  /// The statements that damage a copy, and what the refusal says of it.
  static let damages: [(sql: String, difference: String)] = [
    (
      "UPDATE notes SET position = position + 1 WHERE id = 'm41234'",
      "the row with organisation_id “many”, id “m41234” has another position in the copy"
    ),
    ("DELETE FROM notes WHERE id = 'm9'", "id “m9” is missing in the copy"),
    (
      "INSERT INTO notes (organisation_id, id, position) VALUES ('zzz', 'new', 1)",
      "the row with organisation_id “zzz”, id “new” is in the copy alone"
    ),
    ("UPDATE notes SET weight = 0.30000000000000004 WHERE id = 'b'", "has another weight in the copy"),
    ("UPDATE store_properties SET value = $1 WHERE name = 'page_token_key'", "name “page_token_key” has another value"),
  ]

  @Test("a copy that differs in one row is refused with the row, and stays unusable", arguments: ways, damages.indices)
  func differing(way: Way, damage: Int) async throws {
    try await on(way) { from, to in
      try await fill(from, more: 50_000)
      let (sql, difference) = Self.damages[damage]
      #expect(throws: Unhappy.self) {
        try move(from, to).run { progress in
          if case .compared(let table) = progress, table.name == "event_head" { throw Unhappy() }
        }
      }
      try to.change(sql, sql.contains("$1") ? [.blob(Array(repeating: 7, count: 32))] : [])
      let error = #expect(throws: StoreMoveError.self) { try move(from, to).run() }
      #expect(error?.description.contains(difference) == true, "\(String(describing: error))")
      #expect(to.refusal()?.kind == "unfinishedCopy")
    }
  }

  @Test("a place that has a store, or the copy of another one, is refused and stays as it is", arguments: ways)
  func occupied(way: Way) async throws {
    try await on(way) { from, to in
      try await fill(from)
      let other = try to.store()
      try await other.write { try $0.insertNote("mine") }
      let id = other.id
      try other.close()
      let error = #expect(throws: StorageError.self) { try move(from, to).run() }
      #expect(error?.kind == "occupied" && error?.description.contains("it has a store") == true)
      let again = try to.store()
      #expect(again.id == id)
      #expect(try await again.read { try $0.notes() } == ["mine"])
    }
    try await on(way) { from, to in
      try await fill(from)
      #expect(throws: Unhappy.self) { try move(from, to).run { _ in throw Unhappy() } }
      try await ScratchStore.on(way.from) { third in
        try await fill(third)
        let error = #expect(throws: StorageError.self) { try move(third, to).run() }
        #expect(error?.description.contains("copy of another store") == true)
      }
      // The store goes on before the copy is complete.
      let store = try from.store()
      try await store.write {
        $0.append(Event(kind: "note.created", object: "x", organisation: "o", actor: .anonymous))
      }
      try store.close()
      let error = #expect(throws: StorageError.self) { try move(from, to).run() }
      #expect(
        error?.description.contains("at event 10, which is at event 11 now") == true, "\(String(describing: error))")
    }
  }

  @Test(
    "a copy that is complete is compared and left as it is; one that was written to since is refused", arguments: ways)
  func again(way: Way) async throws {
    try await on(way) { from, to in
      try await fill(from)
      let first = try move(from, to).run()
      var copied = 0
      let second = try move(from, to).run { if case .copied = $0 { copied += 1 } }
      #expect(second.tables == first.tables && second.store == first.store && second.events == first.events)
      #expect(first.isNew && !second.isNew && copied == 0)
      let store = try to.store()
      try await store.write {
        $0.append(Event(kind: "note.created", object: "x", organisation: "o", actor: .anonymous))
      }
      try store.close()
      let error = #expect(throws: StorageError.self) { try move(from, to).run() }
      #expect(error?.kind == "occupied")
    }
  }

  @Test("a store that a service has open, that is not there, or that lacks steps is not copied", arguments: ways)
  func refused(way: Way) async throws {
    try await on(way) { from, to in
      let missing = #expect(throws: StoreMoveError.self) { try move(from, to).run() }
      #expect(missing == .noStore(path: try from.location().description))

      let store = try from.store()
      let used = #expect(throws: StorageError.self) { try move(from, to).run() }
      #expect(used == .inUse(path: try from.location().description))
      try store.close()

      let more = Scratch.notes + [Migration(number: 2, name: "more", sql: ["CREATE TABLE more (id TEXT PRIMARY KEY)"])]
      let outdated = #expect(throws: StoreMoveError.self) {
        try StoreMove(from: from.location(), to: to.location(), service: "test", migrations: more).run()
      }
      #expect(outdated == .outdated(path: try from.location().description, missing: 1))
      #expect(outdated?.description.contains("waymark migrate") == true)
      try from.open(more).close()
      let newer = #expect(throws: StorageError.self) { try move(from, to).run() }
      #expect(newer?.kind == "newer")
      // Nothing came of any of these.
      try to.store().close()
    }
  }

  @Test("a text with U+0000 is refused with its table and key", arguments: ScratchStore.engines)
  func nullCharacter(engine: EngineName) async throws {
    try await on(Way(from: .sqlite, to: engine)) { from, to in
      try await fill(from)
      try from.change("UPDATE notes SET id = 'x' || char(0) || 'y' WHERE id = 'B'")
      let error = #expect(throws: StoreMoveError.self) { try move(from, to).run() }
      #expect(
        error == .nullCharacter(table: "notes", column: "id", key: "organisation_id “o0”, id “x␀y”"),
        "\(String(describing: error))")
    }
  }

  @Test("a trail that does not fit together is not copied in silence", arguments: ways)
  func brokenTrail(way: Way) async throws {
    try await on(way) { from, to in
      try await fill(from)
      try from.changeTrail("UPDATE events SET reason = 'none' WHERE sequence = 4")
      let error = #expect(throws: StoreMoveError.self) { try move(from, to).run() }
      #expect(error?.description.contains("event 4 ") == true, "\(String(describing: error))")
      #expect(to.refusal()?.kind == "unfinishedCopy")
    }
  }

  @Test("nothing can be written to the store while it is copied", arguments: ways)
  func claimed(way: Way) async throws {
    try await on(way) { from, to in
      try await fill(from)
      var isRefused: Bool?
      _ = try move(from, to).run { _ in
        guard isRefused == nil else { return }
        if from.engine == .sqlite {
          isRefused = from.refusal()?.kind == "inUse"
        } else {
          let session = try PostgresEngine(
            address: PostgresAddress(from.place()), schema: "test", limits: PostgresLimits(lock: .milliseconds(50))
          ).session(limits: PostgresLimits(lock: .milliseconds(50)))
          defer { session.close() }
          try session.connection.begin(.write)
          do {
            _ = try session.connection.execute("SELECT sequence FROM event_head WHERE id = 1 FOR UPDATE", [])
            isRefused = false
          } catch { isRefused = true }
        }
      }
      #expect(isRefused == true)
    }
  }
}
