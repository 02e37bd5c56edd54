// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("PostgreSQL servers that lie, stall or break", .serialized)
struct PostgresFailureTests {
  /// Limits that a test can wait for.
  private static let brief = PostgresLimits(
    connect: .milliseconds(300), statement: .milliseconds(200), grace: .milliseconds(200))

  @Test(
    "a server that is no PostgreSQL, or stalls, ends in an error and never in a hang",
    arguments: LyingServer.Lie.allCases)
  func lies(lie: LyingServer.Lie) throws {
    let server = try LyingServer(lie)
    let engine = try PostgresEngine(address: PostgresAddress(server.url), schema: "test", limits: Self.brief)
    let session: PostgresSession
    do {
      session = try engine.session(limits: Self.brief)
    } catch {
      #expect(error.kind == "unavailable")
      #expect(!error.description.contains("secret"))
      return
    }
    defer { session.close() }
    let connection = session.connection
    for _ in 0..<3 {
      do {
        try connection.begin(.write)
        try connection.enqueue("INSERT", [.text("a")])
        for row in try connection.rows("SELECT", [.integer(1)], atMost: 10) { _ = try row.value("value") }
        try connection.commit()
        #expect(lie == .oddLengths, "nothing was noticed")
      } catch {
        #expect(["unavailable", "outcomeUnknown", "unexpectedValue", "statement"].contains(error.kind), "\(error)")
      }
      connection.rollback()
    }
  }

  @Test("long answers, copies and listeners end in an error as well", arguments: LyingServer.Lie.allCases)
  func liesElsewhere(lie: LyingServer.Lie) throws {
    let server = try LyingServer(lie)
    let engine = try PostgresEngine(address: PostgresAddress(server.url), schema: "test", limits: Self.brief)
    let listener = try PostgresListener(engine: engine) { _ in }
    defer { listener.stop() }
    guard let session = try? engine.session(limits: Self.brief) else { return }
    defer { session.close() }
    if lie == .empty {
      try session.connection.forEachRow("SELECT", []) { _ in Issue.record("a row that was not sent") }
    } else {
      #expect(throws: StorageError.self) {
        try session.connection.forEachRow("SELECT", []) { row in _ = try row.integer(0) }
      }
    }
    let rows = BulkRows(table: "a", key: ["value"], columns: [.init("value", .same(.integer(1)))], count: 1000)
    #expect(throws: StorageError.self) { try session.connection.write(rows) }
  }

  @Test("where nobody listens is named, for each of the servers of a URL")
  func nobody() throws {
    let engine = try PostgresEngine(
      address: PostgresAddress("postgres://u:secret@127.0.0.1:1,127.0.0.1:2/d"), schema: "test")
    let error = refusal { _ = try engine.connect(for: .read) }
    #expect(error?.kind == "unavailable")
    for part in ["127.0.0.1:1: ", "127.0.0.1:2: ", "refused"] { #expect(error?.description.contains(part) == true) }
    #expect(error?.description.contains("secret") == false)
  }

  @Test("a name that nobody has is named")
  func unknownName() throws {
    let engine = try PostgresEngine(
      address: PostgresAddress("postgres://u@waymark.invalid/d"), schema: "test", limits: Self.brief)
    let error = refusal { _ = try engine.connect(for: .read) }
    #expect(error?.kind == "unavailable")
    #expect(error?.description.contains("waymark.invalid") == true)
  }

  @Test(
    "a server that stays mute does not keep the next one of the URL from being used",
    .enabled(if: PostgresScratch.isThere))
  func secondServer() throws {
    let mute = try LyingServer(.muteAtOnce)
    let url = PostgresScratch.url().replacingOccurrences(
      of: "@127.0.0.1:", with: "@127.0.0.1:\(mute.listener.port),127.0.0.1:")
    let scratch = try PostgresScratch()
    let session = try scratch.engine(url: url, limits: Self.brief).session(limits: PostgresLimits())
    #expect(try session.connection.value("SELECT 1 AS value") == .integer(1))
    session.close()
  }

  @Test(
    "settings that libpq does not take are refused with their names",
    arguments: [("sslmode=perhaps", "sslmode"), ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "/nowhere/ca.pem")])
  func settings(parameters: String, problem: String) throws {
    let server = try LyingServer(.muteAtOnce)
    let url = "postgres://u@127.0.0.1:\(server.listener.port)/d?\(parameters)"
    let engine = try PostgresEngine(address: PostgresAddress(url), schema: "test", limits: Self.brief)
    let error = refusal { _ = try engine.connect(for: .read) }
    #expect(["refused", "unavailable"].contains(error?.kind), "\(String(describing: error))")
    #expect(error?.kind == "unavailable" || error?.description.contains(problem) == true)
  }
}

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

@Suite("TLS to PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresTLSTests {
  private let scratch: Scratch
  private let certificate: String

  init() throws {
    scratch = try Scratch()
    let store = try PostgresScratch()
    let session = try store.session()
    defer { session.close() }
    let text = try session.connection.value("SELECT pg_read_file(current_setting('ssl_cert_file')) AS value")
    guard case .text(let certificate) = text else { throw Unhappy() }
    self.certificate = certificate
  }

  private func connection(_ parameters: String, certificate: String) throws -> PostgresSession {
    let path = scratch.path("ca.pem")
    try certificate.write(toFile: path, atomically: true, encoding: .utf8)
    let url = PostgresScratch.url(adding: "sslrootcert=\(path)&\(parameters)")
    let engine = try PostgresEngine(address: PostgresAddress(url), schema: "test")
    return try engine.session(limits: PostgresLimits())
  }

  @Test("the server's certificate lets it in, for the name that it is for")
  func right() throws {
    let session = try connection("sslmode=verify-full", certificate: certificate)
    defer { session.close() }
    let sql = "SELECT ssl AS value FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    #expect(try session.connection.value(sql) == .integer(1))
    // Answers longer than what TLS and libpq hold at a time.
    let long = "SELECT repeat('x', i) AS value FROM generate_series(8000, 70000, 997) i"
    for row in try session.connection.rows(long, [], atMost: .max) { #expect(try row.text("value").first == "x") }
    var count = 0
    try session.connection.forEachRow("SELECT repeat('y', 1000 + i % 7) FROM generate_series(1, 20000) i", []) { _ in
      count += 1
    }
    #expect(count == 20_000)
  }

  @Test("another certificate, or one for another name, does not")
  func wrong() throws {
    for (parameters, authority, part) in [
      ("sslmode=verify-full", Self.other, "certificate verify failed"),
      ("sslmode=verify-ca", Self.other, "certificate verify failed"),
      ("sslmode=verify-full&host=waymark.example&hostaddr=127.0.0.1", certificate, "waymark.example"),
      ("sslmode=verify-full", "no certificate", "root certificate"),
    ] {
      let error = refusal { try connection(parameters, certificate: authority).close() }
      #expect(error?.kind == "refused")
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }

  /// A certificate whose key nobody has.
  private static let other = """
    -----BEGIN CERTIFICATE-----
    MIIBhzCCAS2gAwIBAgIUaKHRCP7/cgDQYjtFvxSRcmTGiLcwCgYIKoZIzj0EAwIw
    GDEWMBQGA1UEAwwNc29tZWJvZHkgZWxzZTAgFw0yNjExMjMyMDQzMzFaGA8yMTI2
    MTAzMDIwNDMzMVowGDEWMBQGA1UEAwwNc29tZWJvZHkgZWxzZTBZMBMGByqGSM49
    AgEGCCqGSM49AwEHA0IABAfb+YLpa+UY3ySavGbyxfih8r8JPjEcmcHqcTPuIoLB
    un3NRgV5gtHF7XMQIIhMrrKn09o7k2A+xCMwmCB8lKejUzBRMB0GA1UdDgQWBBQO
    6K+/y0YTsnQSJmCWAB0G0TUyWDAfBgNVHSMEGDAWgBQO6K+/y0YTsnQSJmCWAB0G
    0TUyWDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIDEbrjYMdBTU
    QSbJ1UjzN28LefQsdxekHX2RprNpte9UAiEA8qDxTEiJ77IV32zDti1CGzZbzI0a
    /GsOiyIvcOtCfJc=
    -----END CERTIFICATE-----

    """
}
