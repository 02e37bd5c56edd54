// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

@Suite("Transactions in PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresTransactionTests {
  private let scratch: PostgresScratch
  private let session: PostgresSession
  private var connection: PostgresConnection { session.connection }

  private static let insert = "INSERT INTO notes (id, position) VALUES ($1, $2)"

  init() throws {
    scratch = try PostgresScratch(
      "CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL CHECK (position >= 0))")
    session = try scratch.session()
  }

  private func insert(_ id: String, _ position: Int64 = 0) throws(StorageError) {
    try connection.enqueue(Self.insert, [.text(id), .integer(position)])
  }

  @Test("a connection is set to the store's schema, UTC, UTF-8 and durable commits")
  func settings() throws {
    for (name, value) in [
      ("search_path", "\"\(scratch.schema)\", pg_catalog"), ("TimeZone", "UTC"), ("client_encoding", "UTF8"),
      ("synchronous_commit", "on"), ("standard_conforming_strings", "on"), ("statement_timeout", "30s"),
      ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "1min"),
      ("application_name", "waymark-\(scratch.schema)"),
    ] {
      #expect(try connection.value("SELECT current_setting($1) AS value", [.text(name)]) == .text(value))
    }
  }

  @Test("what was enqueued is there after the commit, and not before")
  func committed() throws {
    let other = try scratch.session()
    defer { other.close() }
    try connection.begin(.write)
    try insert("a")
    try insert("b")
    #expect(try connection.count("notes") == 2)
    #expect(try other.connection.count("notes") == 0)
    try insert("c")
    try connection.commit()
    #expect(try other.connection.count("notes") == 3)
  }

  @Test("a rollback leaves nothing behind, whether anything was sent or not")
  func rolledBack() throws {
    for isAsked in [false, true] {
      try connection.begin(.write)
      try insert("a")
      if isAsked { #expect(try connection.count("notes") == 1) }
      connection.rollback()
      #expect(session.isUsable)
      #expect(try connection.count("notes") == 0)
    }
    connection.rollback()
    try connection.change { try insert("a") }
    #expect(try connection.count("notes") == 1)
  }

  @Test("a change says how many rows it changed")
  func affected() throws {
    for id in ["a", "b", "c"] { #expect(try connection.execute(Self.insert, [.text(id), .integer(1)]) == 1) }
    #expect(try connection.execute("UPDATE notes SET position = 2 WHERE id > 'a'", []) == 2)
    #expect(try connection.execute("UPDATE notes SET position = 2 WHERE id > 'z'", []) == 0)
    #expect(try connection.execute("DELETE FROM notes", []) == 3)
    #expect(try connection.rows("INSERT INTO notes VALUES ('r', 5) RETURNING position", [], atMost: 1).count == 1)
  }

  @Test("no more rows are made than are asked for")
  func limited() throws {
    let sql = "SELECT i FROM generate_series(1, 100) i"
    for limit in [0, 1, 7, 100, 101, .max] {
      #expect(try connection.rows(sql, [], atMost: limit).count == min(limit, 100))
    }
  }

  @Test("an enqueued statement that fails is what the commit fails with, and nothing of the transaction is kept")
  func failsAtCommit() throws {
    let error = refusal {
      try connection.change {
        try insert("a")
        try insert("a")
        try insert("b")
      }
    }
    #expect(error?.kind == "conflict")
    #expect(error?.description.contains("notes_pkey") == true)
    #expect(session.isUsable)
    #expect(try connection.count("notes") == 0)
  }

  @Test("after a failure every later statement of the transaction tells the same failure")
  func failsLater() throws {
    try connection.begin(.write)
    try insert("a")
    try insert("bad", -1)
    try insert("b")
    let error = refusal { _ = try connection.count("notes") }
    #expect(error?.kind == "statement")
    #expect(error?.description.contains("notes_position_check") == true)
    #expect(!connection.isUsable)
    #expect(refusal { _ = try connection.count("notes") } == error)
    #expect(refusal { try insert("c") } == error)
    #expect(refusal { try connection.commit() } == error)
    connection.rollback()
    #expect(session.isUsable)
    #expect(try connection.count("notes") == 0)
    try connection.change { try insert("a") }
  }

  @Test("what failed in one transaction does not concern the next")
  func forgotten() throws {
    for round in 0..<20 {
      try connection.begin(.write)
      try insert("a", round.isMultiple(of: 2) ? -1 : 1)
      connection.rollback()
      try connection.begin(.read)
      #expect(try connection.rows("SELECT id FROM notes", [], atMost: 9).isEmpty)
      connection.rollback()
    }
  }

  @Test("a statement that is prepared for the first time behind one that failed is known to be unknown")
  func preparedBehindFailure() throws {
    for round in 0..<3 {
      try? connection.change {
        try insert("bad", -1)
        try connection.enqueue("UPDATE notes SET position = position + \(round)", [])
      }
      try connection.change { try connection.enqueue("UPDATE notes SET position = position + \(round)", []) }
    }
  }

  @Test("a transaction that the server rolled back instead of committing is not told as a success")
  func rolledBackByServer() throws {
    try connection.begin(.write)
    try insert("a")
    // The failure stays within the server, as with a connection that something else was mixed into.
    try connection.enqueue("DO $$ BEGIN PERFORM 1 / 0; END $$", [])
    #expect(refusal { try connection.commit() }?.kind == "statement")
    connection.rollback()
    #expect(try connection.count("notes") == 0)
  }

  @Test("the text of an error has no value of a row or a parameter")
  func noValues() throws {
    try connection.change { try insert("Mrs Secret") }
    for body in [
      { try insert("Mrs Secret") },
      { try insert("Mrs Secret 2", -1) },
      { try connection.enqueue("SELECT $1::text::int4", [.text("Mrs Secret")]) },
      { try connection.enqueue("INSERT INTO notes VALUES ($1, NULL)", [.text("Mrs Secret 3")]) },
    ] as [() throws -> Void] {
      let error = refusal { try connection.change(body) }
      #expect(error?.description.contains("Secret") == false, "\(String(describing: error))")
    }
  }

  @Test("ten thousand enqueued statements are carried out, with a failure among them or without")
  func many() throws {
    try connection.change { for number in 0..<10_000 { try insert("n\(number)", Int64(number)) } }
    #expect(try connection.count("notes") == 10_000)
    let error = refusal {
      try connection.change { for number in 10_000..<20_000 { try insert("n\(number)", number == 12_345 ? -1 : 1) } }
    }
    #expect(error?.kind == "statement")
    #expect(try connection.count("notes") == 10_000)
  }

  @Test("large values and large answers pass each other without a deadlock")
  func large() throws {
    let text = String(repeating: "x", count: 1 << 20)
    try connection.change {
      for number in 0..<40 {
        try connection.enqueue("INSERT INTO notes SELECT $1 || $2, 1 RETURNING id", [.text("\(number)"), .text("")])
        try connection.enqueue("SELECT $1, repeat('y', 1000000)", [.text(text)])
      }
    }
    #expect(try connection.count("notes") == 40)
  }

  @Test("a read sees the store as of its first statement, and changes nothing")
  func snapshot() throws {
    let other = try scratch.session()
    defer { other.close() }
    try connection.begin(.read)
    #expect(try connection.count("notes") == 0)
    _ = try other.connection.execute(Self.insert, [.text("a"), .integer(1)])
    #expect(try connection.count("notes") == 0)
    #expect(refusal { _ = try connection.execute(Self.insert, [.text("b"), .integer(1)]) }?.kind == "statement")
    connection.rollback()
    #expect(try connection.count("notes") == 1)
  }

  @Test("a server that takes no writes any more is left for another connection")
  func standby() throws {
    _ = try connection.execute("SET default_transaction_read_only = on", [])
    let error = refusal { try connection.change { try insert("a") } }
    #expect(error?.kind == "unavailable")
    #expect(!session.isUsable)
  }

  @Test("a row that another transaction holds too long asks for a repetition")
  func locked() throws {
    try connection.change { try insert("a") }
    let other = try scratch.session(limits: PostgresLimits(lock: .milliseconds(50)))
    defer { other.close() }
    try connection.begin(.write)
    _ = try connection.rows("SELECT id FROM notes FOR UPDATE", [], atMost: 1)
    try other.connection.begin(.write)
    let error = refusal { _ = try other.connection.rows("SELECT id FROM notes FOR UPDATE", [], atMost: 1) }
    #expect(error?.kind == "repeatable")
    other.connection.rollback()
    connection.rollback()
    #expect(other.isUsable)
  }

  @Test("a statement that takes too long is ended by the server, and the connection goes on")
  func slow() throws {
    let other = try scratch.session(limits: PostgresLimits(statement: .milliseconds(50)))
    defer { other.close() }
    #expect(refusal { _ = try other.connection.execute("SELECT pg_sleep(60)", []) }?.kind == "unavailable")
    #expect(try other.connection.count("notes") == 0)
  }

  @Test("a table that was changed by another process is read as it is now, after a repetition")
  func changedTable() throws {
    let sql = "SELECT * FROM notes"
    _ = try connection.rows(sql, [], atMost: 1)
    let other = try scratch.session()
    defer { other.close() }
    _ = try other.connection.execute("ALTER TABLE notes ADD COLUMN colour BIGINT DEFAULT 7", [])
    try connection.change { try insert("a") }
    #expect(refusal { _ = try connection.rows(sql, [], atMost: 1) }?.kind == "repeatable")
    #expect(try connection.rows(sql, [], atMost: 1).first?.integer("colour") == 7)
  }

  @Test("statements that the server has lost are prepared anew after a repetition")
  func lostStatements() throws {
    _ = try connection.count("notes")
    _ = try connection.execute("DEALLOCATE ALL", [])
    #expect(refusal { _ = try connection.count("notes") }?.kind == "repeatable")
    #expect(try connection.count("notes") == 0)
  }

  @Test("no more statements are kept prepared than the connection has places for")
  func leastRecentlyUsed() throws {
    let link = try scratch.engine.connecting.link()
    let small = PostgresConnection(try PostgresPipeline(link, patience: .seconds(5), capacity: 8))
    for round in 0..<3 {
      for number in 0..<30 {
        #expect(try small.value("SELECT \(number) AS value") == .integer(Int64(number)), "\(round)")
      }
    }
    try small.begin(.read)
    let kept = try small.value("SELECT count(*) AS value FROM pg_prepared_statements").integer
    // Those that this transaction pushed out are let go with its end.
    #expect(kept <= 8 + 2)
    small.rollback()
  }

  @Test("a statement that cannot be read by the server names itself")
  func syntax() throws {
    let error = refusal { _ = try connection.rows("SELEC  1\n FROM nowhere", [], atMost: 1) }
    #expect(error?.kind == "statement")
    #expect(error?.description.contains("“SELEC 1 FROM nowhere”") == true)
    #expect(refusal { _ = try connection.rows("COPY notes TO STDOUT", [], atMost: 1) }?.kind == "unavailable")
    #expect(!session.isUsable)
  }

  @Test("a closed connection refuses further use")
  func closed() {
    session.close()
    #expect(!session.isUsable)
    #expect(refusal { _ = try connection.count("notes") }?.kind == "unavailable")
    #expect(refusal { try connection.begin(.read) }?.kind == "unavailable")
    connection.rollback()
    session.close()
  }
}
