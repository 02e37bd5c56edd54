// SPDX-License-Identifier: Apache-2.0

/// MR chart: moving ranges about their mean R̄, upper limit 3.267·R̄, lower limit 0.
///
/// The range of a point is its distance to the point before it in the phase; the first has none. Excluded points still
/// take part in their neighbours' ranges, only their own is left out of the mean. Ranges are never screened here.
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 6.4.
enum MRChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }
  static var isBoundNatural: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    lines.centre = phase.knownCentre ?? phase.mean
    // 3.267 is three sigma above the middle only if the middle is taken as 0; below it everything is cut to 0.
    lines.middle = 0
    lines.sigma = MovingRange.d4 * lines.centre / 3
  }

  /// The moving ranges of values; NaN for the first row of every phase, and next to a missing value.
  static func ranges(of values: [Double], phases: [Range<Int>]) -> [Double] {
    var ranges = [Double](repeating: .nan, count: values.count)
    for rows in phases {
      for row in rows.dropFirst() { ranges[row] = abs(values[row] - values[row - 1]) }
    }
    return ranges
  }
}
