// SPDX-License-Identifier: Apache-2.0

/// Laney's σz: how much more (or less) the points of a P or U chart vary than its distribution says.
///
/// With zᵢ = (yᵢ − centre)/σᵢ over the baseline, σz is their mean moving range over 1.128. It may be less than 1, which
/// narrows the limits. Across a period without a value there is no range, unless the method bridges gaps. Subgroups without an order have no moving ranges: σz is then the standard deviation of z.
enum Laney {
  static func widen(_ sigmas: inout [Double], of phase: PhaseSample, centre: Double) {
    var factor = sigmaZ(of: phase, centre: centre, sigmas: sigmas)
    if phase.method.keepsSigmaZAtLeastOne, factor < 1 { factor = 1 }
    for row in phase.rows { sigmas[row] *= factor }
  }

  /// NaN when no z is defined, as when every proportion is 0.
  static func sigmaZ(of phase: PhaseSample, centre: Double, sigmas: [Double]) -> Double {
    let values = phase.subgroups.values
    func z(_ row: Int) -> Double {
      guard sigmas[row] > 0 else { return .nan }
      let distance = values[row] - centre
      return Tolerance.areEqual(values[row], centre) ? 0 : distance / sigmas[row]
    }
    if phase.subgroups.areOrdered {
      return MovingRange.mean(of: phase, value: z) / MovingRange.d2
    }
    var count = 0.0
    var mean = 0.0
    var squares = 0.0
    phase.baseline.forEach { row in
      let value = z(row)
      if value.isNaN { return }
      count += 1
      let distance = value - mean
      mean += distance / count
      squares += distance * (value - mean)
    }
    return count > 1 ? (squares / (count - 1)).squareRoot() : .nan
  }
}
