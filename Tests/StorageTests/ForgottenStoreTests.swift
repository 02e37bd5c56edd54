// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Stores that are not closed")
struct ForgottenStoreTests {
  /// How many connections there are to the database of a scratch store, without the one that asks.
  private static func connections(to scratch: ScratchStore) throws -> Int64 {
    let engine = try PostgresEngine(address: PostgresAddress(scratch.place()), schema: "other")
    let session = try engine.session(limits: PostgresLimits())
    defer { session.close() }
    return try session.connection.value(
      "SELECT count(*) AS value FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waymark-test'"
    ).integer
  }

  @Test("one that nobody knows any more frees its file, or its connections, by itself", arguments: ScratchStore.engines)
  func forgotten(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      weak var known: Database?
      do {
        let store = try Database.open(scratch.location(), migrations: Scratch.notes, service: "test")
        try await store.write { $0.append(.noted("a")) }
        #expect(try await store.read { try $0.notes() }.isEmpty)
        known = store
        if engine == .postgres { #expect(try Self.connections(to: scratch) >= 2) }
      }
      #expect(try await eventually { known == nil })
      if engine == .postgres {
        #expect(try await eventually { try Self.connections(to: scratch) == 0 })
      } else {
        #expect(try await eventually { (try? scratch.store()) != nil })
      }
    }
  }
}
