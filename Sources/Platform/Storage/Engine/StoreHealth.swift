// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whether the store can be used at present, as its last uses say.
public final class StoreHealth: Sendable {
  private struct State {
    var problem: StorageError?
    var watchers: [AsyncStream<Void>.Continuation] = []
  }

  private let state = Mutex(State())

  /// Why the store cannot be used at present; nil when it can.
  public var problem: StorageError? { state.withLock { $0.problem } }

  /// One element now, and one after each change; several changes between two looks are one.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    state.withLock { $0.watchers.append(continuation) }
    continuation.yield()
    return stream
  }

  /// Takes note of a use that went well.
  func succeeded() {
    let watchers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
      guard state.problem != nil else { return [] }
      state.problem = nil
      return state.watchers
    }
    for watcher in watchers { watcher.yield() }
  }

  /// Takes note of a use that failed; what does not speak of the store as a whole is let pass.
  func failed(_ error: any Error) {
    guard let error = error as? StorageError, error.isOfStore else { return }
    let watchers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
      defer { state.problem = error }
      return state.problem == nil ? state.watchers : []
    }
    for watcher in watchers { watcher.yield() }
  }
}
