// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Watching events")
struct EventFeedTests {
  /// The numbers that a watcher sees who begins after `sequence`, asks for `limit` events at a time and looks again after
  /// each change, until it has seen the event `last`.
  private static func watch(
    _ store: Database, after sequence: Int64, to last: Int64, limit: Int, pause: Int = 0
  ) async throws -> [Int64] {
    var seen: [Int64] = []
    var position = sequence
    for await _ in store.events.changes() {
      while true {
        let events = try await store.events.events(after: position, limit: limit)
        #expect(events.count <= limit)
        seen += events.map(\.sequence)
        for event in events { #expect(event.object == "e\(event.sequence)") }
        guard let end = events.last?.sequence else { break }
        position = end
        for _ in 0..<pause { await Task.yield() }
      }
      if position >= last { break }
    }
    return seen
  }

  /// Appends events that carry their own numbers, in writes of various sizes.
  private static func append(_ count: Int, to store: Database, atOnce: ClosedRange<Int>, seed: UInt64) async throws {
    var generator = SplitMix(state: seed)
    var next = Int(store.events.last) + 1
    let end = next + count
    while next < end {
      let numbers = next..<min(end, next + Int.random(in: atOnce, using: &generator))
      try await store.write { transaction in for number in numbers { transaction.append(.noted("e\(number)")) } }
      next = numbers.upperBound
    }
  }

  @Test(
    "any watcher, however slow and wherever it begins, sees every event once and in order",
    arguments: ScratchStore.engines)
  func law(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await Self.append(300, to: store, atOnce: 1...40, seed: 1)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await Self.append(700, to: store, atOnce: 1...25, seed: 2) }
        for (number, limit) in [1, 2, 3, 7, 10, 64, 100, 999, 1000, 5000].enumerated() {
          for start in [0, 1, 150, 299, 300, 301, 640] as [Int64] {
            group.addTask {
              let seen = try await Self.watch(store, after: start, to: 1000, limit: limit, pause: number * 3)
              #expect(seen == Array(start + 1...1000), "from \(start), \(limit) at a time")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test(
    "events that are not kept in memory any more are read from the store, across the border",
    arguments: ScratchStore.engines)
  func border(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await Self.append(5000, to: store, atOnce: 300...400, seed: 3)
      for start in [.min, -1, 0, 1, 2000, 2951, 2952, 2953, 3463, 3464, 3465, 4998, 4999, 5000, 5001, .max] as [Int64] {
        for limit in [-1, 0, 1, 500, 3000, 6000, .max] {
          let events = try await store.events.events(after: start, limit: limit)
          let expected = start >= 5000 ? [] : Array((max(0, start) + 1...5000).prefix(max(0, limit)))
          #expect(events.map(\.sequence) == expected, "after \(start), at most \(limit)")
        }
      }
      #expect(try await Self.watch(store, after: 0, to: 5000, limit: 700) == Array(1...5000))
    }
  }

  @Test("large events are let go of sooner, one that is larger than the memory for them at once")
  func large() async throws {
    try await ScratchStore.on(.sqlite) { scratch in
      let store = try scratch.store()
      for (number, size) in [1 << 20, 3 << 20, 5 << 20, 9 << 20, 1, 7 << 20, 1].enumerated() {
        try await store.write { transaction in
          var event = Event.noted("e\(number + 1)")
          event.after = String(repeating: "x", count: size)
          transaction.append(event)
        }
        let all = Array(1...Int64(number + 1))
        #expect(try await store.events.events(after: 0, limit: 100).map(\.sequence) == all)
        #expect(try await store.events.events(after: Int64(number), limit: 9).map(\.sequence) == [Int64(number + 1)])
      }
      #expect(try await Self.watch(store, after: 0, to: 7, limit: 1) == Array(1...7))
    }
  }

  @Test("a watcher goes on where it was when the store is opened again", arguments: ScratchStore.engines)
  func reopened(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      var seen: [Int64] = []
      for round in 0..<3 {
        let store = try scratch.store()
        #expect(store.events.last == Int64(round * 50))
        try await Self.append(50, to: store, atOnce: 1...9, seed: 4)
        let last = store.events.last
        // It had not seen all when the store was closed.
        seen += try await Self.watch(store, after: seen.last ?? 0, to: last - 10, limit: 4).filter { $0 <= last - 10 }
        try store.close()
      }
      let store = try scratch.store()
      seen += try await Self.watch(store, after: seen.last ?? 0, to: 150, limit: 4)
      #expect(seen == Array(1...150))
    }
  }

  @Test("a watcher hears of each change, and of the end of the store", arguments: ScratchStore.engines)
  func changes(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      var first = store.events.changes().makeAsyncIterator()
      let second = Task { await store.events.changes().reduce(0) { count, _ in count + 1 } }
      #expect(await first.next() != nil)
      for number in 1...5 {
        try await store.write { $0.append(.noted("e\(number)")) }
        #expect(await first.next() != nil)
        #expect(try await store.events.events(after: Int64(number) - 1, limit: 10).count == 1)
      }
      try store.close()
      #expect(await first.next() == nil)
      #expect(await second.value >= 1)
      var late = store.events.changes().makeAsyncIterator()
      #expect(await late.next() != nil)
      #expect(await late.next() == nil)
    }
  }

  @Test("a watcher that is cancelled ends", arguments: ScratchStore.engines)
  func cancelled(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let heard = Collected<Int>()
      let watcher = Task { for await _ in store.events.changes() { heard.add(1) } }
      #expect(try await eventually { heard.all.count == 1 })
      watcher.cancel()
      await watcher.value
      try await store.write { $0.append(.noted("a")) }
      #expect(heard.all.count == 1)
    }
  }
}
