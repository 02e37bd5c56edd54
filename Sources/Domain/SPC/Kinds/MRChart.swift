// SPDX-License-Identifier: Apache-2.0

/// MR chart: moving ranges about their mean R̄, upper limit 3.267·R̄, lower limit 0.
///
/// The range of a point is its distance to the point before it in the phase; the first has none. Excluded points still
/// take part in their neighbours' ranges, only their own is left out of the mean. Ranges are never screened here. Where the
/// I chart above takes the median moving range R̃, so does this one, with an upper limit of 3.865·R̃ (D. J. Wheeler).
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 6.4.
enum MRChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }
  static var isBoundNatural: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    var width = MovingRange.d4
    if let known = phase.knownCentre {
      lines.centre = known
    } else if phase.method.usesMedianRange {
      var ranges = phase.baselineValues
      lines.centre = RunChart.median(&ranges)
      width = MovingRange.d4OfMedian
    } else {
      lines.centre = phase.mean
    }
    // 3.267 is three sigma above the middle only if the middle is taken as 0; below it everything is cut to 0.
    lines.middle = 0
    lines.sigma = width * lines.centre / 3
  }

  /// The moving ranges of values; NaN for the first value of every phase, and of every segment.
  ///
  /// - Parameter segments: a number for every row, another one after each gap; nil without gaps.
  static func ranges(of values: [Double], phases: [Range<Int>], segments: [Int32]?) -> [Double] {
    var ranges = [Double](repeating: .nan, count: values.count)
    for rows in phases {
      var previous: Int?
      for row in rows where !values[row].isNaN {
        if let previous, segments.map({ $0[row] == $0[previous] }) ?? true {
          ranges[row] = abs(values[row] - values[previous])
        }
        previous = row
      }
    }
    return ranges
  }
}
