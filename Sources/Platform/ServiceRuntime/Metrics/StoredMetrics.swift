// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Synchronization

/// A metric that can be read.
protocol StoredMetric: AnyObject, Sendable {
  var value: MetricFamily.Value { get }
}

/// A whole number that only grows.
final class StoredCounter: StoredMetric, CounterHandler {
  private let count = Atomic<Int64>(0)

  var value: MetricFamily.Value { .number(Double(count.load(ordering: .relaxed))) }

  func increment(by amount: Int64) {
    guard amount > 0 else { return }
    count.wrappingAdd(amount, ordering: .relaxed)
  }

  func reset() { count.store(0, ordering: .relaxed) }
}

/// A number that comes and goes, or that grows by fractions.
final class StoredNumber: StoredMetric, MeterHandler, RecorderHandler, FloatingPointCounterHandler {
  private let number = Mutex(0.0)

  var value: MetricFamily.Value { .number(number.withLock { $0 }) }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { number.withLock { $0 = value } }
  func increment(by amount: Double) { number.withLock { $0 += amount } }
  func decrement(by amount: Double) { number.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
  func reset() { set(0.0) }
}

/// Counts values by size.
final class StoredHistogram: StoredMetric, RecorderHandler, TimerHandler {
  private struct State {
    var counts: [UInt64]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  /// - Parameter bounds: upper bounds of the buckets, ascending.
  init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  var value: MetricFamily.Value {
    state.withLock { .histogram(HistogramValue(bounds: bounds, counts: $0.counts, sum: $0.sum)) }
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    guard !value.isNaN else { return }
    let bucket = bucket(of: value)
    state.withLock { state in
      state.counts[bucket] &+= 1
      state.sum += value
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  /// The first whose bound is not below the value.
  private func bucket(of value: Double) -> Int {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
