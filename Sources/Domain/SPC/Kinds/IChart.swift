// SPDX-License-Identifier: Apache-2.0

/// Individuals (XmR) chart: the values about their mean, limits mean ± 3·R̄/1.128, where R̄ is the mean moving range.
///
/// W. A. Shewhart 1931; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 6.4; D. J. Wheeler, *Understanding
/// Variation*. Making Data Count rounds the width to 2.66·R̄, Anhøj keeps 3/1.128: the rule set says which.
///
/// By choice the line is the median of the values, with limits at 3.145·R̃ from the median moving range R̃, or at 2.66·R̄ from
/// the mean one: where a few wild values have moved the mean and stretched R̄, medians tell better what is usual (D. J.
/// Wheeler, *Advanced Topics in Statistical Process Control*, 2nd ed. 2004; D. J. Wheeler, D. S. Chambers, *Understanding
/// Statistical Process Control*, 3rd ed. 2010, whose tables have 2.660, 3.145, 3.268 and 3.865).
enum IChart: ChartFormula {
  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    setSpread(of: phase, &lines, usesMedian: phase.method.usesMedianRange)
    if let known = phase.knownCentre {
      lines.centre = known
    } else if phase.method.individualsCentre == .median {
      var values = phase.baselineValues
      lines.centre = RunChart.median(&values)
    } else {
      lines.centre = phase.mean
    }
    lines.middle = lines.centre
  }

  /// One sigma, from the moving ranges.
  static func setSpread(of phase: PhaseSample, _ lines: inout Lines.Phase, usesMedian: Bool) {
    let values = phase.subgroups.values
    lines.sigma =
      usesMedian
      ? MovingRange.widthInMedians / 3 * MovingRange.median(of: phase) { values[$0] }
      : phase.individualsWidth / 3 * MovingRange.mean(of: phase) { values[$0] }
  }
}
