// SPDX-License-Identifier: Apache-2.0

import RealModule

/// T chart: time between rare events, charted as an I chart of y^(1/3.6), on which scale such times are near normal; the
/// lines are raised to 3.6 again.
///
/// Its centre line is therefore not the mean time, but near the median. A lower limit below 0 on the transformed scale is
/// shown as 0. Times must be above 0.
///
/// L. S. Nelson, J Qual Technol 1994;26:239–240; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 7.3.5.
enum TChart: ChartFormula {
  static var power: Double { 3.6 }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    IChart.setSpread(of: phase, &lines, usesMedian: false)
    lines.centre = phase.knownCentre ?? phase.mean
    lines.middle = lines.centre
  }

  /// The scale on which limits are computed.
  static func root(_ time: Double) -> Double { Double.pow(time, 1 / power) }
}
