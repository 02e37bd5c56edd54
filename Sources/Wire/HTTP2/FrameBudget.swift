// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Counts what a client does on one connection against ``HTTP2FloodLimits``.
///
/// Costs a subtraction per counted event; the clock is read only when a bucket is empty.
struct FrameBudget {
  /// What is counted.
  enum Event: Int, CaseIterable {
    case reset, provokedReset, settings, ping, priority, emptyData, windowUpdate
  }

  /// A bucket: lent out at once, given back by the time that has passed when it is found empty.
  private struct Bucket {
    let rate: HTTP2FloodLimits.Rate
    var tokens: Int
    var filled: NIODeadline

    mutating func take(now: () -> NIODeadline) -> Bool {
      if tokens == 0 {
        let now = now()
        let passed = max(0, (now - filled).nanoseconds)
        // Whole tokens only; what is left of the time counts for the next.
        let gained = min(Double(rate.burst), Double(passed) * Double(rate.perSecond) / 1e9)
        guard gained >= 1 else { return false }
        tokens = Int(gained)
        filled = now
      }
      tokens -= 1
      return true
    }
  }

  private var buckets: [Bucket]
  private let now: () -> NIODeadline
  /// What the client did too often.
  private(set) var excess: Event?

  /// - Parameter now: the clock.
  init(_ limits: HTTP2FloodLimits, now: @escaping () -> NIODeadline) {
    self.now = now
    let start = now()
    buckets = Event.allCases.map { event in
      let rate = event.rate(limits)
      return Bucket(rate: rate, tokens: max(1, rate.burst), filled: start)
    }
  }

  /// Notes an event.
  /// - Returns: whether it was one too many.
  mutating func spend(_ event: Event) -> Bool {
    guard excess == nil else { return true }
    if buckets[event.rawValue].take(now: now) { return false }
    excess = event
    return true
  }

  /// Allows more events, because the server sent something that they may be the answer to.
  @inline(__always)
  mutating func grant(_ event: Event, _ count: Int) {
    let tokens = buckets[event.rawValue].tokens
    buckets[event.rawValue].tokens = min(tokens + count, max(tokens, 1 << 20))
  }

  /// Fills the bucket again.
  mutating func forgive(_ event: Event) {
    buckets[event.rawValue].tokens = max(1, buckets[event.rawValue].rate.burst)
  }
}

extension FrameBudget.Event {
  fileprivate func rate(_ limits: HTTP2FloodLimits) -> HTTP2FloodLimits.Rate {
    switch self {
    case .reset: limits.resets
    case .provokedReset: limits.provokedResets
    case .settings: limits.settings
    case .ping: limits.pings
    case .priority: limits.priorities
    case .emptyData: limits.emptyData
    case .windowUpdate: limits.windowUpdates
    }
  }

  /// The debug data of the GOAWAY.
  var reason: StaticString {
    switch self {
    case .reset: "too_many_resets"
    case .provokedReset: "too_many_stream_errors"
    case .settings: "too_many_settings"
    case .ping: "too_many_pings"
    case .priority: "too_many_priorities"
    case .emptyData: "too_much_empty_data"
    case .windowUpdate: "too_many_window_updates"
    }
  }
}
