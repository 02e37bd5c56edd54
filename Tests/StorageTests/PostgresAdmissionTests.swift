// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("Being let in by PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresAdmissionTests {
  private final class Turns: Sendable { let list = Mutex<[String]>([]) }

  private func error(_ url: String) throws -> StorageError? {
    let engine = try PostgresEngine(address: PostgresAddress(url), schema: "test")
    return refusal { _ = try engine.connect(for: .read) }
  }

  @Test("a wrong password, user or database is one sentence, and no attempt to try again")
  func refused() throws {
    for (url, part) in [
      (PostgresScratch.url(password: "secret"), "password authentication failed"),
      (PostgresScratch.url(user: "nobody_at_all"), "nobody_at_all"),
      (PostgresScratch.url(database: "nowhere_at_all"), "nowhere_at_all"),
    ] {
      let error = try #require(try error(url))
      #expect(error.kind == "refused")
      #expect(error.description.contains(part), "\(error)")
      #expect(error.description.contains("check the store's URL"))
      #expect(!error.description.contains("secret") && !error.description.contains("\n"))
    }
  }

  @Test("a password that is not given is asked for")
  func noPassword() throws {
    var parts = try #require(URLComponents(string: PostgresScratch.url))
    parts.password = nil
    parts.query = "passfile=/nowhere"
    let error = try #require(try error(parts.string ?? ""))
    #expect(error.kind == "refused")
    #expect(error.description.contains("a password is needed"))
  }

  @Test("a user without the right to make the schema is told so")
  func noRights() throws {
    let scratch = try PostgresScratch()
    let role = "role_\(scratch.schema)"
    let session = try scratch.session()
    defer { session.close() }
    let connection = session.connection
    _ = try connection.execute("CREATE ROLE \(role) LOGIN PASSWORD 'secret'", [])
    defer { _ = try? connection.execute("DROP ROLE \(role)", []) }
    let url = PostgresScratch.url(user: role, password: "secret")
    for (schema, part) in [
      ("other_\(scratch.schema)", "may not make the schema"), (scratch.schema, "may not use the schema"),
    ] {
      let engine = try PostgresEngine(address: PostgresAddress(url), schema: schema)
      let error = refusal { try engine.updatingSchema { _ in } }
      #expect(error?.kind == "refused")
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }

  @Test("a schema with tables of somebody else is refused, and left as it is")
  func foreign() throws {
    let scratch = try PostgresScratch("CREATE TABLE recipes (id TEXT)")
    let error = refusal { try scratch.engine.updatingSchema { _ in } }
    #expect(error?.kind == "foreign")
    let session = try scratch.session()
    defer { session.close() }
    #expect(try scratch.engine.schemaState(session.connection) == .foreign)
    #expect(try scratch.engine.hasTable("recipes", session.connection))
    _ = try session.connection.execute("CREATE TABLE schema_migrations (number INTEGER)", [])
    #expect(try scratch.engine.schemaState(session.connection) == .store)
    #expect(try !scratch.engine.hasTable("pg_class", session.connection))
  }

  @Test("while one process changes the schema another one waits its turn")
  func migrationLock() throws {
    let scratch = try PostgresScratch()
    let other = try scratch.engine(url: PostgresScratch.url)
    let turns = Turns()
    try scratch.engine.updatingSchema { _ in
      Thread.detachNewThread {
        try? other.updatingSchema { _ in turns.list.withLock { $0.append("second") } }
      }
      let session = try scratch.session()
      defer { session.close() }
      let waiting = """
        SELECT count(*) AS value FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND NOT l.granted AND a.application_name = $1
        """
      let name = SQLValue.text("waymark-\(scratch.schema)")
      #expect(try eventually { try session.connection.value(waiting, [name]) == .integer(1) })
      turns.list.withLock { $0.append("first") }
    }
    #expect(eventually { turns.list.withLock { $0 == ["first", "second"] } })
  }
}
