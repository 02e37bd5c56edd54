// SPDX-License-Identifier: Apache-2.0

/// Individuals (XmR) chart: the values about their mean, limits mean ± 3·R̄/1.128, where R̄ is the mean moving range.
///
/// W. A. Shewhart 1931; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 6.4; D. J. Wheeler, *Understanding
/// Variation*. Making Data Count rounds the width to 2.66·R̄, Anhøj keeps 3/1.128: the rule set says which.
enum IChart: ChartFormula {
  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    let values = phase.subgroups.values
    let movingRange = MovingRange.mean(of: phase) { values[$0] }
    lines.sigma = phase.individualsWidth / 3 * movingRange
    lines.centre = phase.knownCentre ?? phase.mean
    lines.middle = lines.centre
  }
}
