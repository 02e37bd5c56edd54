// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands on the events of a store as they happen, and from any point of its past.
///
/// The newest events are kept in memory, so that any number of watchers who keep up cost no read, and those of another
/// process one read for all. Whoever is further back reads pages from the store until it has caught up. Nothing is held
/// for a watcher: it asks for what comes after a sequence number, at its own pace.
public final class EventFeed: Sendable {
  private struct Watchers {
    var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
    var next = 0
    var isClosed = false
  }

  private let recent = Mutex(RecentEvents())
  private let watchers = Mutex(Watchers())
  private let pages = Mutex<EventPages?>(nil)
  /// The read of what another process wrote last, while it is under way.
  private let tail = Mutex<Task<Void, any Error>?>(nil)
  private let readCount = Atomic<Int>(0)

  /// Sets where older events are read, and which is the last.
  func begin(with pages: EventPages, last: Int64) {
    self.pages.withLock { $0 = pages }
    recent.withLock { $0.begin(after: last) }
  }

  /// Number of the last event that this process knows of.
  public var last: Int64 { recent.withLock { $0.last } }

  /// How often events were read from the store, rather than found in memory.
  public var reads: Int { readCount.load(ordering: .relaxed) }

  // MARK: What happens

  /// Takes in events that this process has written.
  func append(_ events: [StoredEvent]) {
    guard !events.isEmpty else { return }
    recent.withLock { $0.append(events) }
    tell()
  }

  /// Takes note that another process has written up to the event `last`.
  func advance(to last: Int64) {
    let isNews = recent.withLock { recent in
      defer { recent.advance(to: last) }
      return last > recent.last
    }
    if isNews { tell() }
  }

  /// Ends all waiting.
  func close() {
    let waiting = watchers.withLock { watchers in
      watchers.isClosed = true
      return Array(watchers.waiting.values)
    }
    for watcher in waiting { watcher.finish() }
  }

  private func tell() {
    for watcher in watchers.withLock({ Array($0.waiting.values) }) { watcher.yield() }
  }

  // MARK: Watching

  /// The events after the one numbered `sequence`, at most `limit`, in order; none when there are none yet.
  public func events(after sequence: Int64, limit: Int) async throws -> [StoredEvent] {
    try await page(after: sequence, limit: limit).events
  }

  /// The next piece of the trail after the event numbered `sequence`.
  ///
  /// It need not reach its limits: more follows as long as its position is before its last event.
  ///
  /// - Parameters:
  ///   - filter: which events are wanted.
  ///   - limit: how many events the piece has at most.
  ///   - bytes: how large they may be together; one event is given however large it is.
  public func page(
    after sequence: Int64, matching filter: EventFilter = EventFilter(), limit: Int, bytes: Int = .max
  ) async throws -> EventPage {
    // Nothing is before the first event.
    let (sequence, limit) = (max(0, sequence), max(0, limit))
    var tries = 0
    while true {
      switch recent.withLock({ $0.place(after: sequence, matching: filter, limit: limit, bytes: bytes) }) {
      case .memory(let page): return page
      case .tail where tries < Self.mostTries:
        tries += 1
        try await readTail(beyond: sequence)
      case .tail, .past:
        let last = last
        guard let pages = pages.withLock({ $0 }) else {
          return EventPage(events: [], position: sequence, hash: nil, last: last)
        }
        readCount.add(1, ordering: .relaxed)
        return try await pages.page(after: sequence, upTo: last, matching: filter, limit: limit, bytes: bytes)
      }
    }
  }

  /// The hash of an event, ``EventChain/beginning`` for 0; nil when there is no such event.
  public func hash(of sequence: Int64) async throws -> [UInt8]? {
    if sequence == 0 { return EventChain.beginning }
    if let hash = recent.withLock({ $0.hash(of: sequence) }) { return hash }
    return try await pages.withLock { $0 }?.hash(of: sequence)
  }

  /// After so many reads of the tail that did not reach it, somebody reads for itself.
  private static let mostTries = 4
  /// What is read of the tail at once.
  private static let tailLimit = 512
  private static let tailBytes = 1 << 20

  /// Reads what comes behind the events in memory, once for all who wait for it.
  private func readTail(beyond sequence: Int64) async throws {
    let reading = tail.withLock { tail -> Task<Void, any Error>? in
      if let tail { return tail }
      // Looked at again: it may have been read since.
      let place = recent.withLock { $0.place(after: sequence, matching: EventFilter(), limit: 1, bytes: 0) }
      guard case .tail(let end) = place, let pages = pages.withLock({ $0 }) else { return nil }
      let last = last
      let task = Task {
        defer { self.tail.withLock { $0 = nil } }
        readCount.add(1, ordering: .relaxed)
        let page = try await pages.page(
          after: end, upTo: last, matching: EventFilter(), limit: Self.tailLimit, bytes: Self.tailBytes)
        recent.withLock { $0.extend(with: page.events) }
      }
      tail = task
      return task
    }
    try await reading?.value
  }

  /// Has everybody who watches look, though nothing has happened.
  public func nudge() {
    for continuation in watchers.withLock({ Array($0.waiting.values) }) { continuation.yield() }
  }

  /// One element now, and one after each change; several changes between two looks are one.
  ///
  /// Ends with the task that waits, and when the store is closed.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = watchers.withLock { watchers -> Int? in
      guard !watchers.isClosed else { return nil }
      watchers.next += 1
      watchers.waiting[watchers.next] = continuation
      return watchers.next
    }
    continuation.yield()
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.watchers.withLock { $0.waiting.removeValue(forKey: number) }
    }
    return stream
  }
}
