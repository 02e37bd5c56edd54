// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("A store in PostgreSQL that several processes have open", .enabled(if: ScratchStore.hasPostgres))
struct SharedStoreTests {
  @Test("events of all who write have one order without gaps, and everybody sees all of them once")
  func twoWriters() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let stores = [try scratch.store(), try scratch.store(), try scratch.store()]
      let seen = try await withThrowingTaskGroup(of: [StoredEvent]?.self) { group in
        for (place, store) in stores.enumerated() {
          for number in 0..<4 {
            group.addTask {
              for round in 0..<40 {
                _ = try? await store.write { transaction in
                  transaction.append(.noted("\(place)-\(number)-\(round)"))
                  if round % 5 == 4 { throw Unhappy() }
                  try transaction.insertNote("\(place)-\(number)-\(round)")
                }
              }
              return nil
            }
          }
          group.addTask {
            var events: [StoredEvent] = []
            for await _ in store.events.changes() {
              while true {
                let more = try await store.events.events(after: events.last?.sequence ?? 0, limit: 7)
                if more.isEmpty { break }
                events += more
              }
              if events.count >= 3 * 4 * 32 { break }
            }
            return events
          }
        }
        return try await group.reduce(into: [[StoredEvent]]()) { if let events = $1 { $0.append(events) } }
      }
      let trail = try await stores[0].trail()
      #expect(trail.count == 3 * 4 * 32)
      #expect(try await stores[0].chainIsWhole())
      #expect(seen.count == 3)
      for events in seen { #expect(events == trail) }
      // What each task wrote is in the order in which it wrote it.
      for place in 0..<3 {
        for number in 0..<4 {
          let prefix = "\(place)-\(number)-"
          let objects = trail.map(\.object).filter { $0.hasPrefix(prefix) }
          let rounds = objects.compactMap { Int($0.dropFirst(prefix.count)) }
          #expect(rounds == (0..<40).filter { $0 % 5 != 4 })
        }
      }
    }
  }

  @Test("a process that only looks hears of what another one writes")
  func listening() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let writer = try scratch.store()
      let watcher = try scratch.store()
      for number in 1...5 as ClosedRange<Int64> {
        try await writer.write { $0.append(.noted("e\(number)")) }
        #expect(try await eventually { watcher.events.last == number })
        #expect(try await watcher.events.events(after: number - 1, limit: 9).map(\.sequence) == [number])
      }
    }
  }

  @Test("a write in one process waits for one in another, and sees what that one did")
  func oneAtATime() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let stores = [try scratch.store(), try scratch.store()]
      try await stores[0].write { try $0.insertNote("counter") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask {
            try await stores[number % 2].write { transaction in
              let found = try transaction.row("SELECT position FROM notes WHERE id = 'counter'")
              try transaction.execute(
                "UPDATE notes SET position = $1 WHERE id = 'counter'",
                [.integer((try found?.integer("position") ?? 0) + 1)])
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await stores[0].read { try $0.row("SELECT position FROM notes")?.integer("position") } == 200)
    }
  }

  @Test("many who open a new store at once make it once")
  func opening() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      let stores = try await withThrowingTaskGroup(of: Database.self) { group in
        for _ in 0..<8 { group.addTask { try scratch.store() } }
        return try await group.reduce(into: [Database]()) { $0.append($1) }
      }
      #expect(Set(stores.map(\.id)).count == 1)
      let token = stores[0].pageTokens.token(["a"])
      for store in stores {
        try await store.write { $0.append(.noted("a")) }
        #expect(try store.pageTokens.parts(of: token) == ["a"])
      }
      #expect(try await stores[0].chainIsWhole())
      #expect(try await stores[7].trail().count == 8)
    }
  }

  @Test("many who bring a store to a new schema at once do so once; one that does not know it is refused")
  func migrating() async throws {
    try await ScratchStore.on(.postgres) { scratch in
      try scratch.store().close()
      let more =
        Scratch.notes + [
          Migration(
            number: 2, name: "slow",
            sql: [
              "INSERT INTO notes (organisation_id, id, position) VALUES ('o', 'made once', 1)",
              .postgres("SELECT pg_sleep(0.2)"),
            ])
        ]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 { group.addTask { try scratch.open(more).close() } }
        try await group.waitForAll()
      }
      #expect(scratch.refusal()?.kind == "newer")
      #expect(try await scratch.open(more).read { try $0.notes() } == ["made once"])
    }
  }
}
