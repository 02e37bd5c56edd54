// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers

/// What was done, how it went, and what should not have happened.
final class Tally: Sendable {
  private struct State {
    var counts: [String: Int] = [:]
    var failures: [String] = []
  }

  // A lock that ThreadSanitizer sees, unlike Mutex.
  private let state = NIOLockedValueBox(State())

  /// Counts something that went as it should.
  func note(_ what: String, times: Int = 1) { state.withLockedValue { $0.counts[what, default: 0] += times } }

  /// Keeps something that should not have happened.
  func fail(_ what: String) { state.withLockedValue { $0.failures.append(what) } }

  var hasFailures: Bool { state.withLockedValue { !$0.failures.isEmpty } }

  /// A line for each kind, then the failures, at most twenty of them.
  var report: String {
    state.withLockedValue { state in
      let counts = state.counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      let failures = state.failures.prefix(20).map { "FAILED: \($0)" }
      let more = state.failures.count > 20 ? ["and \(state.failures.count - 20) more failures"] : []
      return (counts + failures + more).joined(separator: "\n")
    }
  }
}
