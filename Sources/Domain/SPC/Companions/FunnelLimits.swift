// SPDX-License-Identifier: Apache-2.0

import RealModule

/// The limits of a funnel as a function of the denominator, before multiplication.
struct FunnelLimits {
  let measure: Funnel.Measure
  /// θ.
  let target: Double
  let dispersion: Funnel.Dispersion
  let estimate: Funnel.DispersionEstimate?

  /// Standard normal quantiles of 0.975 and 0.999.
  private static let z95 = 1.959963984540054
  private static let z998 = 3.090232306167813

  func limits(at denominator: Double) -> Funnel.Limits {
    if let factor = widening(at: denominator) { return normal(deviation: factor) }
    switch measure {
    case .proportion where target > 0 && target < 1:
      return exact(Binomial(cases: max(denominator.rounded(), 1), p: target), over: max(denominator.rounded(), 1))
    case .rate where target * denominator > 0 && target.isFinite:
      return exact(Poisson(mean: target * denominator), over: denominator)
    default: return Funnel.Limits(lower998: target, lower95: target, upper95: target, upper998: target)
    }
  }

  /// One widened standard error on the scale of the correction; nil where limits are exact.
  private func widening(at denominator: Double) -> Double? {
    guard let estimate else { return nil }
    let variance = FunnelTransform(measure: measure, scale: dispersion.scale, target: target).variance(at: denominator)
    return switch dispersion.model {
    case .none: nil
    case .multiplicative: estimate.phi > 1 ? (estimate.phi * variance).squareRoot() : nil
    case .additive: estimate.tauSquared > 0 ? (estimate.tauSquared + variance).squareRoot() : nil
    }
  }

  private func normal(deviation: Double) -> Funnel.Limits {
    let transform = FunnelTransform(measure: measure, scale: dispersion.scale, target: target)
    let middle = transform.forward(target)
    func limit(_ z: Double) -> Double { cut(transform.inverse(middle + z * deviation)) }
    return Funnel.Limits(
      lower998: limit(-Self.z998), lower95: limit(-Self.z95), upper95: limit(Self.z95), upper998: limit(Self.z998))
  }

  private func exact(_ distribution: some CountDistribution, over denominator: Double) -> Funnel.Limits {
    func lower(_ tail: Double, _ z: Double) -> Double {
      cut(ExactQuantile.lower(distribution, tail: tail, z: -z).interpolated / denominator)
    }
    func upper(_ tail: Double, _ z: Double) -> Double {
      cut(ExactQuantile.upper(distribution, tail: tail, z: z).interpolated / denominator)
    }
    return Funnel.Limits(
      lower998: lower(0.001, Self.z998), lower95: lower(0.025, Self.z95), upper95: upper(0.025, Self.z95),
      upper998: upper(0.001, Self.z998))
  }

  private func cut(_ limit: Double) -> Double {
    min(max(limit, 0), measure == .proportion ? 1 : .greatestFiniteMagnitude)
  }

  /// So many denominators between two (above 0), close together where the curves bend; whole ones for proportions.
  static func denominators(from low: Double, to high: Double, count: Int, measure: Funnel.Measure) -> [Double] {
    let (first, last) = (low.squareRoot(), high.squareRoot())
    var result: [Double] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      let share = Double(index) / Double(count - 1)
      let root = first * (1 - share) + last * share
      let between = min(max(root * root, low), high)
      let place = index == 0 ? low : index == count - 1 ? high : measure == .proportion ? between.rounded() : between
      if place > result.last ?? 0 { result.append(place) }
    }
    return result
  }
}
