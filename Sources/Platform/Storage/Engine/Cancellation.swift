// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Whether a task that waits for the store has given up.
final class Cancellation: Sendable {
  private let flag = Atomic(false)

  func cancel() { flag.store(true, ordering: .relaxed) }

  var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// - Throws: `CancellationError` when it has.
  func check() throws(CancellationError) {
    if isCancelled { throw CancellationError() }
  }
}
