// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import Synchronization

/// Lets work that occupies a thread end early.
final class Interruption: Sendable {
  private struct State {
    var isInterrupted = false
    var statement: DatabaseQueue?
  }

  private let state = Mutex(State())

  init() {}

  /// - Throws: `CancellationError` once interrupted.
  func check() throws(CancellationError) {
    if state.withLock({ $0.isInterrupted }) { throw CancellationError() }
  }

  /// Ends the work at its next ``check()``, and a long statement at once.
  func interrupt() {
    let statement = state.withLock { state in
      state.isInterrupted = true
      return state.statement
    }
    statement?.interrupt()
  }

  /// Runs statements that may take long.
  ///
  /// - Throws: what `body` throws, or `CancellationError` when it was cut short.
  func during<Result>(_ queue: DatabaseQueue, _ body: (GRDB.Database) throws -> Result) throws -> Result {
    try check()
    state.withLock { $0.statement = queue }
    defer { state.withLock { $0.statement = nil } }
    do {
      return try queue.inDatabase(body)
    } catch {
      try check()
      throw error
    }
  }

  /// Runs work that blocks on a thread of its own, interrupted when the task is cancelled.
  static func offload<Result: Sendable>(
    _ body: @escaping @Sendable (Interruption) throws -> Result
  ) async throws -> Result {
    let interruption = Interruption()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: .utility).async {
          continuation.resume(with: Swift.Result { try body(interruption) })
        }
      }
    } onCancel: {
      interruption.interrupt()
    }
  }
}
