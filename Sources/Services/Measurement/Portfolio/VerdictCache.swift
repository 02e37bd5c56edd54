// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Remembers the verdicts on measures for as long as their charts stay as they are.
///
/// A verdict goes with the version of the chart it was made of (`Measure.chartVersion`), which every transaction raises
/// that touches what a chart is made of: a verdict with the stored version is right, whoever asks.
final class VerdictCache: Sendable {
  struct Entry: Sendable, Hashable {
    var version: Int64
    var verdict: Verdict
  }

  private struct State {
    /// By organisation, then measure.
    var entries: [String: [String: Entry]] = [:]
    var count = 0
    /// Organisations, the one asked for last at the end.
    var order: [String] = []
  }

  /// How many verdicts are kept at most: some 20 MB.
  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int = 100_000) { self.capacity = capacity }

  /// What is remembered of an organisation.
  func entries(of organisation: String) -> [String: Entry] {
    state.withLock { state in
      guard let found = state.entries[organisation] else { return [:] }
      state.order.removeAll { $0 == organisation }
      state.order.append(organisation)
      return found
    }
  }

  /// Remembers verdicts; those of the organisations not asked for the longest go when there are too many.
  func remember(_ new: [String: Entry], of organisation: String) {
    if new.isEmpty { return }
    state.withLock { state in
      var own = state.entries.removeValue(forKey: organisation) ?? [:]
      state.count -= own.count
      // What another request has found out in the meantime may be newer.
      own.merge(new) { $0.version > $1.version ? $0 : $1 }
      if own.count > capacity {
        own = Dictionary(uniqueKeysWithValues: own.prefix(capacity).map { ($0.key, $0.value) })
      }
      state.entries[organisation] = own
      state.count += own.count
      state.order.removeAll { $0 == organisation }
      state.order.append(organisation)
      while state.count > capacity, let oldest = state.order.first, oldest != organisation {
        state.order.removeFirst()
        state.count -= state.entries.removeValue(forKey: oldest)?.count ?? 0
      }
    }
  }

  /// How many verdicts are remembered.
  var count: Int { state.withLock { $0.count } }
}
