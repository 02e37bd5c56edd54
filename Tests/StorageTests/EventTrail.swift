// SPDX-License-Identifier: Apache-2.0

@testable import Storage

extension Transaction {
  /// All events of the store as they are in its tables, in the order of their numbers.
  func trail() throws -> [StoredEvent] {
    try rows("SELECT \(StoredEvent.columns) FROM events ORDER BY sequence")
      .map { row throws(StorageError) in try StoredEvent(row) }
  }

  /// Whether the events are numbered from 1 without gaps, each has the hash that follows from those before it, no time
  /// goes back, and the last is the end of the trail.
  func chainIsWhole() throws -> Bool {
    let trail = try trail()
    let head = try row("SELECT sequence, hash FROM event_head")
    var previous = EventChain.beginning
    var time: Int64 = 0
    for (event, number) in zip(trail, Int64(1)...) {
      guard event.sequence == number, event.hash == EventChain.hash(of: event, after: previous), event.time >= time
      else { return false }
      previous = event.hash
      time = event.time
    }
    return try head?.integer("sequence") == Int64(trail.count) && head?.blob("hash") == previous
  }
}

extension Storage.Database {
  /// All events of the store as they are in its tables, in the order of their numbers.
  func trail() async throws -> [StoredEvent] { try await read { try $0.trail() } }

  /// The objects of all events, in order.
  func objects() async throws -> [String] { try await trail().map(\.object) }

  /// See ``Transaction/chainIsWhole()``.
  func chainIsWhole() async throws -> Bool { try await read { try $0.chainIsWhole() } }
}
