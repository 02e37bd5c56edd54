// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageTesting
import Testing

@testable import Storage

@Suite("A store whose PostgreSQL cannot be reached", .enabled(if: ScratchStore.hasPostgres))
struct HealthTests {
  /// Lends a store behind a proxy that can be turned off, and the place of its database.
  private static func behindProxy(
    _ body: (Database, SwitchedProxy, ScratchStore) async throws -> Void
  ) async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let proxy = try SwitchedProxy()
      let location = try StoreLocation(proxy.place(scratch.place()))
      let store = try Database.open(location, migrations: Scratch.notes, service: "test")
      defer { try? store.close() }
      try await body(store, proxy, scratch)
    }
  }

  @Test("the store notices by itself that it cannot be used, and that it can be again")
  func byItself() async throws {
    try await Self.behindProxy { (store: Database, proxy: SwitchedProxy, _: ScratchStore) async throws -> Void in
      try await store.write { try $0.insertNote("a") }
      #expect(store.health.problem == nil)
      let heard = Collected<String?>()
      let watcher = Task { for await _ in store.health.changes() { heard.add(store.health.problem?.kind) } }
      for round in 1...2 {
        proxy.turnOff()
        #expect(try await eventually { store.health.problem?.kind == "unavailable" })
        #expect(try await eventually { heard.all.last == .some("unavailable") })
        proxy.turnOn()
        #expect(try await eventually { store.health.problem == nil })
        #expect(try await eventually { heard.all.last == .some(nil) })
        try await store.write { try $0.insertNote("n\(round)") }
        #expect(try await store.read { try $0.notes() }.count == round + 1)
      }
      watcher.cancel()
    }
  }

  @Test("while it cannot be reached every use fails at once with one sentence, and few attempts to connect are made")
  func noStorm() async throws {
    try await Self.behindProxy { (store: Database, proxy: SwitchedProxy, _: ScratchStore) async throws -> Void in
      proxy.turnOff()
      let before = proxy.attempts
      let errors = await withTaskGroup(of: StorageError?.self) { group in
        for number in 0..<60 {
          group.addTask {
            var last: StorageError?
            for _ in 0..<50 {
              do {
                switch number % 3 {
                case 0: _ = try await store.read { try $0.notes() }
                case 1: _ = try await store.lookup { try $0.notes() }
                default: try await store.write { try $0.insertNote("never") }
                }
                return nil
              } catch { last = error as? StorageError }
            }
            return last
          }
        }
        return await group.reduce(into: [StorageError?]()) { $0.append($1) }
      }
      for error in errors {
        #expect(error?.kind == "unavailable")
        #expect(error?.description.hasPrefix("The database cannot be used at present") == true)
        #expect(error?.description.contains("\n") == false)
      }
      // 3,000 uses. Those that began together may try together; after that pauses double.
      #expect(proxy.attempts - before <= 60)
      proxy.turnOn()
      #expect(try await eventually { store.health.problem == nil })
      #expect(try await store.read { try $0.notes() }.isEmpty)
    }
  }

  @Test("what other processes wrote meanwhile is seen once the store is back, and its connections are made anew")
  func missed() async throws {
    try await Self.behindProxy { (store: Database, proxy: SwitchedProxy, scratch: ScratchStore) async throws -> Void in
      let other = try scratch.store()
      try await other.write { $0.append(.noted("e1")) }
      #expect(try await eventually { store.events.last == 1 })
      proxy.turnOff()
      for number in 2...5 { try await other.write { $0.append(.noted("e\(number)")) } }
      #expect(store.events.last == 1)
      proxy.turnOn()
      #expect(try await eventually { store.events.last == 5 })
      #expect(try await eventually { (try? await store.events.events(after: 0, limit: 9).count) == 5 })
      try await other.write { $0.append(.noted("e6")) }
      #expect(try await eventually { store.events.last == 6 })
    }
  }

  @Test("what does not speak of the store as a whole does not make it unhealthy", arguments: ScratchStore.engines)
  func otherErrors(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      await #expect(throws: StorageError.self) { try await store.read { try $0.rows("SELECT nothing") } }
      await #expect(throws: StorageError.self) { try await store.write { try $0.execute("DELETE FROM nowhere") } }
      await #expect(throws: Unhappy()) { try await store.write { _ in throw Unhappy() } }
      for _ in 0..<2 { _ = try? await store.write { try $0.insertNote("a") } }
      #expect(store.health.problem == nil)
    }
  }
}
