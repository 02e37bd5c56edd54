// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands on the events of a store as they happen, and from any point of its past.
///
/// The newest events are kept in memory, so that any number of watchers who keep up cost no read. Whoever is further back
/// reads pages from the store until it has caught up. Nothing is held for a watcher: it asks for what comes after a
/// sequence number, at its own pace.
public final class EventFeed: Sendable {
  /// So many events are kept in memory at most, of at most so many bytes.
  private static let mostKept = 2048
  private static let mostBytes = 8 << 20

  fileprivate struct State {
    /// Newest events, without gaps.
    var newest: [StoredEvent] = []
    var bytes = 0
    /// Number of the last event that is known of.
    var last: Int64 = 0
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextWatcher = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let pages = Mutex<EventPages?>(nil)

  /// Sets where older events are read, and which is the last.
  func begin(with pages: EventPages, last: Int64) {
    self.pages.withLock { $0 = pages }
    state.withLock { $0.last = last }
  }

  /// Number of the last event.
  public var last: Int64 { state.withLock { $0.last } }

  // MARK: What happens

  /// Takes in events that this process has written.
  func append(_ events: [StoredEvent]) {
    guard let last = events.last else { return }
    change { state in
      if events.first?.sequence != (state.newest.last?.sequence ?? state.last) + 1 {
        // Another process has written in between: what is in memory would have a gap.
        state.newest = []
        state.bytes = 0
      }
      state.newest += events
      state.bytes += events.reduce(0) { $0 + $1.size }
      state.last = max(state.last, last.sequence)
      state.trim(mostKept: Self.mostKept, mostBytes: Self.mostBytes)
    }
  }

  /// Takes note that another process has written up to the event `last`.
  func advance(to last: Int64) {
    change { state in
      guard last > state.last else { return }
      state.last = last
    }
  }

  /// Ends all waiting.
  func close() {
    let watchers = state.withLock { state in
      state.isClosed = true
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.finish() }
  }

  private func change(_ body: (inout State) -> Void) {
    let watchers = state.withLock { state in
      body(&state)
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.yield() }
  }

  // MARK: Watching

  /// The events after the one numbered `sequence`, at most `limit`, in order; none when there are none yet.
  public func events(after sequence: Int64, limit: Int) async throws -> [StoredEvent] {
    let (kept, last) = state.withLock { state -> ([StoredEvent]?, Int64) in
      guard sequence < state.last else { return ([], state.last) }
      guard let first = state.newest.first?.sequence, sequence + 1 >= first,
        state.newest.last?.sequence == state.last
      else { return (nil, state.last) }
      return (Array(state.newest.dropFirst(Int(sequence + 1 - first)).prefix(limit)), state.last)
    }
    if let kept { return kept }
    guard let pages = pages.withLock({ $0 }) else { return [] }
    let read = try await pages.events(after: sequence, limit: limit)
    // The newest that another process wrote are the same for all who watch.
    if read.last?.sequence == last { remember(read) }
    return read
  }

  private func remember(_ events: [StoredEvent]) {
    state.withLock { state in
      guard let first = events.first, let last = events.last, last.sequence == state.last,
        state.newest.last?.sequence != last.sequence
      else { return }
      if state.newest.last?.sequence == first.sequence - 1 {
        state.newest += events
      } else {
        state.newest = events
        state.bytes = 0
      }
      state.bytes += events.reduce(0) { $0 + $1.size }
      state.trim(mostKept: Self.mostKept, mostBytes: Self.mostBytes)
    }
  }

  /// One element now, and one after each change; several changes between two looks are one.
  ///
  /// Ends with the task that waits, and when the store is closed.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      guard !state.isClosed else { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = continuation
      return state.nextWatcher
    }
    continuation.yield()
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in _ = self?.state.withLock { $0.watchers.removeValue(forKey: number) }
    }
    return stream
  }
}

extension EventFeed.State {
  /// Lets go of the oldest of the newest events when there are too many.
  fileprivate mutating func trim(mostKept: Int, mostBytes: Int) {
    guard newest.count > mostKept || bytes > mostBytes else { return }
    var surplus = 0
    // A quarter more than must go, so that not every event moves the others.
    while surplus < newest.count, newest.count - surplus > mostKept * 3 / 4 || bytes > mostBytes * 3 / 4 {
      bytes -= newest[surplus].size
      surplus += 1
    }
    newest.removeFirst(surplus)
  }
}

extension StoredEvent {
  /// Roughly what the event takes in memory, in bytes.
  fileprivate var size: Int { 400 + (before?.utf8.count ?? 0) + (after?.utf8.count ?? 0) + reason.utf8.count }
}

/// Reads pages of the past.
struct EventPages: Sendable {
  let readers: SessionPool

  func events(after sequence: Int64, limit: Int) async throws -> [StoredEvent] {
    try await readers.read { transaction in
      try transaction.rows(
        "SELECT \(StoredEvent.columns) FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        [.integer(sequence), .integer(Int64(limit))]
      ).map { row throws(StorageError) in try StoredEvent(row) }
    }
  }
}
