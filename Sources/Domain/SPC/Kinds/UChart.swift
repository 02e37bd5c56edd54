// SPDX-License-Identifier: Apache-2.0

/// U chart: rates about ū = Σ counts / Σ exposures, with Poisson limits ū ± 3·√(ū/nᵢ), cut at 0.
///
/// Each point has limits by its own exposure nᵢ.
///
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 7.3.
enum UChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }
  static var hasOwnSigmas: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    lines.centre = phase.knownCentre ?? phase.pooledRate
    lines.middle = lines.centre
    PChart.writeSigmas(of: phase, variance: lines.centre, into: &sigmas)
  }
}
