// SPDX-License-Identifier: Apache-2.0

/// S chart: standard deviations within subgroups about their typical size s*, limits B₃(nᵢ)·s* and B₄(nᵢ)·s*.
///
/// D. C. Montgomery, *Statistical Quality Control*, 6th ed. 2009, 6.3.
enum SChart: ChartFormula {
  static var bounds: ClosedRange<Double> { 0 ... .infinity }
  static var hasOwnSigmas: Bool { true }

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    guard let counts = phase.subgroups.counts else { return }
    lines.centre = phase.knownCentre ?? WithinSubgroups.typicalDeviation(of: phase)
    lines.middle = lines.centre
    var constants = SubgroupConstants()
    // B₃ and B₄ are 1 ∓ 3√(1 − c₄²)/c₄, the former not below 0.
    for row in phase.rows { sigmas[row] = lines.centre * constants.relativeDeviation(counts[row]) }
  }
}

/// How much values vary within subgroups.
enum WithinSubgroups {
  /// s*, over the baseline; NaN without any.
  ///
  /// The mean of the subgroups' standard deviations if all subgroups of the phase have the same size, otherwise the pooled
  /// √(Σ(nᵢ − 1)sᵢ²/Σ(nᵢ − 1)).
  static func typicalDeviation(of phase: PhaseSample) -> Double {
    guard let counts = phase.subgroups.counts, let deviations = phase.subgroups.deviations,
      let first = phase.rows.first
    else { return .nan }
    let haveOneSize = phase.rows.allSatisfy { counts[$0] == counts[first] }
    var sum = CompensatedSum()
    var weights = 0.0
    phase.baseline.forEach { row in
      let deviation = deviations[row]
      if deviation.isNaN {
        if !haveOneSize, counts[row] == 0, phase.method.countsEmptySubgroups { weights -= 1 }
        return
      }
      let weight = haveOneSize ? 1 : counts[row] - 1
      sum.add(haveOneSize ? deviation : weight * deviation * deviation)
      weights += weight
    }
    let mean = sum.value / weights
    return haveOneSize ? mean : mean.squareRoot()
  }
}
