// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("A SQLite file that cannot grow")
struct FullStoreTests {
  /// Lets the file have so many pages.
  private static func limit(_ store: Database, to pages: Int) async throws {
    _ = try await store.write { try $0.rows("PRAGMA max_page_count = \(pages)") }
  }

  @Test("what has no room is refused as a whole and said to be so, and the store goes on once there is room")
  func full() async throws {
    try await ScratchStore.on(.sqlite) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("a") }
      try await Self.limit(store, to: 60)
      let large = [UInt8](repeating: 7, count: 1 << 20)
      let error = await #expect(throws: StorageError.self) {
        try await store.write { transaction in
          try transaction.insertNote("b")
          transaction.append(.noted("b"))
          try transaction.execute("UPDATE notes SET picture = $1", [.blob(large)])
        }
      }
      #expect(error?.kind == "full")
      #expect(try await store.read { try $0.notes() } == ["a"])
      // What is small still has room, and shows that the store can be used.
      try await store.write { $0.append(.noted("c")) }
      #expect(store.health.problem == nil)
      try await Self.limit(store, to: 1_000_000)
      try await store.write { try $0.execute("UPDATE notes SET picture = $1", [.blob(large)]) }
      #expect(try await store.objects() == ["c"])
      #expect(try await store.chainIsWhole())
    }
  }

  @Test("the store sees by itself that there is room again")
  func byItself() async throws {
    try await ScratchStore.on(.sqlite) { scratch in
      let store = try scratch.store()
      store.health.failed(StorageError.full(problem: "for this test"))
      #expect(store.health.problem?.kind == "full")
      #expect(try await eventually { store.health.problem == nil })
    }
  }
}
