// SPDX-License-Identifier: Apache-2.0

/// What the engine computes on: columns with one element per point, NaN for what is missing or not defined.
///
/// `Chart` fills these from a `Series`. They say nothing of days, so that subgroups which are no days can be charted by
/// the very same code.
struct Subgroups {
  /// What is plotted, before multiplication: plain values, or numerator over denominator.
  var values: [Double]
  /// NaN where the value is missing; nil for plain values.
  var denominators: [Double]?
  /// Whether a point has no part in lines and runs.
  var excluded: [Bool]
  /// False for subgroups that have no order, such as hospitals: Laney's σz is then a standard deviation, and runs mean
  /// nothing.
  var areOrdered: Bool

  init(values: [Double], denominators: [Double]? = nil, excluded: [Bool]? = nil, areOrdered: Bool = true) {
    self.values = values
    self.denominators = denominators
    self.excluded = excluded ?? Array(repeating: false, count: values.count)
    self.areOrdered = areOrdered
  }

  /// Proportions or rates.
  ///
  /// A row that lacks its numerator or denominator lacks both; a denominator of 0 gives none.
  init(
    numerators: [Double], denominators: [Double], excluded: [Bool]? = nil, areOrdered: Bool = true
  ) {
    var values = numerators
    var known = denominators
    for row in values.indices {
      if values[row].isNaN || known[row].isNaN || known[row] == 0 {
        values[row] = .nan
        known[row] = .nan
      } else {
        values[row] /= known[row]
      }
    }
    self.init(values: values, denominators: known, excluded: excluded, areOrdered: areOrdered)
  }

  var count: Int { values.count }
}

/// One phase as a chart kind sees it.
struct PhaseSample {
  let subgroups: Subgroups
  /// All rows of the phase.
  let rows: Range<Int>
  /// The rows up to the freeze; those of them that are not excluded are the baseline.
  let frozen: Range<Int>
  /// The centre line known in advance, before multiplication.
  let knownCentre: Double?
  let screensMovingRanges: Bool
  /// Three sigma of an I chart in mean moving ranges.
  let individualsWidth: Double

  func isBaseline(_ row: Int) -> Bool { frozen.contains(row) && !subgroups.excluded[row] }

  /// Mean of the baseline's values; NaN without any.
  var mean: Double {
    var sum = CompensatedSum()
    var count = 0
    for row in frozen where !subgroups.excluded[row] && !subgroups.values[row].isNaN {
      sum.add(subgroups.values[row])
      count += 1
    }
    return sum.value / Double(count)
  }

  /// Sum of the baseline's numerators over the sum of its denominators; NaN without any.
  var pooledRate: Double {
    guard let denominators = subgroups.denominators else { return .nan }
    var numerator = CompensatedSum()
    var denominator = CompensatedSum()
    for row in frozen where !subgroups.excluded[row] && !subgroups.values[row].isNaN {
      numerator.add(subgroups.values[row] * denominators[row])
      denominator.add(denominators[row])
    }
    return numerator.value / denominator.value
  }
}

/// A sum that keeps what rounding would lose (Neumaier 1974), so that the mean of equal values is that value.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let next = sum + term
    lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
  }

  var value: Double { sum + lost }
}
