// SPDX-License-Identifier: Apache-2.0

import Storage
import StorageTesting
import Testing

@Suite("Transactions")
struct TransactionTests {
  @Test("a write that returns is there for every later read", arguments: ScratchStore.engines)
  func write(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("a") }
      #expect(try await store.read { try $0.notes() } == ["a"])
    }
  }

  @Test(
    "a write whose body throws leaves nothing behind, and throws what the body threw", arguments: ScratchStore.engines)
  func rollback(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      await #expect(throws: Unhappy()) {
        try await store.write { transaction in
          try transaction.insertNote("a")
          #expect(try transaction.notes() == ["a"])
          throw Unhappy()
        }
      }
      #expect(try await store.read { try $0.notes() }.isEmpty)
    }
  }

  @Test(
    "rows pass one after another, by the places of their columns, and end with what the body throws",
    arguments: ScratchStore.engines)
  func passing(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for (index, id) in ["a", "b", "c"].enumerated() {
          try transaction.execute(
            "INSERT INTO notes (organisation_id, id, position, weight) VALUES ('o', $1, $2, $3)",
            [.text(id), .integer(Int64(index)), index == 1 ? .null : .real(Double(index) / 3)])
        }
      }
      let sql: SQL = "SELECT id, position, weight FROM notes WHERE position >= $1 ORDER BY id"
      let found = try await store.read { transaction in
        var found: [String] = []
        try transaction.forEachRow(sql, [.integer(0)]) { row in
          let weight = try row.optionalReal(2).map { "\($0)" } ?? "none"
          found.append("\(try row.text(0)) \(try row.integer(1)) \(weight)")
        }
        return found
      }
      #expect(found == ["a 0 0.0", "b 1 none", "c 2 \(2.0 / 3)"])
      await #expect(throws: Unhappy()) {
        try await store.read { try $0.forEachRow(sql, [.integer(1)]) { _ in throw Unhappy() } }
      }
      await #expect(throws: StorageError.self) {
        try await store.read { try $0.forEachRow(sql, [.integer(1)]) { _ = try $0.real(2) } }
      }
    }
  }

  @Test("writes of many tasks follow one another: none is lost", arguments: ScratchStore.engines)
  func concurrent(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("counter") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<200 {
          group.addTask {
            try await store.write { transaction in
              let found = try transaction.row("SELECT position FROM notes WHERE id = 'counter'")
              try transaction.execute(
                "UPDATE notes SET position = $1 WHERE id = 'counter'",
                [.integer((try found?.integer("position") ?? 0) + 1)])
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await store.read { try $0.row("SELECT position FROM notes")?.integer("position") } == 200)
    }
  }

  @Test("the parts of one read see the same state, whatever is written meanwhile", arguments: ScratchStore.engines)
  func snapshots(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let readings = try await withThrowingTaskGroup(of: [Int64].self) { group in
        group.addTask {
          for number in 0..<100 { try await store.write { try $0.insertNote("n\(number)") } }
          return []
        }
        for _ in 0..<20 {
          group.addTask {
            try await store.read { transaction in
              try (0..<50).map { _ in try transaction.row("SELECT COUNT(*) AS n FROM notes")?.integer("n") ?? -1 }
            }
          }
        }
        return try await group.reduce(into: [[Int64]]()) { $0.append($1) }
      }
      for reading in readings { #expect(Set(reading).count <= 1) }
    }
  }

  @Test("every kind of value comes back as it went in", arguments: ScratchStore.engines)
  func values(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let values: [SQLValue] = [
        .null, .integer(0), .integer(.min), .integer(.max), .real(0.1), .real(-.greatestFiniteMagnitude),
        .real(.leastNonzeroMagnitude), .text(""), .text("Ærø – 病院 👩‍⚕️ '\"$1?"), .blob([]), .blob(Array(0...255)),
      ]
      for value in values {
        let row = try await store.read { try $0.row("SELECT $1 AS value", [value]) }
        #expect(try row?.value("value") == value)
      }
    }
  }

  @Test(
    "a value that an engine would quietly change is refused",
    arguments: ScratchStore.engines, [SQLValue.real(.nan), .real(.infinity), .real(-.infinity), .text("cut\0here")])
  func refused(engine: EngineName, value: SQLValue) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      await #expect(throws: StorageError.self) { try await store.read { try $0.row("SELECT $1 AS value", [value]) } }
    }
  }

  @Test(
    "parameters are bound by number, in any order and more than once, and not within quotes",
    arguments: ScratchStore.engines)
  func parameters(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let row = try await store.read { transaction in
        try transaction.row(
          "SELECT $2 AS second, $1 AS first, $2 || '$1' AS both", [.text("one"), .text("two")])
      }
      #expect(try row?.text("first") == "one")
      #expect(try row?.text("second") == "two")
      #expect(try row?.text("both") == "two$1")
    }
  }

  @Test(
    "a statement changes rows and says how many, and answers what it is asked to return",
    arguments: ScratchStore.engines)
  func returning(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        #expect(try transaction.change("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1)") == 1)
        let row = try transaction.row(
          """
          INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 5)
          ON CONFLICT (organisation_id, id) DO UPDATE SET position = excluded.position RETURNING position
          """)
        #expect(try row?.integer("position") == 5)
        #expect(try transaction.change("DELETE FROM notes WHERE id = 'nobody'") == 0)
        #expect(try transaction.change("DELETE FROM notes") == 1)
      }
    }
  }

  @Test("rows that are only written by statements that answer are kept like others", arguments: ScratchStore.engines)
  func returningAlone(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let insert: SQL = "INSERT INTO notes (organisation_id, id, position) VALUES ('o', $1, 1) RETURNING id"
      #expect(try await store.write { try $0.row(insert, [.text("a")])?.text("id") } == "a")
      #expect(try await store.write { try $0.rows(insert, [.text("b")]).map { try $0.text("id") } } == ["b"])
      try await store.write { _ = try $0.rows("WITH x AS (SELECT 1) \(insert)", [.text("c")]) }
      await #expect(throws: Unhappy()) {
        try await store.write { transaction in
          _ = try transaction.rows("DELETE FROM notes RETURNING id")
          throw Unhappy()
        }
      }
      #expect(try await store.read { try $0.notes() } == ["a", "b", "c"])
    }
  }

  @Test("a row that a unique index refuses is a conflict", arguments: ScratchStore.engines)
  func conflict(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      for isWaitedFor in [true, false] {
        let error = await #expect(throws: StorageError.self) {
          try await store.write { transaction in
            try transaction.insertNote("a")
            if isWaitedFor {
              _ = try transaction.change("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1)")
            } else {
              try transaction.insertNote("a")
            }
          }
        }
        #expect(error?.kind == "conflict")
      }
      #expect(try await store.read { try $0.notes() }.isEmpty)
    }
  }

  @Test("a write in which a statement failed is not kept, also when its body goes on", arguments: ScratchStore.engines)
  func failureStays(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let error = await #expect(throws: StorageError.self) {
        try await store.write { transaction in
          try transaction.insertNote("a")
          try? transaction.insertNote("a")
          try? transaction.insertNote("b")
        }
      }
      #expect(error?.kind == "conflict")
      await #expect(throws: StorageError.self) {
        try await store.write { transaction in
          _ = try? transaction.rows("SELECT * FROM nowhere")
          try? transaction.insertNote("c")
        }
      }
      #expect(try await store.read { try $0.notes() }.isEmpty)
      try await store.write { try $0.insertNote("d") }
      #expect(try await store.read { try $0.notes() } == ["d"])
    }
  }

  @Test(
    "a statement that cannot run says what the engine says", arguments: ScratchStore.engines,
    [
      "SELEKT 1", "SELECT * FROM nowhere", "SELECT $1 AS missing",
      "INSERT INTO notes (organisation_id, id) VALUES ('o', 'no position')",
    ] as [SQL])
  func statement(engine: EngineName, sql: SQL) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let error = await #expect(throws: StorageError.self) {
        try await store.write { _ = try $0.execute(sql) }
      }
      guard case .statement(let problem) = error else {
        Issue.record("\(String(describing: error)) is no failed statement")
        return
      }
      #expect(!problem.isEmpty)
    }
  }

  @Test("a read or a lookup cannot write", arguments: ScratchStore.engines)
  func readOnly(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let write: @Sendable (Transaction) throws -> Row? = {
        try $0.row("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1) RETURNING id")
      }
      for error in [
        await #expect(throws: StorageError.self) { try await store.read(write) },
        await #expect(throws: StorageError.self) { try await store.lookup(write) },
      ] { #expect(error?.kind == "statement") }
      #expect(try await store.read { try $0.notes() }.isEmpty)
      #expect(store.health.problem == nil)
    }
  }

  @Test(
    "a column of another kind, or none of that name, is an error that names the column", arguments: ScratchStore.engines
  )
  func columns(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let row = try #require(await store.read { try $0.row("SELECT NULL AS empty, 'x' AS word, 3 AS number") })
      #expect(try row.optionalText("empty") == nil)
      #expect(try row.optionalInteger("empty") == nil)
      #expect(try row.real("number") == 3)
      for (column, read) in [
        ("empty", { _ = try row.text("empty") }), ("empty", { _ = try row.real("empty") }),
        ("word", { _ = try row.integer("word") }), ("word", { _ = try row.optionalReal("word") }),
        ("number", { _ = try row.text("number") }), ("absent", { _ = try row.optionalText("absent") }),
      ] as [(String, () throws -> Void)] {
        let error = #expect(throws: StorageError.self) { try read() }
        #expect(error?.description.contains(column) == true)
      }
    }
  }

  @Test(
    "a cancelled task gets CancellationError, and what it was writing is not there", arguments: ScratchStore.engines)
  func cancelled(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let task = Task {
        try await store.write { transaction in
          try transaction.insertNote("a")
          withUnsafeCurrentTask { $0?.cancel() }
          _ = try transaction.rows(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n")
          throw CancellationError()
        }
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await store.read { try $0.notes() }.isEmpty)
    }
  }

  @Test("100,000 rows go in as one transaction, and come back", arguments: ScratchStore.engines)
  func bulk(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for number in 0..<100_000 { try transaction.insertNote("n\(number)", position: Int64(number)) }
      }
      let notes = try await store.read { try $0.notes() }
      #expect(notes.count == 100_000)
      #expect(notes.last == "n99999")
    }
  }
}
