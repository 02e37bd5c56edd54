// SPDX-License-Identifier: Apache-2.0

import StorageTesting
import Testing

@testable import Storage

@Suite("A PostgreSQL that is killed", .enabled(if: ScratchStore.hasPostgres))
struct CrashTests {
  /// Inserts notes, one write each, until it is told to end.
  ///
  /// - Returns: the notes that were acknowledged, and those of which nobody knows.
  private static func insertNotes(
    _ task: Int, into store: Database
  ) async -> (acknowledged: [String], unknown: [String]) {
    var acknowledged: [String] = []
    var unknown: [String] = []
    var number = 0
    while !Task.isCancelled {
      number += 1
      let note = "\(task)-\(number)"
      do {
        try await store.write { transaction in
          try transaction.insertNote(note)
          if task % 2 == 0 { transaction.append(.noted(note)) }
        }
        acknowledged.append(note)
      } catch StorageError.outcomeUnknown {
        unknown.append(note)
      } catch {
        try? await Task.sleep(for: .milliseconds(10))
      }
    }
    return (acknowledged, unknown)
  }

  @Test("the store comes back with it: nothing acknowledged is lost, nothing is there twice or half")
  func killed() async throws {
    let server = try PrivatePostgres()
    let store = try Database.open(StoreLocation(server.url), migrations: Scratch.notes, service: "test")
    let writers = (0..<8).map { task in Task { await Self.insertNotes(task, into: store) } }
    var last: Int64 = 0
    for _ in 0..<3 {
      #expect(try await eventually { store.events.last > last + 50 })
      try server.kill()
      #expect(try await eventually { store.health.problem != nil })
      last = store.events.last
      try server.resume()
      #expect(try await eventually { store.health.problem == nil })
    }
    #expect(try await eventually { store.events.last > last + 50 })
    for writer in writers { writer.cancel() }
    var acknowledged: Set<String> = []
    var unknown: Set<String> = []
    for writer in writers {
      let ended = await writer.value
      acknowledged.formUnion(ended.acknowledged)
      unknown.formUnion(ended.unknown)
    }
    // Its primary key keeps a note from being there twice; an event would be.
    let notes = Set(try await store.read { try $0.notes() })
    #expect(acknowledged.isSubset(of: notes))
    #expect(notes.isSubset(of: acknowledged.union(unknown)))
    let told = try await store.objects()
    #expect(
      Set(told) == notes.filter { $0.hasPrefix("0") || $0.hasPrefix("2") || $0.hasPrefix("4") || $0.hasPrefix("6") })
    #expect(Set(told).count == told.count)
    #expect(try await store.chainIsWhole())
    try store.close()
  }
}
