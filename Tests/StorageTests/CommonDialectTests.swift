// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

/// What services may rely on when they write a statement once for all engines.
@Suite("The common SQL dialect")
struct CommonDialectTests {
  private static func column(_ sql: SQL, _ values: [SQLValue] = [], in store: Database) async throws -> [SQLValue] {
    try await store.read { transaction in try transaction.rows(sql, values).map { try $0.value("value") } }
  }

  @Test(
    "texts are sorted and compared by their bytes, whatever the locale of the database", arguments: ScratchStore.engines
  )
  func order(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let ids = ["a", "B", "é", "Z", "zz", "", " x", "ä", "_", "10", "9", "aa", "a-b", "ab", "病", "👩‍⚕️", "ﬀ", "A"]
      try await store.write { transaction in for id in ids { try transaction.insertNote(id) } }
      let sorted = ids.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.map { SQLValue.text($0) }
      #expect(try await Self.column("SELECT id AS value FROM notes ORDER BY id", in: store) == sorted)
      for (place, id) in sorted.enumerated() {
        let after = try await Self.column("SELECT id AS value FROM notes WHERE id > $1 ORDER BY id", [id], in: store)
        #expect(after == Array(sorted[(place + 1)...]))
      }
      #expect(try await Self.column("SELECT MAX(id) AS value FROM notes", in: store) == [sorted[sorted.count - 1]])
    }
  }

  @Test("pages by several columns go through everything once", arguments: ScratchStore.engines)
  func pages(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for number in 0..<50 { try transaction.insertNote("n\(number)", position: Int64(number % 7) - 3) }
      }
      let all = try await store.read { try $0.notes() }
      var found: [String] = []
      var key: [SQLValue]?
      repeat {
        var query = Query("SELECT id, position FROM notes")
        query.require("organisation_id = ?", .text("o"))
        query.page(limit: 8, after: key, by: ["position", "id"])
        let (sql, values) = (query.sql, query.values)
        let rows = try await store.read { try $0.rows(sql, values) }
        found += try rows.map { try $0.text("id") }
        key = try rows.last.map { [try $0.value("position"), try $0.value("id")] }
      } while key != nil
      #expect(found == all)
    }
  }

  @Test("counts, sums and other answers of expressions have the same types", arguments: ScratchStore.engines)
  func expressions(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for number in 1...4 {
          try transaction.execute(
            "INSERT INTO notes (organisation_id, id, position, weight) VALUES ('o', $1, $2, $3)",
            [.text("n\(number)"), .integer(Int64(number)), number == 4 ? .null : .real(Double(number) / 2)])
        }
      }
      let expected: [(SQL, SQLValue)] = [
        ("COUNT(*)", .integer(4)), ("COUNT(weight)", .integer(3)), ("SUM(position)", .integer(10)),
        ("SUM(weight)", .real(3)), ("AVG(weight)", .real(1)), ("MIN(position)", .integer(1)),
        ("MAX(weight)", .real(1.5)),
        ("COALESCE(MAX(weight), 0.0)", .real(1.5)), ("MAX(position) / 3", .integer(1)),
        ("-MAX(position) % 3", .integer(-1)),
        ("SUM(CASE WHEN weight IS NULL THEN 1 ELSE 0 END)", .integer(1)), ("MAX(id || '-' || id)", .text("n4-n4")),
        ("LENGTH(MAX(id))", .integer(2)), ("UPPER(MIN(id))", .text("N1")), ("CAST(MAX(position) AS TEXT)", .text("4")),
        ("MAX(CAST(position AS DOUBLE PRECISION))", .real(4)), ("NULLIF(COUNT(*), 4)", .null),
        ("COUNT(DISTINCT organisation_id)", .integer(1)), ("SUBSTR(MAX(id), 2, 1)", .text("4")),
      ]
      for (expression, value) in expected {
        let found = try await Self.column("SELECT \(expression) AS value FROM notes", in: store)
        #expect(found == [value], "\(expression.text)")
      }
      // Nothing to sum.
      let none: SQL = "SELECT SUM(position) AS value FROM notes WHERE position > 9"
      #expect(try await Self.column(none, in: store) == [.null])
    }
  }

  @Test("NULL and numbers may be given wherever a value may stand", arguments: ScratchStore.engines)
  func parameters(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for number in 1...3 { try transaction.insertNote("n\(number)", position: Int64(number)) }
        // A whole number goes into a column of numbers, and NULL into any.
        try transaction.execute(
          "UPDATE notes SET weight = $1, picture = $2 WHERE id = $3", [.integer(2), .null, .text("n1")])
        try transaction.execute(
          "UPDATE notes SET weight = $1, picture = $2 WHERE id = $3", [.null, .blob([1]), .text("n2")])
      }
      let cases: [(SQL, [SQLValue], [String])] = [
        ("WHERE weight = $1", [.integer(2)], ["n1"]), ("WHERE weight = $1", [.real(2)], ["n1"]),
        ("WHERE weight = $1", [.null], []), ("WHERE weight IS NULL", [], ["n2", "n3"]),
        ("WHERE COALESCE($1, id) = id", [.null], ["n1", "n2", "n3"]), ("WHERE picture = $1", [.blob([1])], ["n2"]),
        ("WHERE $1 = position", [.integer(3)], ["n3"]),
        ("WHERE position + $1 = $2", [.integer(1), .integer(3)], ["n2"]),
        ("WHERE position IN ($1, $2)", [.integer(1), .integer(3)], ["n1", "n3"]),
        ("ORDER BY id LIMIT $1", [.integer(2)], ["n1", "n2"]),
        ("WHERE id LIKE $1", [.text("n%")], ["n1", "n2", "n3"]),
        ("WHERE id <> $1 AND id <> $2", [.text("n1"), .text("n2")], ["n3"]),
        (
          "WHERE EXISTS (SELECT 1 FROM notes AS m WHERE m.position = notes.position + $1)", [.integer(1)], ["n1", "n2"]
        ),
      ]
      for (rest, values, expected) in cases {
        let sql: SQL = "SELECT id AS value FROM notes \(rest)"
        let found = try await Self.column(sql, values, in: store)
        #expect(Set(found) == Set(expected.map { SQLValue.text($0) }), "\(rest.text)")
      }
    }
  }

  @Test("statements may run while the rows of another one pass", arguments: ScratchStore.engines)
  func nested(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for number in 0..<700 { try transaction.insertNote("n\(number)", position: Int64(number)) }
      }
      try await store.write { transaction in
        var count: Int64 = 0
        try transaction.forEachRow("SELECT position, id FROM notes ORDER BY position") { row in
          #expect(try row.integer(0) == count)
          count += 1
          var inner = 0
          try transaction.forEachRow("SELECT id FROM notes WHERE position < 3") { _ in inner += 1 }
          #expect(inner == 3)
          let found = try transaction.row("SELECT position FROM notes WHERE id = $1", [.text(try row.text(1))])
          #expect(try found?.integer("position") == count - 1)
          try transaction.execute("UPDATE notes SET weight = 1 WHERE id = $1", [.text(try row.text(1))])
        }
        #expect(count == 700)
      }
      #expect(try await Self.column("SELECT COUNT(weight) AS value FROM notes", in: store) == [.integer(700)])
    }
  }

  @Test("large values come back", arguments: ScratchStore.engines)
  func large(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let picture = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let id = String(repeating: "é", count: 1000)
      try await store.write { transaction in
        try transaction.execute(
          "INSERT INTO notes (organisation_id, id, position, picture) VALUES ('o', $1, 1, $2)",
          [.text(id), .blob(picture)])
      }
      let row = try #require(await store.read { try $0.row("SELECT id, picture FROM notes") })
      #expect(try row.text("id") == id)
      #expect(try row.blob("picture") == picture)
    }
  }
}
