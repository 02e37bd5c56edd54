// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("Writes whose connection breaks while they become durable", .enabled(if: ScratchStore.hasPostgres))
struct OutcomeTests {
  /// Lends a store behind a proxy that can cut its connections.
  private static func behindProxy(_ body: (Database, SwitchedProxy) async throws -> Void) async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let proxy = try SwitchedProxy()
      let location = try StoreLocation(proxy.place(scratch.place()))
      let store = try Database.open(location, migrations: Scratch.notes, service: "test")
      defer { try? store.close() }
      try await store.write { try $0.insertNote("counter") }
      try await body(store, proxy)
    }
  }

  /// Counts, and tells of it; what is counted twice shows.
  private static func count(_ store: Database, tells: Bool = true) async throws -> Int64 {
    try await store.write { transaction in
      let row = try transaction.row("UPDATE notes SET position = position + 1 RETURNING position")
      let number = try row?.integer("position") ?? -1
      if tells { transaction.append(.noted("\(number)")) }
      return number
    }
  }

  private static func counter(_ store: Database) async throws -> Int64? {
    try await store.read { try $0.row("SELECT position FROM notes")?.integer("position") }
  }

  @Test("a write is found kept, or made again, and never twice", arguments: SwitchedProxy.Cut.allCases, [true, false])
  func once(cut: SwitchedProxy.Cut, tells: Bool) async throws {
    try await Self.behindProxy { (store: Database, proxy: SwitchedProxy) async throws -> Void in
      for round in 1...5 as ClosedRange<Int64> {
        proxy.cut(cut)
        #expect(try await Self.count(store, tells: tells) == round)
        #expect(proxy.hasCut)
      }
      #expect(try await Self.counter(store) == 5)
      let told = tells ? ["1", "2", "3", "4", "5"] : []
      #expect(try await store.objects() == told)
      #expect(try await store.chainIsWhole())
      #expect(store.events.last == Int64(told.count))
      #expect(try await eventually { store.health.problem == nil })
    }
  }

  @Test("cut after cut, each write of a group has its own result and is there once", arguments: 0..<4)
  func groups(seed: Int) async throws {
    try await Self.behindProxy { (store: Database, proxy: SwitchedProxy) async throws -> Void in
      var generator = SplitMix(state: UInt64(seed))
      var expected: Int64 = 0
      for _ in 0..<6 {
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
          proxy.cut(SwitchedProxy.Cut.allCases[Int.random(in: 0..<3, using: &generator)])
        }
        let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
          for _ in 0..<20 { group.addTask { try await Self.count(store) } }
          return try await group.reduce(into: [Int64]()) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(expected + 1...expected + 20))
        expected += 20
      }
      #expect(try await Self.counter(store) == expected)
      #expect(try await store.objects() == (1...expected).map { "\($0)" })
      #expect(try await store.chainIsWhole())
    }
  }

  @Test("when another process wrote in between, a write without an event may be there or not, and is told to be so")
  func unknown() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let proxy = try SwitchedProxy()
      let location = try StoreLocation(proxy.place(scratch.place()))
      let store = try Database.open(location, migrations: Scratch.notes, service: "test")
      defer { try? store.close() }
      let other = try scratch.store()
      try await other.write { try $0.insertNote("counter") }
      let writers = (0..<4).map { _ in
        Task { while !Task.isCancelled { try await other.write { try $0.execute("UPDATE notes SET weight = 1") } } }
      }
      var acknowledged: Int64 = 0
      var unknown: Int64 = 0
      for round in 0..<20 {
        proxy.cut(SwitchedProxy.Cut.allCases[round % 3])
        do {
          _ = try await Self.count(store, tells: false)
          acknowledged += 1
        } catch StorageError.outcomeUnknown {
          unknown += 1
        } catch StorageError.unavailable {}
      }
      for writer in writers { writer.cancel() }
      for writer in writers { _ = await writer.result }
      let counter = try #require(try await Self.counter(other))
      #expect((acknowledged...acknowledged + unknown).contains(counter))
    }
  }
}
