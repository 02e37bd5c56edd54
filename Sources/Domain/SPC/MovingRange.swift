// SPDX-License-Identifier: Apache-2.0

/// The average distance between neighbouring values, from which limits learn how much is common cause.
enum MovingRange {
  /// d₂ of two values, rounded as in the textbooks (exact: 2/√π = 1.128379…).
  static let d2 = 1.128
  /// D₄ of two values, rounded as in the textbooks: moving ranges this many times their mean are too large for chance.
  static let d4 = 3.267

  /// D₄ of the median, after Wheeler: ranges this many times their median are too large for chance.
  static let d4OfMedian = 3.865
  /// Three sigma in median moving ranges: 3/0.954, rounded as in Wheeler's tables.
  static let widthInMedians = 3.145

  /// Mean moving range of the baseline; NaN without any moving range.
  ///
  /// Excluded rows are removed first, so that their neighbours become neighbours. Across a period without a value there is
  /// no range, unless the method bridges gaps. With screening, ranges that are not below 3.267 times the mean are left out, once, and the mean
  /// taken again (L. S. Nelson, J Qual Technol 1982;14:172–173). The comparison is strict: when all ranges are 0, all
  /// are left out.
  /// - Parameter value: the value at a row; NaN when missing.
  @inline(__always)
  static func mean(of phase: PhaseSample, value: (Int) -> Double) -> Double {
    let all = average(of: phase, below: .infinity, value: value)
    return phase.screensMovingRanges ? average(of: phase, below: d4 * all, value: value) : all
  }

  @inline(__always)
  private static func average(of phase: PhaseSample, below limit: Double, value: (Int) -> Double) -> Double {
    var sum = CompensatedSum()
    var count = 0
    guard let segments = phase.subgroups.segments else {
      var previous = Double.nan
      phase.baseline.forEach { row in
        let current = value(row)
        if current.isNaN { return }
        let range = abs(current - previous)
        // False for NaN.
        if range < limit {
          sum.add(range)
          count += 1
        }
        previous = current
      }
      return sum.value / Double(count)
    }
    forEachRange(of: phase, segments: segments, value: value) { range in
      if range < limit {
        sum.add(range)
        count += 1
      }
    }
    return sum.value / Double(count)
  }

  /// Median moving range of the baseline; NaN without any moving range.
  static func median(of phase: PhaseSample, value: (Int) -> Double) -> Double {
    var ranges: [Double] = []
    let segments = phase.subgroups.segments ?? [Int32](repeating: 0, count: phase.subgroups.count)
    forEachRange(of: phase, segments: segments, value: value) { ranges.append($0) }
    return RunChart.median(&ranges)
  }

  private static func forEachRange(
    of phase: PhaseSample, segments: [Int32], value: (Int) -> Double, _ body: (Double) -> Void
  ) {
    var previous = Double.nan
    var segment: Int32 = 0
    phase.baseline.forEach { row in
      let current = value(row)
      if current.isNaN { return }
      let range = abs(current - previous)
      if !range.isNaN, segments[row] == segment { body(range) }
      previous = current
      segment = segments[row]
    }
  }
}
