// SPDX-License-Identifier: Apache-2.0

import Foundation
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
