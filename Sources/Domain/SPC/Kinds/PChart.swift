// SPDX-License-Identifier: Apache-2.0

/// P chart: proportions about p̄ = Σ numerators / Σ denominators, with binomial limits p̄ ± 3·√(p̄(1 − p̄)/nᵢ), cut at
/// 0 and 1.
///
/// Each point has limits by its own denominator nᵢ.
///
/// W. A. Shewhart 1931; D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 7.2.
enum PChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0...1 }
  static var hasOwnSigmas: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    lines.centre = phase.knownCentre ?? phase.pooledRate
    lines.middle = lines.centre
    // Rounding can put a proportion of exactly 1 a hair above it.
    writeSigmas(of: phase, variance: max(0, lines.centre * (1 - lines.centre)), into: &sigmas)
  }

  /// Writes √(variance / nᵢ).
  static func writeSigmas(of phase: PhaseSample, variance: Double, into sigmas: inout [Double]) {
    guard let denominators = phase.subgroups.denominators else { return }
    for row in phase.rows { sigmas[row] = (variance / denominators[row]).squareRoot() }
  }
}
