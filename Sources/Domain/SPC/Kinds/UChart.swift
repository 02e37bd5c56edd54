// SPDX-License-Identifier: Apache-2.0

/// U chart: rates about ū = Σ counts / Σ exposures, with Poisson limits ū ± 3·√(ū/nᵢ), cut at 0.
///
/// Each point has limits by its own exposure nᵢ.
///
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 7.3.
enum UChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }

  static func lines(of phase: PhaseSample, sigmas: inout [Double]) -> Double {
    let centre = phase.knownCentre ?? phase.pooledRate
    PChart.writeSigmas(of: phase, variance: centre, into: &sigmas)
    return centre
  }
}
