// SPDX-License-Identifier: Apache-2.0

import Foundation
import Identity

/// Appends events to the store and tells those who watch.
///
/// The last sequence number and hash are one row, `event_head`. Every write transaction takes hold of it first: writes go
/// one at a time, also those of several processes on one PostgreSQL, and events have no gaps and one order.
final class EventLog: Sendable {
  /// The end of the trail.
  struct Head: Sendable, Hashable {
    var sequence: Int64
    var hash: [UInt8]
    /// When the last event was, in microseconds since 1970.
    var time: Int64 = 0
    /// Left by the last transaction that appended no event.
    var mark: Int64 = 0
  }

  /// What shows afterwards whether a transaction was kept.
  enum Trace: Sendable, Hashable {
    /// Its last event.
    case event(StoredEvent)
    /// The mark that it left, and the one that was there before.
    case mark(Int64, before: Int64)
  }

  let feed: EventFeed

  init(feed: EventFeed) { self.feed = feed }

  /// Takes hold of the end of the trail until the transaction ends.
  func lockHead(_ connection: any EngineConnection, engine: EngineName) throws(StorageError) -> Head {
    let sql = "SELECT sequence, hash, happened_at, touched FROM event_head WHERE id = 1"
    let row = try connection.rows(engine == .sqlite ? sql : sql + " FOR UPDATE", [], atMost: 1).first
    guard let row else { throw .unexpectedValue(column: "event_head", problem: "is gone") }
    return Head(
      sequence: try row.integer("sequence"), hash: try row.blob("hash"), time: try row.integer("happened_at"),
      mark: try row.integer("touched"))
  }

  /// Appends events behind `head`, and moves the end of the trail.
  func append(
    _ events: [Event], after head: Head, to connection: any EngineConnection, of engine: any Engine
  ) throws(StorageError) -> [StoredEvent] {
    var head = head
    var appended: [StoredEvent] = []
    appended.reserveCapacity(events.count)
    // Times never go back, although clocks may be set back.
    // Never before the ids that the events tell of: after the next start new ones begin behind the last event.
    let time = max(UUIDv7.latest() * 1000, head.time)
    for event in events {
      let stored = StoredEvent(event, after: head, time: time)
      try connection.insert(stored)
      head = Head(sequence: stored.sequence, hash: stored.hash, time: time)
      appended.append(stored)
    }
    if !appended.isEmpty {
      try connection.enqueue(
        "UPDATE event_head SET sequence = $1, hash = $2, happened_at = $3 WHERE id = 1",
        [.integer(head.sequence), .blob(head.hash), .integer(time)])
      try engine.announce(connection)
    }
    return appended
  }

  /// Leaves behind what shows whether the transaction was kept.
  func leaveTrace(
    of appended: [StoredEvent], after head: Head, to connection: any EngineConnection, of engine: any Engine
  ) throws(StorageError) -> Trace? {
    if let last = appended.last { return .event(last) }
    // The answer of an engine in the same process is not lost.
    guard engine.name != .sqlite else { return nil }
    let mark = Int64.random(in: .min ... .max)
    try connection.enqueue("UPDATE event_head SET touched = $1 WHERE id = 1", [.integer(mark)])
    return .mark(mark, before: head.mark)
  }

  /// Whether a transaction was kept whose outcome the engine did not tell.
  ///
  /// Waits for the engine to come back, and for the transaction to end there if it is still on its way.
  /// - Returns: nil when the engine cannot be asked for ten seconds, or a mark has been overwritten since.
  func isKept(_ trace: Trace, engine: any Engine) -> Bool? {
    for _ in 0..<20 {
      do {
        return try isKept(trace, asking: engine)
      } catch {
        usleep(500_000)
      }
    }
    return nil
  }

  private func isKept(_ trace: Trace, asking engine: any Engine) throws -> Bool? {
    let session = try engine.connect(for: .write)
    defer { session.close() }
    return try session.use { connection in
      try connection.begin(.write)
      defer { connection.rollback() }
      let head = try lockHead(connection, engine: engine.name)
      switch trace {
      case .event(let last):
        let row = try connection.rows(
          "SELECT hash FROM events WHERE sequence = $1", [.integer(last.sequence)], atMost: 1
        ).first
        return try row?.blob("hash") == last.hash
      case .mark(head.mark, _): return true
      case .mark(_, before: head.mark): return false
      case .mark: return nil
      }
    }
  }

  /// Tells those who watch what was kept.
  func advance(with events: [StoredEvent]) { feed.append(events) }
}

extension EngineConnection {
  /// Writes an event as it is.
  func insert(_ event: StoredEvent) throws(StorageError) {
    try enqueue(
      """
      INSERT INTO events
        (organisation_id, sequence, kind, object_id, actor, before_json, after_json, reason, happened_at, hash)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      """,
      [
        .text(event.organisation), .integer(event.sequence), .text(event.kind), .text(event.object),
        .text(event.actor), event.before.map { .text($0) } ?? .null, event.after.map { .text($0) } ?? .null,
        .text(event.reason), .integer(event.time), .blob(event.hash),
      ])
  }
}

extension StoredEvent {
  /// The columns that `init(_:)` reads, in its order.
  static let columns: SQL =
    "organisation_id, sequence, kind, object_id, actor, before_json, after_json, reason, happened_at, hash"

  init(_ row: Row) throws(StorageError) {
    self.init(
      sequence: try row.integer("sequence"), time: try row.integer("happened_at"),
      organisation: try row.text("organisation_id"), kind: try row.text("kind"), object: try row.text("object_id"),
      actor: try row.text("actor"), before: try row.optionalText("before_json"),
      after: try row.optionalText("after_json"), reason: try row.text("reason"), hash: try row.blob("hash"))
  }

  fileprivate init(_ event: Event, after head: EventLog.Head, time: Int64) {
    let unchained = StoredEvent(
      sequence: head.sequence + 1, time: time, organisation: event.organisation, kind: event.kind,
      object: event.object, actor: event.actor.text, before: event.before, after: event.after, reason: event.reason,
      hash: [])
    self = unchained.chained(after: head.hash)
  }

  /// The event with its hash.
  func chained(after previous: [UInt8]) -> StoredEvent {
    StoredEvent(
      sequence: sequence, time: time, organisation: organisation, kind: kind, object: object, actor: actor,
      before: before, after: after, reason: reason, hash: EventChain.hash(of: self, after: previous))
  }
}
