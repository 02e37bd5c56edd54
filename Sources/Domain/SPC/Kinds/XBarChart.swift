// SPDX-License-Identifier: Apache-2.0

/// X̄ chart: means of subgroups about x̿ = Σnᵢx̄ᵢ/Σnᵢ, limits x̿ ± A₃(nᵢ)·s*, with the typical spread s* within them.
///
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 6.3.
enum XBarChart: ChartFormula {
  static var hasOwnSigmas: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    guard let counts = phase.subgroups.counts else { return }
    lines.centre = phase.knownCentre ?? phase.mean(weight: counts)
    lines.middle = lines.centre
    let spread = WithinSubgroups.typicalDeviation(of: phase)
    var constants = SubgroupConstants()
    // A₃ = 3/(c₄√n), so that a third of A₃·s* is one sigma.
    for row in phase.rows { sigmas[row] = spread / (constants.c4(counts[row]) * counts[row].squareRoot()) }
  }
}
