// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageTesting
import Testing

@testable import Storage

@Suite("Opening a store in PostgreSQL", .enabled(if: ScratchStore.hasPostgres))
struct PostgresOpeningTests {
  /// What opening a store there is refused with: one sentence that shows no password.
  private static func refusal(_ url: String, service: String = "test") throws -> StorageError? {
    let location = try StoreLocation(url)
    let error = #expect(throws: StorageError.self) {
      try Database.open(location, migrations: Scratch.notes, service: service).close()
    }
    let sentence = error?.description ?? ""
    #expect(!sentence.contains("\n") && sentence.hasSuffix("."), "\(sentence)")
    if let password = URLComponents(string: url)?.password, !password.isEmpty { #expect(!sentence.contains(password)) }
    return error
  }

  @Test("a server that is not there, or that nobody may enter, is told from one another")
  func unreachable() throws {
    #expect(try Self.refusal("postgres://waymark:secret@127.0.0.1:1/waymark")?.kind == "unavailable")
    #expect(try Self.refusal(PostgresScratch.url(password: "wrong password"))?.kind == "refused")
    #expect(try Self.refusal(PostgresScratch.url(user: "nobody"))?.kind == "refused")
    #expect(try Self.refusal(PostgresScratch.url(database: "nowhere"))?.kind == "refused")
  }

  @Test(
    "a server that is none ends in one sentence",
    arguments: [
      LyingServer.Lie.garbageAtOnce, .closedAtOnce, .garbage, .closedInAnswer, .huge, .tooMuch, .withoutColumns,
      .fewerValues, .oddLengths, .copy, .empty,
    ])
  func lying(lie: LyingServer.Lie) throws {
    let server = try LyingServer(lie)
    let error = try Self.refusal(server.url)
    #expect(["unavailable", "foreign", "unexpectedValue", "statement", "refused"].contains(error?.kind ?? ""))
    #expect(server.listener.count <= 3)
  }

  @Test(
    "a server that accepts and says nothing is waited for as long as the URL says",
    arguments: [
      LyingServer.Lie.muteAtOnce, .muteAfterPassword,
    ])
  func mute(lie: LyingServer.Lie) throws {
    let server = try LyingServer(lie)
    #expect(try Self.refusal(server.url + "&connect_timeout=1")?.kind == "unavailable")
    #expect(server.listener.count == 1)
  }

  @Test("a schema with tables of another program is refused, and nothing in it is changed")
  func anotherProgram() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let engine = try PostgresEngine(address: PostgresAddress(scratch.place()), schema: "test")
      let session = try engine.session(limits: PostgresLimits())
      defer { session.close() }
      for statement in ["CREATE SCHEMA test", "CREATE TABLE test.recipes (id TEXT)"] {
        _ = try session.connection.execute(statement, [])
      }
      #expect(try Self.refusal(scratch.place())?.kind == "foreign")
      let tables = "SELECT count(*) AS value FROM pg_tables WHERE schemaname = 'test'"
      #expect(try session.connection.value(tables).integer == 1)
      // What lies in other schemas of the database does not matter.
      let other = try scratch.store(service: "other")
      try await other.write { try $0.insertNote("a") }
    }
  }

  @Test("services share a database, each in a schema of its own, whatever its name")
  func services() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let names = ["people", "People", "projects", "with \"quotes\" and 'more'", "select", "病院"]
      for name in names {
        try await scratch.store(service: name).write { transaction in
          try transaction.insertNote(name)
          transaction.append(.noted(name))
        }
      }
      for name in names {
        let store = try scratch.store(service: name)
        #expect(try await store.read { try $0.notes() } == [name])
        #expect(try await store.objects() == [name])
      }
    }
  }

  @Test("a user who may not make the schema is told what to do, and may use one that was made")
  func rights() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let engine = try PostgresEngine(address: PostgresAddress(scratch.place()), schema: "public")
      let session = try engine.session(limits: PostgresLimits())
      defer { session.close() }
      let role = "role_\(UUID().uuidString.lowercased().filter { $0 != "-" })"
      _ = try session.connection.execute("CREATE ROLE \(role) LOGIN PASSWORD 'of the role'", [])
      defer {
        for sql in ["DROP OWNED BY \(role)", "DROP ROLE \(role)"] { _ = try? session.connection.execute(sql, []) }
      }
      var parts = try #require(URLComponents(string: scratch.place()))
      (parts.user, parts.password) = (role, "of the role")
      let place = try #require(parts.string)
      let error = try Self.refusal(place)
      #expect(error?.kind == "refused")
      #expect(error?.description.contains("may not make the schema") == true)
      _ = try session.connection.execute("CREATE SCHEMA test AUTHORIZATION \(role)", [])
      let store = try Database.open(StoreLocation(place), migrations: Scratch.notes, service: "test")
      try await store.write { $0.append(.noted("a")) }
      #expect(try await store.chainIsWhole())
      try store.close()
    }
  }
}
