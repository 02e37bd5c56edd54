// SPDX-License-Identifier: Apache-2.0

/// A sum that keeps what rounding would lose (Neumaier 1974), so that the mean of equal values is that value.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  @inline(__always)
  mutating func add(_ term: Double) {
    let next = sum + term
    lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
  }

  /// Infinite when the terms are too large to be added up.
  var value: Double { sum.isFinite ? sum + lost : sum }
}
