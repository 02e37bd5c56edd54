// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Keeps callers from asking a server over and over that cannot be reached.
///
/// After an attempt that failed, the next ones fail at once with the same error, until a pause is over; then one is let
/// through. Pauses double from 0.1 s up to 5 s, each shortened by chance by up to a half, so that services that lost their
/// server together do not come back together. A success ends all that.
final class PostgresGate: Sendable {
  private struct State {
    var failure: StorageError?
    var pause = PostgresGate.shortest
    var opens = ContinuousClock.now
    /// Whether an attempt after a failure is under way.
    var isTrying = false
    /// Counts the failures, so that attempts that began together count as one.
    var failures = 0
  }

  private static let shortest = Duration.milliseconds(100)
  private static let longest = Duration.seconds(5)

  private let state = Mutex(State())
  private let now: @Sendable () -> ContinuousClock.Instant

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) { self.now = now }

  /// Makes an attempt, or fails as the last one did.
  func attempt<Value>(_ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
    let failures = try enter()
    do {
      let value = try body()
      state.withLock { $0 = State() }
      return value
    } catch {
      close(error, after: failures)
      throw error
    }
  }

  private func enter() throws(StorageError) -> Int {
    let now = now()
    let (failure, failures) = state.withLock { state -> (StorageError?, Int) in
      guard let failure = state.failure else { return (nil, state.failures) }
      guard !state.isTrying, now >= state.opens else { return (failure, 0) }
      state.isTrying = true
      return (nil, state.failures)
    }
    if let failure { throw failure }
    return failures
  }

  private func close(_ failure: StorageError, after failures: Int) {
    let now = now()
    state.withLock { state in
      guard failures == state.failures else { return }
      state.failure = failure
      state.failures += 1
      state.isTrying = false
      state.opens = now + state.pause * Double.random(in: 0.5...1)
      state.pause = min(state.pause * 2, Self.longest)
    }
  }
}
