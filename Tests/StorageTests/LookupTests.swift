// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Look-ups by one statement")
struct LookupTests {
  @Test("many at once get their own answers, and those that are refused fail alone", arguments: ScratchStore.engines)
  func many(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in
        for number in 0..<100 { try transaction.insertNote("n\(number)", position: Int64(number)) }
      }
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<500 {
          group.addTask {
            switch number % 10 {
            case 7:
              let error = await #expect(throws: StorageError.self) { try await store.rows("SELECT nothing FROM notes") }
              #expect(error?.kind == "statement")
            case 8:
              let error = await #expect(throws: StorageError.self) {
                try await store.rows("SELECT id FROM notes WHERE id = $1", [.text("a\0b")])
              }
              #expect(error?.kind == "statement")
            case 9:
              let error = await #expect(throws: StorageError.self) {
                try await store.rows("SELECT id FROM notes WHERE id = $1 AND position = $2", [.text("a")])
              }
              #expect(error?.kind == "statement")
            default:
              let id = SQLValue.text("n\(number % 120)")
              let rows = try? await store.rows("SELECT id, position FROM notes WHERE id = $1", [id])
              let positions = rows?.compactMap { try? $0.integer("position") }
              #expect(positions == (number % 120 < 100 ? [Int64(number % 120)] : []))
            }
          }
        }
      }
      #expect(store.health.problem == nil)
    }
  }

  @Test("a look-up sees what was written last, and cannot write", arguments: ScratchStore.engines)
  func newest(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      for number in 0..<20 {
        try await store.write { try $0.insertNote("n\(number)") }
        #expect(try await store.rows("SELECT id FROM notes").count == number + 1)
      }
      let error = await #expect(throws: StorageError.self) {
        try await store.rows("INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'a', 1) RETURNING id")
      }
      #expect(error?.kind == "statement")
      #expect(try await store.rows("SELECT id FROM notes").count == 20)
      #expect(store.health.problem == nil)
    }
  }

  @Test("a closed store refuses look-ups, and answers those that came before", arguments: ScratchStore.engines)
  func closed(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let readers = (0..<10).map { _ in
        Task {
          while true {
            _ = try await store.rows("SELECT COUNT(*) AS n FROM notes")
            await Task.yield()
          }
        }
      }
      try await store.write { try $0.insertNote("a") }
      try store.close()
      for reader in readers {
        let error = await #expect(throws: StorageError.self) { try await reader.value }
        #expect(error == .unavailable(problem: "it is closed"))
      }
    }
  }
}
