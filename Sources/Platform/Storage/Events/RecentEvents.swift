// SPDX-License-Identifier: Apache-2.0

/// The newest events of a store, kept in memory without gaps.
struct RecentEvents {
  /// So many events are kept at most, of at most so many bytes.
  private static let mostKept = 2048
  private static let mostBytes = 8 << 20

  private var events: [StoredEvent] = []
  private var bytes = 0
  /// Number of the event that is kept last, or behind which keeping begins.
  private var end: Int64 = 0
  /// Number of the last event that is known of; beyond `end` when another process wrote it.
  private(set) var last: Int64 = 0

  /// Where somebody finds what comes next.
  enum Place {
    /// Here.
    case memory(EventPage)
    /// Behind what is kept: once read, it serves all who wait for it.
    case tail(after: Int64)
    /// Before what is kept.
    case past
  }

  /// Begins with nothing, behind the event `last`.
  mutating func begin(after last: Int64) {
    end = last
    self.last = last
  }

  /// Where the events after the one numbered `sequence` are.
  func place(after sequence: Int64, matching filter: EventFilter, limit: Int, bytes: Int) -> Place {
    guard sequence < last else { return .memory(EventPage(events: [], position: sequence, hash: nil, last: last)) }
    if sequence >= end { return .tail(after: end) }
    guard let first = events.first?.sequence, sequence + 1 >= first else { return .past }
    var gathering = EventGathering(limit: limit, bytes: bytes)
    var (position, hash) = (sequence, [UInt8]?.none)
    for event in events.dropFirst(Int(sequence + 1 - first)) {
      guard !filter.matches(event) || gathering.take(event) else { break }
      (position, hash) = (event.sequence, event.hash)
    }
    return .memory(EventPage(events: gathering.events, position: position, hash: hash, last: last))
  }

  /// The hash of an event; nil when it is not here.
  func hash(of sequence: Int64) -> [UInt8]? {
    guard let first = events.first?.sequence, (first...end).contains(sequence) else { return nil }
    return events[Int(sequence - first)].hash
  }

  /// Takes in events that this process has written.
  mutating func append(_ new: [StoredEvent]) {
    guard let first = new.first?.sequence, let newest = new.last?.sequence else { return }
    if first > end + 1 {
      // Another process has written in between: what is kept would have a gap.
      events = []
      bytes = 0
      end = first - 1
    }
    extend(with: new)
    last = max(last, newest)
  }

  /// Takes in events that were read, unless they are not the next ones any more.
  mutating func extend(with new: [StoredEvent]) {
    guard let first = new.first?.sequence, first <= end + 1 else { return }
    for event in new where event.sequence > end {
      events.append(event)
      bytes += event.size
      end = event.sequence
    }
    last = max(last, end)
    trim()
  }

  /// Takes note that there are events up to `last`.
  mutating func advance(to last: Int64) { self.last = max(self.last, last) }

  /// Lets go of the oldest when there are too many.
  private mutating func trim() {
    guard events.count > Self.mostKept || bytes > Self.mostBytes else { return }
    var surplus = 0
    // A quarter more than must go, so that not every event moves the others.
    while surplus < events.count, events.count - surplus > Self.mostKept * 3 / 4 || bytes > Self.mostBytes * 3 / 4 {
      bytes -= events[surplus].size
      surplus += 1
    }
    events.removeFirst(surplus)
  }
}
