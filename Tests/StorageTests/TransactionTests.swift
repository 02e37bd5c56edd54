// SPDX-License-Identifier: Apache-2.0

import Identity
import Storage
import Testing

@Suite("Transactions")
struct TransactionTests {
  private let scratch: Scratch
  private let store: Database

  init() throws {
    scratch = try Scratch()
    store = try scratch.store()
  }

  @Test("a write that returns is there for every later read")
  func write() async throws {
    try await store.write { try $0.insertNote("a") }
    #expect(try await store.read { try $0.notes() } == ["a"])
  }

  @Test("a write whose body throws leaves nothing behind, and throws what the body threw")
  func rollback() async throws {
    await #expect(throws: Unhappy()) {
      try await store.write { transaction in
        try transaction.insertNote("a")
        #expect(try transaction.notes() == ["a"])
        throw Unhappy()
      }
    }
    #expect(try await store.read { try $0.notes() }.isEmpty)
  }

  @Test("rows pass one after another, by the places of their columns, and end with what the body throws")
  func passing() async throws {
    try await store.write { transaction in
      for (index, id) in ["a", "b", "c"].enumerated() {
        try transaction.execute(
          "INSERT INTO notes (organisation_id, id, position, weight) VALUES ('o', $1, $2, $3)",
          [.text(id), .integer(Int64(index)), index == 1 ? .null : .real(Double(index) / 3)])
      }
    }
    let sql = "SELECT id, position, weight FROM notes WHERE position >= $1 ORDER BY id"
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

  @Test("writes of many tasks follow one another: none is lost")
  func concurrent() async throws {
    let store = store
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

  @Test("the parts of one read see the same state, whatever is written meanwhile")
  func snapshots() async throws {
    let store = store
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

  @Test("every kind of value comes back as it went in")
  func values() async throws {
    let values: [SQLValue] = [
      .null, .integer(0), .integer(.min), .integer(.max), .real(0.1), .real(-.greatestFiniteMagnitude),
      .real(.leastNonzeroMagnitude), .text(""), .text("Ærø – 病院 👩‍⚕️ '\"$1?"), .blob([]), .blob(Array(0...255)),
    ]
    for value in values {
      let row = try await store.read { try $0.row("SELECT $1 AS value", [value]) }
      #expect(try row?.value("value") == (value == .blob([]) ? .blob([]) : value))
    }
  }

  @Test(
    "a value that an engine would quietly change is refused",
    arguments: [SQLValue.real(.nan), .real(.infinity), .real(-.infinity), .text("cut\0here")])
  func refused(value: SQLValue) async {
    await #expect(throws: StorageError.self) { try await store.read { try $0.row("SELECT $1 AS value", [value]) } }
  }

  @Test("parameters are bound by number, in any order and more than once, and not within quotes")
  func parameters() async throws {
    let row = try await store.read { transaction in
      try transaction.row(
        "SELECT $2 AS second, $1 AS first, $2 || '$1' AS both", [.text("one"), .text("two")])
    }
    #expect(try row?.text("first") == "one")
    #expect(try row?.text("second") == "two")
    #expect(try row?.text("both") == "two$1")
  }

  @Test("a statement changes rows and says how many, and answers what it is asked to return")
  func returning() async throws {
    try await store.write { transaction in
      #expect(try transaction.execute("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1)") == 1)
      let row = try transaction.row(
        """
        INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 5)
        ON CONFLICT (organisation_id, id) DO UPDATE SET position = excluded.position RETURNING position
        """)
      #expect(try row?.integer("position") == 5)
      #expect(try transaction.execute("DELETE FROM notes WHERE id = 'nobody'") == 0)
      #expect(try transaction.execute("DELETE FROM notes") == 1)
    }
  }

  @Test("a row that a unique index refuses is a conflict; the transaction can go on")
  func conflict() async throws {
    try await store.write { transaction in
      try transaction.insertNote("a")
      do {
        try transaction.insertNote("a")
        Issue.record("the second row was taken")
      } catch StorageError.conflict {}
      try transaction.insertNote("b")
    }
    #expect(try await store.read { try $0.notes() } == ["a", "b"])
  }

  @Test(
    "a statement that cannot run says what the engine says",
    arguments: [
      "SELEKT 1", "SELECT * FROM nowhere", "SELECT $1 AS missing",
      "INSERT INTO notes (organisation_id, id) VALUES ('o', 'no position')",
    ])
  func statement(sql: String) async throws {
    let error = await #expect(throws: StorageError.self) {
      try await store.write { _ = try $0.execute(sql) }
    }
    guard case .statement(let problem) = error else {
      Issue.record("\(String(describing: error)) is no failed statement")
      return
    }
    #expect(!problem.isEmpty)
  }

  @Test("a read cannot write")
  func readOnly() async {
    await #expect(throws: StorageError.self) {
      try await store.read {
        try $0.row("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1) RETURNING id")
      }
    }
  }

  @Test("a column of another kind, or none of that name, is an error that names the column")
  func columns() async throws {
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

  @Test("a cancelled task gets CancellationError, and what it was writing is not there")
  func cancelled() async throws {
    let store = store
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

  @Test("events get ascending numbers, and are there only with the change that they tell of")
  func events() async throws {
    let event = Event(
      kind: "note.created", object: "a", organisation: "o", actor: .person(id: "p"), before: nil,
      after: #"{"id":"a"}"#, reason: "because")
    try await store.write { transaction in
      try transaction.append(event)
      try transaction.append(Event(kind: "note.removed", object: "a", organisation: "o", actor: .anonymous))
    }
    await #expect(throws: Unhappy()) {
      try await store.write { transaction in
        try transaction.append(event)
        throw Unhappy()
      }
    }
    let rows = try await store.read { try $0.rows("SELECT * FROM events ORDER BY sequence") }
    #expect(try rows.map { try $0.integer("sequence") } == [1, 2])
    #expect(try rows.map { try $0.text("actor") } == ["person:p", "anonymous"])
    #expect(try rows[0].text("reason") == "because")
    #expect(try rows[0].optionalText("before_json") == nil)
    #expect(try rows[0].text("after_json") == #"{"id":"a"}"#)
  }

  @Test("100,000 rows go in as one transaction, and come back")
  func bulk() async throws {
    try await store.write { transaction in
      for number in 0..<100_000 { try transaction.insertNote("n\(number)", position: Int64(number)) }
    }
    let notes = try await store.read { try $0.notes() }
    #expect(notes.count == 100_000)
    #expect(notes.last == "n99999")
  }
}
