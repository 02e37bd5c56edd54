// SPDX-License-Identifier: Apache-2.0

/// Taylor's I′ (normalised individuals) chart: values weighted by their denominators nᵢ about Σnᵢyᵢ/Σnᵢ, limits ± 3·S̄/√nᵢ.
///
/// S̄ is the mean of sᵢ = √(π/2)·|yᵢ₊₁ − yᵢ|/√(1/nᵢ + 1/nᵢ₊₁) over **all** points of the phase, excluded ones and those
/// after a freeze too; only the centre line keeps to the baseline. With screening, sᵢ of 3.2665·S̄ or more are left out
/// once. Without denominators the sizes of the subgroups take their place.
///
/// W. Taylor, Normalized individuals control chart; as in qicharts2 0.8.1.
enum IPrimeChart: ChartFormula {
  static var hasOwnSigmas: Bool { true }

  /// D₄ of two values with the digits that this chart's author uses.
  private static let d4 = 3.2665

  static func setLines(of phase: PhaseSample, _ lines: inout Lines.Phase, sigmas: inout [Double]) {
    let sizes = phase.subgroups.denominators ?? phase.subgroups.counts
    let weights = sizes ?? [Double](repeating: 1, count: phase.subgroups.count)
    lines.centre = phase.knownCentre ?? phase.mean(weight: weights)
    lines.middle = lines.centre
    let all = meanDeviation(of: phase, weights, below: .infinity)
    let spread = phase.screensMovingRanges ? meanDeviation(of: phase, weights, below: d4 * all) : all
    for row in phase.rows { sigmas[row] = spread / weights[row].squareRoot() }
  }

  private static func meanDeviation(of phase: PhaseSample, _ weights: [Double], below limit: Double) -> Double {
    let values = phase.subgroups.values
    let factor = (Double.pi / 2).squareRoot()
    var sum = CompensatedSum()
    var count = 0
    let segments = phase.subgroups.segments
    var previous: Int?
    for row in phase.rows where !values[row].isNaN {
      if let before = previous, segments.map({ $0[row] == $0[before] }) ?? true {
        let spread = (1 / weights[before] + 1 / weights[row]).squareRoot()
        let deviation = factor * abs(values[row] - values[before]) / spread
        // False for NaN.
        if deviation < limit {
          sum.add(deviation)
          count += 1
        }
      }
      previous = row
    }
    return sum.value / Double(count)
  }
}
