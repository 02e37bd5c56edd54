// SPDX-License-Identifier: Apache-2.0

/// Laney's P′ chart: the P chart with its limits widened by σz, the variation between points beyond the binomial.
///
/// With thousands in each denominator binomial limits become so narrow that everything is outside; σz says how much of
/// that is usual here. Without such extra variation σz is near 1 and the chart is the P chart.
/// D. B. Laney, *Quality Engineering* 2002;14:531–537.
enum PPrimeChart: ChartFormula {
  static var bounds: ClosedRange<Double> { PChart.bounds }
  static var hasOwnSigmas: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    PChart.setLines(of: phase, &lines, sigmas: &sigmas)
    Laney.widen(&sigmas, of: phase, centre: lines.centre)
  }
}
