// SPDX-License-Identifier: Apache-2.0

/// Laney's U′ chart: the U chart with its limits widened by σz, the variation between points beyond the Poisson.
///
/// D. B. Laney, *Quality Engineering* 2002;14:531–537.
enum UPrimeChart: ChartFormula {
  static var bounds: ClosedRange<Double> { UChart.bounds }
  static var hasOwnSigmas: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    UChart.setLines(of: phase, &lines, sigmas: &sigmas)
    Laney.widen(&sigmas, of: phase, centre: lines.centre)
  }
}
