// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Requests that are answered once")
struct RequestLogTests {
  private static func key(
    _ id: String = "r", organisation: String = "o", method: String = "CreateNote", fingerprint: [UInt8] = [1]
  ) -> RequestKey {
    RequestKey(organisation: organisation, method: method, id: id, fingerprint: fingerprint)
  }

  /// Makes a note as a service does: a repeated request gets the first answer.
  private static func create(_ id: String, for key: RequestKey, in store: Database) async throws -> EarlierRequest {
    try await store.write { transaction in
      if let earlier = try transaction.earlier(key) { return earlier }
      try transaction.insertNote(id)
      try transaction.keep(Array(id.utf8), for: key, object: id)
      return .answered(Array(id.utf8))
    }
  }

  /// Makes all requests older by so many microseconds.
  private static func age(_ store: Database, by time: Int64) async throws {
    try await store.write { try $0.execute("UPDATE requests SET created_at = created_at - $1", [.integer(time)]) }
  }

  private static let count: SQL = "SELECT COUNT(*) AS n FROM requests"

  @Test(
    "a repeat gets the first answer, also many at once and after the store was opened again",
    arguments: ScratchStore.engines)
  func repeated(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let answers = try await withThrowingTaskGroup(of: EarlierRequest.self) { group in
        for number in 0..<40 { group.addTask { try await Self.create("n\(number)", for: Self.key(), in: store) } }
        return try await group.reduce(into: Set<EarlierRequest>()) { $0.insert($1) }
      }
      let notes = try await store.read { try $0.notes() }
      #expect(notes.count == 1)
      #expect(answers == [.answered(Array(notes[0].utf8))])
      try store.close()
      let again = try await Self.create("another", for: Self.key(), in: scratch.store())
      #expect(again == .answered(Array(notes[0].utf8)))
    }
  }

  @Test("the same id with another request is told from a repeat", arguments: ScratchStore.engines)
  func different(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      _ = try await Self.create("a", for: Self.key(), in: store)
      for fingerprint in [[], [2], [1, 1]] as [[UInt8]] {
        #expect(try await Self.create("b", for: Self.key(fingerprint: fingerprint), in: store) == .different)
      }
      #expect(try await store.read { try $0.notes() } == ["a"])
    }
  }

  @Test("organisations, methods and ids do not concern each other", arguments: ScratchStore.engines)
  func apart(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let keys = [
        Self.key(), Self.key("R"), Self.key(organisation: "p"), Self.key(organisation: ""),
        Self.key(method: "CreateTeam"),
      ]
      for (number, key) in keys.enumerated() { _ = try await Self.create("n\(number)", for: key, in: store) }
      for (number, key) in keys.enumerated() {
        #expect(try await store.read { try $0.earlier(key) } == .answered(Array("n\(number)".utf8)))
      }
      #expect(try await store.read { try $0.earlier(Self.key("new")) } == nil)
    }
  }

  @Test("an answer goes with the change that it tells of, be it empty or any bytes", arguments: ScratchStore.engines)
  func withChange(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      await #expect(throws: Unhappy()) {
        try await store.write { transaction in
          try transaction.keep([1], for: Self.key(), object: "a")
          throw Unhappy()
        }
      }
      #expect(try await store.read { try $0.earlier(Self.key()) } == nil)
      for answer in [[], Array(0...255)] as [[UInt8]] {
        let key = Self.key("of \(answer.count)", fingerprint: [])
        try await store.write { try $0.keep(answer, for: key, object: "a") }
        #expect(try await store.read { try $0.earlier(key) } == .answered(answer))
      }
    }
  }

  @Test("requests of versions that kept no answers say what they made", arguments: ScratchStore.engines)
  func withoutAnswer(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        try transaction.execute(
          """
          INSERT INTO requests (organisation_id, method, request_id, object_id, created_at)
          VALUES ('o', 'CreateNote', 'r', 'made', $1)
          """, [.integer(UUIDv7.millisecondsNow() * 1000)])
      }
      #expect(try await store.read { try $0.earlier(Self.key()) } == .made(object: "made"))
    }
  }

  @Test("an answer is forgotten after seven days, and the id may be used anew", arguments: ScratchStore.engines)
  func expired(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let week: Int64 = 7 * 24 * 3600 * 1_000_000
      #expect(Database.requestLifetime == week)
      _ = try await Self.create("a", for: Self.key(), in: store)
      // A minute is left.
      try await Self.age(store, by: week - 60_000_000)
      #expect(try await Self.create("b", for: Self.key(), in: store) == .answered(Array("a".utf8)))
      try await Self.age(store, by: 60_000_000)
      #expect(try await store.read { try $0.earlier(Self.key()) } == nil)
      let renewed = Self.key(fingerprint: [9])
      #expect(try await Self.create("c", for: renewed, in: store) == .answered(Array("c".utf8)))
      #expect(try await store.read { try $0.earlier(renewed) } == .answered(Array("c".utf8)))
      #expect(try await store.read { try $0.row(Self.count)?.integer("n") } == 1)
    }
  }

  @Test("what has expired is removed, thousands at a time, and nothing else", arguments: ScratchStore.engines)
  func purged(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let limit = UUIDv7.millisecondsNow() * 1000 - Database.requestLifetime
      let count = 12_000
      try await store.write { transaction in
        try transaction.write(
          BulkRows(
            table: "requests", key: ["organisation_id", "method", "request_id"],
            columns: [
              .init("organisation_id", .same(.text("o"))), .init("method", .same(.text("CreateNote"))),
              .init("request_id", .text((0..<count).map { "r\($0)" })), .init("object_id", .same(.text("a"))),
              .init("answer", .same(.blob([1]))),
              // Every hundredth has a while left.
              .init("created_at", .integer((0..<count).map { limit + ($0 % 100 == 0 ? 60_000_000 : -Int64($0)) })),
            ], count: count))
      }
      try await store.forgetRequests()
      #expect(try await store.read { try $0.row(Self.count)?.integer("n") } == Int64(count / 100))
      try await store.forgetRequests()
      #expect(try await store.read { try $0.row(Self.count)?.integer("n") } == Int64(count / 100))
    }
  }

  @Test("a store that is opened removes what has expired by itself", arguments: ScratchStore.engines)
  func purgedByItself(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let first = try scratch.store()
      _ = try await Self.create("a", for: Self.key(), in: first)
      try await Self.age(first, by: Database.requestLifetime)
      try first.close()
      let second = try scratch.store()
      #expect(try await eventually { try await second.read { try $0.row(Self.count)?.integer("n") } == 0 })
    }
  }
}
