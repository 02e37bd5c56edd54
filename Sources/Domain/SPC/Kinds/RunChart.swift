// SPDX-License-Identifier: Apache-2.0

/// Run chart: the values about the **median** of the baseline, without limits.
///
/// R. J. Perla, L. P. Provost, S. K. Murray, BMJ Qual Saf 2011;20:46–51; J. Anhøj, A. V. Olesen, PLoS ONE 2014;9:e113825.
enum RunChart: ChartFormula {
  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    if let known = phase.knownCentre {
      lines.centre = known
      return
    }
    var values = phase.baselineValues
    lines.centre = median(&values)
  }

  /// The middle value, or the mean of the two in the middle; NaN without values.
  ///
  /// Leaves them in another order.
  static func median(_ values: inout [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let middle = values.count / 2
    let upper = select(middle, from: &values)
    guard values.count % 2 == 0, let lower = values[..<middle].max() else { return upper }
    return lower + (upper - lower) / 2
  }

  /// The value that would stand at the index if they were sorted, with none greater before it: Hoare's selection, in
  /// linear time.
  ///
  /// Values on which its splits go badly are sorted instead.
  private static func select(_ index: Int, from values: inout [Double]) -> Double {
    var low = 0
    var high = values.count - 1
    var splits = 4 * (Int.bitWidth - values.count.leadingZeroBitCount)
    while low < high {
      if high - low < 32 || splits == 0 {
        values[low...high].sort()
        break
      }
      splits -= 1
      let middle = low + (high - low) / 2
      let pivot = max(min(values[low], values[middle]), min(max(values[low], values[middle]), values[high]))
      var left = low
      var right = high
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if index <= right {
        high = right
      } else if index >= left {
        low = left
      } else {
        break
      }
    }
    return values[index]
  }
}
