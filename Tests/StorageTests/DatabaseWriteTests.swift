// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Writes to a store")
struct DatabaseWriteTests {
  @Test(
    "of many writes at once, those that fail leave nothing behind and the others are kept",
    arguments: ScratchStore.engines)
  func mixed(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("taken", position: -1) }
      let kept = await withTaskGroup(of: Int?.self) { group in
        for number in 0..<400 {
          group.addTask {
            try? await store.write { transaction in
              if number % 7 == 1 { throw Unhappy() }
              try transaction.insertNote(number % 7 == 2 ? "taken" : "n\(number)", position: Int64(number))
              transaction.append(.noted("n\(number)"))
              if number % 7 == 3 { throw Unhappy() }
              if number % 7 == 4 { _ = try transaction.rows("SELECT nothing") }
              return number
            }
          }
        }
        return await group.reduce(into: [Int]()) { if let number = $1 { $0.append(number) } }.sorted()
      }
      #expect(kept == (0..<400).filter { ![1, 2, 3, 4].contains($0 % 7) })
      #expect(try await store.read { try $0.notes() } == ["taken"] + kept.map { "n\($0)" })
      #expect(Set(try await store.objects()) == Set(kept.map { "n\($0)" }))
      #expect(try await store.chainIsWhole())
      #expect(store.events.last == Int64(kept.count))
    }
  }

  @Test("a write may answer nothing, or nil", arguments: ScratchStore.engines)
  func nothing(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      #expect(try await store.write { _ -> Int? in nil } == nil)
      #expect(try await store.write { _ -> Int?? in .some(nil) } == .some(nil))
      #expect(try await store.write { _ -> Int? in 3 } == 3)
      #expect(try await store.write { try $0.row("SELECT id FROM notes") } == nil)
      let nothing: Void = try await store.write { try $0.insertNote("a") }
      #expect(nothing == ())
    }
  }

  @Test("a write that appends no event makes none, whether it changes anything or not", arguments: ScratchStore.engines)
  func withoutEvent(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { _ in }
      #expect(try await store.write { try $0.change("DELETE FROM notes") } == 0)
      try await store.write { try $0.insertNote("a") }
      _ = try await store.write { try $0.notes() }
      #expect(store.events.last == 0)
      #expect(try await store.trail().isEmpty)
      try await store.write { $0.append(.noted("a")) }
      #expect(store.events.last == 1)
    }
  }

  @Test(
    "a task that is cancelled while its write waits is told so, and nothing is written", arguments: ScratchStore.engines
  )
  func cancelledInLine(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let latch = Latch()
      let first = Task { try await store.write { _ in latch.pass() } }
      #expect(try await eventually { latch.arrived == 1 })
      let second = Task { try await store.write { try $0.insertNote("b") } }
      second.cancel()
      latch.open()
      try await first.value
      await #expect(throws: CancellationError.self) { try await second.value }
      let third = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await store.write { try $0.insertNote("c") }
      }
      await #expect(throws: CancellationError.self) { try await third.value }
      #expect(try await store.read { try $0.notes() }.isEmpty)
    }
  }

  @Test("a closed store refuses further use, and may be closed again", arguments: ScratchStore.engines)
  func closed(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("a") }
      for _ in 0..<2 {
        try store.close()
        for error in [
          await #expect(throws: StorageError.self) { try await store.read { try $0.notes() } },
          await #expect(throws: StorageError.self) { try await store.lookup { try $0.notes() } },
          await #expect(throws: StorageError.self) { try await store.write { try $0.insertNote("b") } },
        ] { #expect(error == .unavailable(problem: "it is closed")) }
      }
      #expect(try await scratch.store().read { try $0.notes() } == ["a"])
    }
  }

  @Test("what was asked for before the store is closed is kept", arguments: ScratchStore.engines)
  func closedBehind(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let acknowledged = Collected<String>()
      let writers = (0..<20).map { number in
        Task {
          for round in 0... {
            try await store.write { try $0.insertNote("\(number)-\(round)") }
            acknowledged.add("\(number)-\(round)")
          }
        }
      }
      #expect(try await eventually { acknowledged.all.count > 100 })
      try store.close()
      for writer in writers {
        let error = await #expect(throws: StorageError.self) { try await writer.value }
        #expect(error == .unavailable(problem: "it is closed"))
      }
      let kept = try await scratch.store().read { try $0.notes() }
      #expect(kept.sorted() == acknowledged.all.sorted())
    }
  }
}
