// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A result that arrives once and that any number of tasks may wait for.
final class Once<Value: Sendable>: Sendable {
  private enum State {
    case waiting([Int: CheckedContinuation<Value, any Error>], nextID: Int)
    case arrived(Result<Value, any Error>)
  }

  private let state = Mutex<State>(.waiting([:], nextID: 0))

  /// Gives the result to all who wait and will ask; only the first call counts.
  func arrive(_ result: Result<Value, any Error>) {
    let waiters = state.withLock { state -> [CheckedContinuation<Value, any Error>] in
      guard case .waiting(let waiters, _) = state else { return [] }
      state = .arrived(result)
      return Array(waiters.values)
    }
    for waiter in waiters { waiter.resume(with: result) }
  }

  /// The result, as soon as it is there.
  /// - Throws: the failure that arrived, or `CancellationError` when the waiting task is cancelled first.
  func value() async throws -> Value {
    let id = state.withLock { state -> Int in
      guard case .waiting(let waiters, let id) = state else { return 0 }
      state = .waiting(waiters, nextID: id + 1)
      return id
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let ready = state.withLock { state -> Result<Value, any Error>? in
          switch state {
          case .arrived(let result):
            return result
          case .waiting where Task.isCancelled:
            return .failure(CancellationError())
          case .waiting(var waiters, let nextID):
            waiters[id] = continuation
            state = .waiting(waiters, nextID: nextID)
            return nil
          }
        }
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
        guard case .waiting(var waiters, let nextID) = state else { return nil }
        let waiter = waiters.removeValue(forKey: id)
        state = .waiting(waiters, nextID: nextID)
        return waiter
      }
      waiter?.resume(throwing: CancellationError())
    }
  }
}
