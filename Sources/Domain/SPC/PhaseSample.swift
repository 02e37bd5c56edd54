// SPDX-License-Identifier: Apache-2.0

/// One phase as a chart kind sees it.
struct PhaseSample {
  let subgroups: Subgroups
  /// All rows of the phase.
  let rows: Range<Int>
  /// The rows that set the lines, in order: those of the baseline that are not excluded, with or without a value.
  let baseline: Rows
  /// The centre line known in advance, before multiplication, on the scale of the lines.
  let knownCentre: Double?
  let screensMovingRanges: Bool
  /// Three sigma of an I chart in mean moving ranges.
  let individualsWidth: Double
  let method: ChartMethod

  /// Rows in ascending order.
  enum Rows {
    case range(Range<Int>)
    case list([Int])

    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
      switch self {
      case .range(let range): for row in range { body(row) }
      case .list(let list): for row in list { body(row) }
      }
    }

    func contains(_ row: Int) -> Bool {
      switch self {
      case .range(let range): range.contains(row)
      case .list(let list): list.contains(row)
      }
    }
  }

  /// Mean of the baseline's values; NaN without any.
  var mean: Double {
    let values = subgroups.values
    var sum = CompensatedSum()
    var count = 0
    baseline.forEach { row in
      let value = values[row]
      if value.isNaN { return }
      sum.add(value)
      count += 1
    }
    return sum.value / Double(count)
  }

  /// Mean of the baseline's values, each with that weight; NaN without any.
  func mean(weight: [Double]) -> Double {
    let values = subgroups.values
    var sum = CompensatedSum()
    var weights = CompensatedSum()
    baseline.forEach { row in
      let value = values[row]
      if value.isNaN { return }
      sum.add(value * weight[row])
      weights.add(weight[row])
    }
    return sum.value / weights.value
  }

  /// Sum of the baseline's numerators over the sum of its denominators; NaN without any.
  var pooledRate: Double { subgroups.denominators.map { mean(weight: $0) } ?? .nan }

  /// The baseline's values, without the missing ones.
  var baselineValues: [Double] {
    var result: [Double] = []
    result.reserveCapacity(rows.count)
    baseline.forEach { row in
      if !subgroups.values[row].isNaN { result.append(subgroups.values[row]) }
    }
    return result
  }
}
