// SPDX-License-Identifier: Apache-2.0

/// Which events somebody wants to see.
public struct EventFilter: Sendable, Hashable {
  /// Only those of this organisation; nil for all.
  public var organisation: String?
  /// Only those of this object; nil for all.
  public var object: String?
  /// Only those of these kinds; empty for all.
  public var kinds: Set<String>

  public init(organisation: String? = nil, object: String? = nil, kinds: Set<String> = []) {
    self.organisation = organisation
    self.object = object
    self.kinds = kinds
  }

  /// Whether an event passes.
  public func matches(_ event: StoredEvent) -> Bool {
    (organisation == nil || organisation == event.organisation) && (object == nil || object == event.object)
      && (kinds.isEmpty || kinds.contains(event.kind))
  }
}

/// A piece of the trail, as somebody wanted to see it.
public struct EventPage: Sendable, Hashable {
  /// The events that passed, in order.
  public let events: [StoredEvent]
  /// Number of the last event that was looked at, whether it passed or not: what comes next is behind it.
  public let position: Int64
  /// Hash of that event; nil when nothing was looked at, as there is nothing behind the last event.
  public let hash: [UInt8]?
  /// Number of the last event of the store.
  public let last: Int64
}

/// Gathers a page up to its limits.
struct EventGathering {
  private let limit: Int
  private let bytes: Int
  private var size = 0
  private(set) var events: [StoredEvent] = []

  /// - Parameters:
  ///   - limit: how many events it has at most.
  ///   - bytes: how large they may be together; one event is taken however large it is.
  init(limit: Int, bytes: Int) {
    self.limit = limit
    self.bytes = bytes
  }

  /// Takes the next event; false when there is no room for it.
  mutating func take(_ event: StoredEvent) -> Bool {
    guard events.count < limit, events.isEmpty || size + event.size <= bytes else { return false }
    events.append(event)
    size += event.size
    return true
  }
}

extension StoredEvent {
  /// Roughly what the event takes in memory and on the wire, in bytes.
  package var size: Int { 400 + (before?.utf8.count ?? 0) + (after?.utf8.count ?? 0) + reason.utf8.count }
}
