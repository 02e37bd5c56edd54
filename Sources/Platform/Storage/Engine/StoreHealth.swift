// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whether the store can be used at present, as its last uses say.
public final class StoreHealth: Sendable {
  private struct State {
    var problem: StorageError?
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextWatcher = 0
  }

  private let state = Mutex(State())

  /// Why the store cannot be used at present; nil when it can.
  public var problem: StorageError? { state.withLock { $0.problem } }

  /// One element now, and one each time that ``problem`` comes or goes; several changes between two looks are one.
  ///
  /// Ends with the task that waits.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = continuation
      return state.nextWatcher
    }
    continuation.onTermination = { [weak self] _ in _ = self?.state.withLock { $0.watchers.removeValue(forKey: number) }
    }
    continuation.yield()
    return stream
  }

  /// Takes note of a use that went well.
  func succeeded() {
    let watchers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
      guard state.problem != nil else { return [] }
      state.problem = nil
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.yield() }
  }

  /// Takes note of a use that failed; what does not speak of the store as a whole is let pass.
  func failed(_ error: any Error) {
    guard let error = error as? StorageError, error.isOfStore else { return }
    let watchers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
      defer { state.problem = error }
      return state.problem == nil ? Array(state.watchers.values) : []
    }
    for watcher in watchers { watcher.yield() }
  }
}
