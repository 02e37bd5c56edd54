// SPDX-License-Identifier: Apache-2.0

/// Looks whether the trail of events of a store is whole: every event from the first to the last, each with the hash that
/// it and the one before it give (see ``EventChain``), and the end where the store says that it is.
///
/// Whoever makes all hashes anew from some event on is found out by a hash that was written down elsewhere before.
public struct EventAudit: Sendable, Hashable {
  /// The first thing that does not fit.
  public enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Events are missing before this one, or one is there twice.
    case gap(expected: Int64, found: Int64)
    /// The event, or the one before it, is not what it was when its hash was made.
    case hash(sequence: Int64)
    /// The trail does not end where the store says.
    case end(sequence: Int64, head: Int64)
    /// The last event is not the one that the store says.
    case head(sequence: Int64)
    /// The event is not the one whose hash was written down.
    case pin(sequence: Int64)
    /// The event whose hash was written down is not there.
    case pinMissing(sequence: Int64, last: Int64)

    public var description: String {
      switch self {
      case .gap(let expected, let found) where found < expected: "event \(found) is there more than once"
      case .gap(let expected, let found):
        found == expected + 1 ? "event \(expected) is missing" : "events \(expected) to \(found - 1) are missing"
      case .hash(let sequence):
        "event \(sequence) does not have the hash that its content and the event before it give: it, or its hash, was "
          + "changed"
      case .end(let sequence, let head):
        sequence < head
          ? "events \(sequence + 1) to \(head) are missing at the end"
          : "events \(head + 1) to \(sequence) are behind the end of the trail"
      case .head(let sequence):
        "event \(sequence), the last one, is not the one that the store has written down as its end"
      case .pin(let sequence): "event \(sequence) is not the one whose hash was kept: the trail was written anew"
      case .pinMissing(let sequence, let last):
        "event \(sequence), whose hash was kept, is not there: the last one is \(last)"
      }
    }

    /// The event that it is about.
    public var sequence: Int64 {
      switch self {
      case .gap(let expected, let found): min(expected, found)
      case .hash(let sequence), .head(let sequence), .pin(let sequence), .pinMissing(let sequence, _): sequence
      case .end(let sequence, let head): min(sequence, head) + 1
      }
    }
  }

  /// The store's own id.
  public let store: String
  /// How many events fit together from the first one on.
  public private(set) var events: Int64 = 0
  /// The hash of the last of these; 32 zero bytes when there is none.
  public private(set) var head = EventChain.beginning
  /// The first thing that does not fit; nil when the trail is whole.
  public private(set) var problem: Problem?

  /// Reads the trail from its first event to its last, keeping few of them in memory; a service may have the store open.
  ///
  /// - Parameter pins: hashes of events that were written down before, by the event's number.
  /// - Returns: nil when there is no store.
  /// - Throws: a ``StorageError`` when the store cannot be read or is none with a chained trail.
  public init?(
    of location: StoreLocation, service: String, expecting pins: [Int64: [UInt8]] = [:]
  ) throws(StorageError) {
    do {
      guard let view = try StoreView(location, service: service) else { return nil }
      defer { view.close() }
      self = try view.look { connection in
        let history = try SchemaHistory(connection, engine: view.engine)
        if let owner = history.owner, owner != service {
          throw StorageError.foreign(
            path: location.description, problem: "it is the store of “\(owner)”, not of “\(service)”")
        }
        guard !history.common.isEmpty else {
          throw StorageError.foreign(
            path: location.description, problem: "its events have no hashes yet: 'waymark migrate' gives them some")
        }
        return try EventAudit(connection, location: location, service: service, expecting: pins)
      }
    } catch {
      throw StorageError.opening(path: location.description, error)
    }
  }

  init(
    _ connection: any EngineConnection, location: StoreLocation, service: String, expecting pins: [Int64: [UInt8]] = [:]
  ) throws {
    let properties = try StoreProperties(connection, location: location, service: service)
    store = properties.id
    do {
      try readTrail(connection, expecting: pins)
      let end = try connection.rows("SELECT hash FROM event_head WHERE id = 1", [], atMost: 1).first?.blob("hash")
      if events != properties.lastEvent { throw Problem.end(sequence: events, head: properties.lastEvent) }
      if head != end { throw Problem.head(sequence: events) }
      if let missing = pins.keys.filter({ $0 > events }).min() {
        throw Problem.pinMissing(sequence: missing, last: events)
      }
    } catch let problem as Problem {
      self.problem = problem
    }
  }

  private mutating func readTrail(_ connection: any EngineConnection, expecting pins: [Int64: [UInt8]]) throws {
    if let pin = pins[0], pin != head { throw Problem.pin(sequence: 0) }
    let sql = "SELECT \(StoredEvent.columns.text) FROM events ORDER BY sequence, organisation_id"
    try connection.forEachRow(sql, []) { row in
      let event = try StoredEvent(row)
      guard event.sequence == events + 1 else { throw Problem.gap(expected: events + 1, found: event.sequence) }
      guard EventChain.hash(of: event, after: head) == event.hash else { throw Problem.hash(sequence: event.sequence) }
      if let pin = pins[event.sequence], pin != event.hash { throw Problem.pin(sequence: event.sequence) }
      events = event.sequence
      head = event.hash
    }
  }
}

extension StoredEvent {
  /// - Parameter row: of ``columns``.
  fileprivate init(_ row: PassingRow) throws(StorageError) {
    func optional(_ column: Int) throws(StorageError) -> String? {
      if case .text(let text) = try row.value(column) { text } else { nil }
    }
    guard case .blob(let hash) = try row.value(9) else {
      throw .unexpectedValue(column: "hash", problem: "is not a sequence of bytes")
    }
    self.init(
      sequence: try row.integer(1), time: try row.integer(8), organisation: try row.text(0), kind: try row.text(2),
      object: try row.text(3), actor: try row.text(4), before: try optional(5), after: try optional(6),
      reason: try row.text(7), hash: hash)
  }
}
