// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Reads from a store")
struct ReadTests {
  /// How many reads an engine makes at a time.
  private static func readers(_ engine: EngineName) -> Int { engine == .sqlite ? 4 : 8 }

  private static func count(_ transaction: Transaction) throws -> Int64? {
    try transaction.row("SELECT COUNT(*) AS n FROM notes")?.integer("n")
  }

  @Test(
    "a read sees the store as it was, while a write that does not wait for it changes it",
    arguments: ScratchStore.engines)
  func oneMoment(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("a") }
      let latch = Latch()
      let read = Task {
        try await store.read { transaction in
          let before = try transaction.notes()
          latch.pass()
          return [before, try transaction.notes()]
        }
      }
      #expect(try await eventually { latch.arrived == 1 })
      try await store.write { transaction in
        try transaction.execute("DELETE FROM notes")
        try transaction.insertNote("b")
      }
      #expect(try await store.read { try $0.notes() } == ["b"])
      latch.open()
      #expect(try await read.value == [["a"], ["a"]])
    }
  }

  @Test("a read does not wait for a write, and does not see what is not kept yet", arguments: ScratchStore.engines)
  func besidesWrite(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let latch = Latch()
      let write = Task {
        try await store.write { transaction in
          try transaction.insertNote("a")
          _ = try transaction.notes()
          latch.pass()
        }
      }
      #expect(try await eventually { latch.arrived == 1 })
      #expect(try await store.read { try $0.notes() }.isEmpty)
      #expect(try await store.lookup { try $0.notes() }.isEmpty)
      latch.open()
      try await write.value
      #expect(try await store.read { try $0.notes() } == ["a"])
    }
  }

  @Test("a lookup sees what was written last, also after one that left rows unread", arguments: ScratchStore.engines)
  func lookup(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      for number in 0..<20 {
        try await store.write { try $0.insertNote("n\(number)", position: Int64(number)) }
        #expect(try await store.lookup { try Self.count($0) } == Int64(number + 1))
        #expect(try await store.lookup { try $0.row("SELECT id FROM notes ORDER BY position")?.text("id") } == "n0")
        await #expect(throws: Unhappy()) {
          try await store.lookup { try $0.forEachRow("SELECT id FROM notes") { _ in throw Unhappy() } }
        }
      }
      let latch = Latch()
      let slow = Task {
        try await store.lookup { transaction in
          let before = try Self.count(transaction)
          latch.pass()
          return [before, try Self.count(transaction)]
        }
      }
      #expect(try await eventually { latch.arrived == 1 })
      try await store.write { try $0.insertNote("more") }
      latch.open()
      #expect(try await slow.value == [20, 21])
    }
  }

  @Test(
    "of more reads than there are connections, as many as there are run, and all are served",
    arguments: ScratchStore.engines)
  func inLine(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let latch = Latch()
      let reads = (0..<Self.readers(engine) * 5).map { number in
        Task {
          try await store.read { transaction in
            _ = try transaction.notes()
            latch.pass()
            return number
          }
        }
      }
      #expect(try await eventually { latch.arrived == Self.readers(engine) })
      try await store.write { try $0.insertNote("a") }
      #expect(latch.arrived == Self.readers(engine))
      latch.open()
      for (number, read) in reads.enumerated() { #expect(try await read.value == number) }
    }
  }

  @Test(
    "a read that is cancelled in line leaves it at once, and its place is not lost", arguments: ScratchStore.engines)
  func cancelledInLine(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      for _ in 0..<3 {
        let latch = Latch()
        let holding = (0..<Self.readers(engine)).map { _ in Task { try await store.read { _ in latch.pass() } } }
        #expect(try await eventually { latch.arrived == Self.readers(engine) })
        let waiting = (0..<20).map { number in Task { try await store.read { _ in number } } }
        for number in stride(from: 0, to: 20, by: 2) {
          waiting[number].cancel()
          // While all connections are in use.
          await #expect(throws: CancellationError.self) { try await waiting[number].value }
        }
        latch.open()
        for task in holding { try await task.value }
        for number in stride(from: 1, to: 20, by: 2) { #expect(try await waiting[number].value == number) }
      }
    }
  }

  @Test(
    "reads that are cancelled at any time end, and all connections can be used afterwards",
    arguments: ScratchStore.engines)
  func cancelledAtAnyTime(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { transaction in for number in 0..<50 { try transaction.insertNote("n\(number)") } }
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<300 {
          group.addTask {
            let task = Task {
              try await store.read { transaction in
                var count = 0
                try transaction.forEachRow("SELECT id FROM notes") { _ in count += 1 }
                return count
              }
            }
            for _ in 0..<number % 9 { await Task.yield() }
            if number % 3 != 0 { task.cancel() }
            switch await task.result {
            case .success(let count): #expect(count == 50)
            case .failure(let error): #expect(error is CancellationError && number % 3 != 0)
            }
          }
        }
      }
      let latch = Latch()
      let all = (0..<Self.readers(engine)).map { _ in Task { try await store.read { _ in latch.pass() } } }
      #expect(try await eventually { latch.arrived == Self.readers(engine) })
      latch.open()
      for task in all { try await task.value }
    }
  }

  @Test("closing waits for the reads under way, and refuses those in line", arguments: ScratchStore.engines)
  func closing(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { try $0.insertNote("a") }
      let latch = Latch()
      let holding = (0..<Self.readers(engine)).map { _ in
        Task {
          try await store.read { transaction in
            latch.pass()
            return try transaction.notes()
          }
        }
      }
      #expect(try await eventually { latch.arrived == Self.readers(engine) })
      let waiting = Task { try await store.read { try $0.notes() } }
      let closing = OnThread { try store.close() }
      let error = await #expect(throws: StorageError.self) { try await waiting.value }
      #expect(error == .unavailable(problem: "it is closed"))
      #expect(!closing.hasEnded)
      latch.open()
      for task in holding { #expect(try await task.value == ["a"]) }
      try await closing.value()
      _ = try scratch.store()
    }
  }
}
