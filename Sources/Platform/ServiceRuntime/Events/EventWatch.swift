// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Storage
import Synchronization

/// One caller who follows the events of a store.
///
/// Holds no more than the message that it is about to send: what comes next is looked up when the caller has taken that.
final class EventWatch: Sendable {
  private let feed: EventFeed
  private let filter: EventFilter
  private let sent: Atomic<Int64>
  private let start: [UInt8]
  private let silence: Duration?

  /// So many events a message has at most, of so many bytes.
  private static let largestMessage = (events: 256, bytes: 256 << 10)
  /// So many events may go by that the caller does not want before it is told how far the watch has come.
  private static let mostUntold: Int64 = 1000

  /// - Parameters:
  ///   - sequence: number of the event behind which the watch begins.
  ///   - hash: hash of that event.
  ///   - silence: how long the caller may be told nothing; nil for ever. Kept to when the feed has its watchers look
  ///     three times as often.
  init(_ feed: EventFeed, filter: EventFilter, after sequence: Int64, hash: [UInt8], silence: Duration? = nil) {
    self.silence = silence
    self.feed = feed
    self.filter = filter
    start = hash
    sent = Atomic(sequence)
  }

  /// Number of the last event that the caller was told of, sent or passed over.
  var position: Int64 { sent.load(ordering: .relaxed) }

  /// Sends events until the task is cancelled or the store is closed.
  func run(_ responses: ResponseWriter<EventsV1.WatchEventsResponse>) async throws {
    var (position, hash) = (position, start)
    var hasBegun = false
    var spoke = ContinuousClock.now
    for await _ in feed.changes() {
      var last = Int64.max
      while position < last || !hasBegun {
        try Task.checkCancellation()
        let page = try await feed.page(
          after: position, matching: filter, limit: Self.largestMessage.events, bytes: Self.largestMessage.bytes)
        (position, hash) = (page.position, page.hash ?? hash)
        last = page.last
        let isSilent = silence.map { ContinuousClock.now - spoke >= $0 / 3 * 2 } ?? false
        if !page.events.isEmpty || !hasBegun || isSilent || position - self.position >= Self.mostUntold {
          try await responses.write(
            .init(events: page.events.map { EventsV1.Event($0) }, position: position, positionHash: hash.hexadecimal))
          sent.store(position, ordering: .relaxed)
          hasBegun = true
          spoke = .now
        }
      }
    }
  }
}
