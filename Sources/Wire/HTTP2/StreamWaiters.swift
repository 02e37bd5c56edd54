// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Lets tasks wait until something is the case on a stream: data to read, or room to write.
package final class StreamWaiters: @unchecked Sendable {
  // Only the event loop uses the waiters; `wait` goes there first.

  /// What a task waits for.
  ///
  /// At most one task waits for each.
  package enum Slot: Int, Sendable { case reader, writer }

  private let eventLoop: any EventLoop
  private var waiters: [Waiter?] = [nil, nil]

  package init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Whether a task waits.
  ///
  /// On the loop only.
  package func isWaiting(_ slot: Slot) -> Bool { waiters[slot.rawValue] != nil }

  /// Returns once the condition gives a result, or throws what it throws.
  /// - Parameter condition: is asked on the event loop, now and after each change; `nil` means not yet.
  /// - Throws: also `CancellationError` when the waiting task is cancelled.
  package func wait<R: Sendable>(_ slot: Slot, until condition: @escaping @Sendable () throws -> R?) async throws -> R {
    if eventLoop.inEventLoop, let result = try condition() { return result }
    let waiter = Waiter()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<R, any Error>) in
        onLoop {
          waiter.attempt = { isCancelled in
            do {
              if let result = try condition() {
                continuation.resume(returning: result)
              } else if isCancelled {
                continuation.resume(throwing: CancellationError())
              } else {
                return false
              }
            } catch {
              continuation.resume(throwing: error)
            }
            return true
          }
          self.park(waiter, slot)
        }
      }
    } onCancel: {
      eventLoop.execute {
        waiter.isCancelled = true
        self.check(slot)
      }
    }
  }

  /// Asks each condition that somebody waits for again.
  ///
  /// On the loop only.
  package func check() {
    check(.reader)
    check(.writer)
  }

  private func check(_ slot: Slot) {
    guard let waiter = waiters[slot.rawValue], waiter.isDone() else { return }
    if waiters[slot.rawValue] === waiter { waiters[slot.rawValue] = nil }
  }

  private func park(_ waiter: Waiter, _ slot: Slot) {
    if waiter.isDone() { return }
    precondition(waiters[slot.rawValue] == nil, "a stream has one \(slot) at a time")
    waiters[slot.rawValue] = waiter
  }

  private func onLoop(_ work: @escaping @Sendable () -> Void) {
    if eventLoop.inEventLoop { work() } else { eventLoop.execute(work) }
  }

  /// One waiting task.
  private final class Waiter: @unchecked Sendable {  // Used on the event loop only.
    var isCancelled = false
    /// Asks the condition; true once the task was told.
    var attempt: ((_ isCancelled: Bool) -> Bool)?

    func isDone() -> Bool {
      guard let attempt, attempt(isCancelled) else { return false }
      self.attempt = nil
      return true
    }
  }
}
