// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Storage

@Suite("Connections to PostgreSQL that break", .enabled(if: PostgresScratch.isThere))
struct PostgresBreakageTests {
  private let scratch: PostgresScratch

  init() throws {
    scratch = try PostgresScratch("CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY)")
  }

  private static let insert = "INSERT INTO notes (id) VALUES ($1)"

  private func notes() throws -> [String] {
    let session = try scratch.session()
    defer { session.close() }
    return try session.connection.rows("SELECT id FROM notes ORDER BY id", [], atMost: .max).map { try $0.text("id") }
  }

  @Test("a connection whose server's process ended while it was idle is known to be of no use")
  func idle() throws {
    for isAfterRead in [false, true] {
      let session = try scratch.session()
      defer { session.close() }
      let process = try session.connection.process()
      if isAfterRead {
        try session.connection.begin(.read)
        _ = try session.connection.rows("SELECT id FROM notes", [], atMost: 1)
        session.connection.rollback()
      }
      #expect(session.isUsable)
      try scratch.terminate(process)
      #expect(!session.isUsable)
      #expect(refusal { _ = try session.connection.rows("SELECT 1", [], atMost: 1) }?.kind == "unavailable")
    }
  }

  @Test("a process that ends within a transaction, before the commit was asked for, makes it undone for certain")
  func inTransaction() throws {
    for stage in 0..<4 {
      let session = try scratch.session()
      defer { session.close() }
      let connection = session.connection
      let process = try connection.process()
      let error = refusal {
        try connection.begin(.write)
        if stage > 0 { try connection.enqueue(Self.insert, [.text("a")]) }
        if stage > 1 { _ = try connection.rows("SELECT id FROM notes", [], atMost: 9) }
        if stage > 2 { try connection.enqueue(Self.insert, [.text("b")]) }
        try scratch.terminate(process)
        try connection.commit()
      }
      #expect(error?.kind == "unavailable", "stage \(stage): \(String(describing: error))")
      #expect(!connection.isUsable)
      connection.rollback()
      #expect(!session.isUsable)
    }
    #expect(try notes().isEmpty)
  }

  @Test("a process that ends during a statement, a long answer or a copy ends those, and nothing is kept")
  func inStatement() throws {
    let bulk = BulkRows(
      table: "notes", key: ["id"], columns: [.init("id", .text((0..<200_000).map { "n\($0)" }))], count: 200_000)
    let statements: [(PostgresConnection) throws -> Void] = [
      { _ = try $0.execute("SELECT pg_terminate_backend(pg_backend_pid())", []) },
      { connection in
        try connection.forEachRow("SELECT i FROM generate_series(1, 100000) i", []) { row in
          if try row.integer(0) == 1000 { try scratch.terminate(try connection.process()) }
        }
      },
      { connection in
        _ = try connection.execute(
          """
          CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN IF NEW.id = 'n100000' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$
          """, [])
        _ = try connection.execute(
          "CREATE TRIGGER stop BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION stop()", [])
        try connection.write(bulk)
      },
    ]
    for statement in statements {
      let session = try scratch.session()
      defer { session.close() }
      let error = refusal {
        try session.connection.change {
          try session.connection.enqueue(Self.insert, [.text("a")])
          try statement(session.connection)
        }
      }
      #expect(error?.kind == "unavailable", "\(String(describing: error))")
      #expect(!session.isUsable)
      #expect(try notes().isEmpty)
    }
  }

  @Test("a process that ends during the commit leaves the outcome unknown")
  func inCommit() throws {
    let session = try scratch.session()
    defer { session.close() }
    let connection = session.connection
    _ = try connection.execute(
      """
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$
      """, [])
    _ = try connection.execute(
      """
      CREATE CONSTRAINT TRIGGER stop AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION stop()
      """, [])
    #expect(
      refusal { try connection.change { try connection.enqueue(Self.insert, [.text("a")]) } }?.kind == "outcomeUnknown")
    #expect(!session.isUsable)
  }

  @Test("a failure that shows at the commit alone is told, and the connection goes on")
  func refusedAtCommit() throws {
    let session = try scratch.session()
    defer { session.close() }
    let connection = session.connection
    _ = try connection.execute(
      "CREATE TABLE replies (id TEXT PRIMARY KEY, note TEXT REFERENCES notes DEFERRABLE INITIALLY DEFERRED)", [])
    let error = refusal {
      try connection.change { try connection.enqueue("INSERT INTO replies VALUES ('r', 'n')", []) }
    }
    #expect(error?.kind == "statement")
    #expect(session.isUsable)
    try connection.change { try connection.enqueue(Self.insert, [.text("a")]) }
    #expect(try notes() == ["a"])
  }

  /// Writes a note over a connection that breaks at the commit.
  private func writeNote(_ fault: Interceptor.Fault) throws -> StorageError? {
    let port = try #require(URLComponents(string: PostgresScratch.url)?.port)
    let interceptor = try Interceptor(to: UInt16(port), fault)
    let limits = PostgresLimits(statement: .milliseconds(500), grace: .milliseconds(100))
    let engine = try scratch.engine(url: PostgresScratch.url(port: interceptor.listener.port), limits: limits)
    let session = try engine.session(limits: limits)
    defer { session.close() }
    do {
      try session.connection.change { try session.connection.enqueue(Self.insert, [.text("a")]) }
      return nil
    } catch let error as StorageError {
      #expect(!session.isUsable)
      return error
    }
  }

  @Test("a commit whose answer is lost is of unknown outcome, and the change may be there")
  func answerLost() throws {
    for fault in [Interceptor.Fault.afterPassing("COMMIT"), .silentAfterPassing("COMMIT")] {
      #expect(try writeNote(fault)?.kind == "outcomeUnknown")
      #expect(try eventually { try notes() == ["a"] })
      let session = try scratch.session()
      _ = try session.connection.execute("DELETE FROM notes", [])
      session.close()
    }
  }

  @Test("a commit that is lost on the way is of unknown outcome, and the change is not there")
  func commitLost() throws {
    #expect(try writeNote(.insteadOfPassing("COMMIT"))?.kind == "outcomeUnknown")
    #expect(try notes().isEmpty)
    #expect(try writeNote(.none) == nil)
    #expect(try notes() == ["a"])
  }

  @Test("a server that falls silent in a transaction is waited for no longer than the limit")
  func silent() throws {
    #expect(try writeNote(.silentAfterPassing("ROLLBACK")) == nil)
    let port = try #require(URLComponents(string: PostgresScratch.url)?.port)
    let interceptor = try Interceptor(to: UInt16(port), .silentAfterPassing("half past"))
    let limits = PostgresLimits(statement: .milliseconds(200), grace: .milliseconds(100))
    let engine = try scratch.engine(url: PostgresScratch.url(port: interceptor.listener.port), limits: limits)
    let session = try engine.session(limits: limits)
    defer { session.close() }
    let error = refusal {
      try session.connection.change {
        _ = try session.connection.rows("SELECT 'half past nine'", [], atMost: 1)
      }
    }
    #expect(error?.kind == "unavailable")
    #expect(!session.isUsable)
  }

  @Test("answers with changed bytes end in errors or other values, and never in a crash or a hang", arguments: 0..<24)
  func changedBytes(seed: Int) throws {
    let port = try #require(URLComponents(string: PostgresScratch.url)?.port)
    let fault = Interceptor.Fault.changing(one: [30, 100, 300, 1000][seed % 4], seed: UInt64(seed))
    let interceptor = try Interceptor(to: UInt16(port), fault)
    let limits = PostgresLimits(connect: .milliseconds(200), statement: .milliseconds(100), grace: .milliseconds(100))
    for _ in 0..<6 {
      // A new engine each time: another one's failure must not keep this one from trying.
      let engine = try scratch.engine(url: PostgresScratch.url(port: interceptor.listener.port), limits: limits)
      guard let session = try? engine.session(limits: limits) else { continue }
      defer { session.close() }
      let connection = session.connection
      for number in 0..<20 where session.isUsable {
        try? connection.change {
          try connection.enqueue("INSERT INTO notes (id) VALUES ($1) ON CONFLICT DO NOTHING", [.text("n\(number)")])
          for row in try connection.rows("SELECT id, 1.5 AS a, 7 AS b, TRUE AS c FROM notes", [], atMost: 10) {
            for name in ["id", "a", "b", "c"] { _ = try row.value(name) }
          }
        }
        try? connection.forEachRow("SELECT i, 'text' || i FROM generate_series(1, 300) i", []) { row in
          for column in 0..<3 { _ = try? row.value(column) }
        }
        let rows = BulkRows(
          table: "notes", key: ["id"], columns: [.init("id", .text((0..<300).map { "b\($0)" }))], count: 300)
        try? connection.write(rows)
      }
    }
    #expect(try notes().allSatisfy { $0.hasPrefix("n") || $0.hasPrefix("b") })
  }
}
