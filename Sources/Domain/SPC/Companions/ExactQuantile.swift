// SPDX-License-Identifier: Apache-2.0

import RealModule

/// The count that a distribution leaves so much probability beyond, with Spiegelhalter's interpolation.
///
/// For a probability p let r be the smallest count with P(X ≤ r) ≥ p. Limits at whole counts would jump from one
/// denominator to the next, so the limit is r − α with α = (P(X ≤ r) − p) / P(X = r), which is between 0 and 1.
///
/// D. J. Spiegelhalter, Funnel plots for comparing institutional performance, *Stat Med* 2005;24:1185–1202, appendix A.1.
struct ExactQuantile: Equatable {
  /// r: the smallest count with P(X ≤ r) ≥ p.
  let count: Double
  /// r − α; may lie below 0 where r is 0.
  let interpolated: Double

  /// Above this variance, sums of so many terms take longer than they are worth: three terms of Cornish and Fisher's
  /// expansion are then within 10⁻³ of one event.
  static let largestSummedVariance = 1e8

  /// The quantile for p = `tail`.
  ///
  /// - Parameters:
  ///   - tail: the probability at or below it, less than ½.
  ///   - z: the standard normal quantile of `tail`, below 0.
  static func lower(_ distribution: some CountDistribution, tail: Double, z: Double) -> ExactQuantile {
    guard distribution.variance <= largestSummedVariance else {
      return ExactQuantile(expansion(distribution, z: z))
    }
    var count = start(distribution, z: z)
    var term = distribution.probability(of: count)
    var atMost = sum(distribution, from: count, term: term, step: -1)
    while atMost < tail, count < distribution.largest {
      term *= distribution.ratio(after: count)
      count += 1
      atMost += term
    }
    while count > 0, atMost - term >= tail {
      atMost -= term
      count -= 1
      term /= distribution.ratio(after: count)
    }
    return ExactQuantile(count: count, interpolated: count - (atMost - tail) / term)
  }

  /// The quantile for p = 1 − `tail`, from the upper end so that no digits are lost.
  ///
  /// - Parameters:
  ///   - tail: the probability above it, less than ½.
  ///   - z: the standard normal quantile of 1 − `tail`, above 0.
  static func upper(_ distribution: some CountDistribution, tail: Double, z: Double) -> ExactQuantile {
    guard distribution.variance <= largestSummedVariance else {
      return ExactQuantile(expansion(distribution, z: z))
    }
    var count = start(distribution, z: z)
    var term = distribution.probability(of: count)
    // P(X > count).
    var above = sum(distribution, from: count, term: term, step: 1) - term
    while above > tail, count < distribution.largest {
      term *= distribution.ratio(after: count)
      count += 1
      above -= term
    }
    while count > 0, above + term <= tail {
      above += term
      count -= 1
      term /= distribution.ratio(after: count)
    }
    return ExactQuantile(count: count, interpolated: count - (tail - max(above, 0)) / term)
  }

  private init(count: Double, interpolated: Double) {
    self.count = count
    self.interpolated = interpolated
  }

  private init(_ interpolated: Double) { self.init(count: interpolated.rounded(.up), interpolated: interpolated) }

  /// A count close to the quantile, or to the mean where the expansion, made for many events, would go astray.
  private static func start(_ distribution: some CountDistribution, z: Double) -> Double {
    let guess = distribution.variance < 25 ? distribution.mean : expansion(distribution, z: z)
    return min(max(guess.rounded(.down), 0), distribution.largest)
  }

  /// P(X = count), and of all counts beyond it in the direction of the step.
  private static func sum(_ distribution: some CountDistribution, from start: Double, term: Double, step: Double)
    -> Double
  {
    var sum = term
    var term = term
    var count = start
    while step > 0 ? count < distribution.largest : count > 0 {
      if step > 0 {
        term *= distribution.ratio(after: count)
        count += 1
      } else {
        count -= 1
        term /= distribution.ratio(after: count)
      }
      sum += term
      if term < sum * 1e-18 { break }
    }
    return sum
  }

  /// Where a continuous line through the distribution function has its quantile.
  ///
  /// E. A. Cornish, R. A. Fisher, *Rev Int Stat Inst* 1938;5:307–320; ½ less, as the line goes through P(X ≤ r) at r.
  private static func expansion(_ distribution: some CountDistribution, z: Double) -> Double {
    let skewness = distribution.skewness
    let w =
      z + skewness * (z * z - 1) / 6 + distribution.excessKurtosis * (z * z * z - 3 * z) / 24
      - skewness * skewness * (2 * z * z * z - 5 * z) / 36
    return distribution.mean + distribution.variance.squareRoot() * w - 0.5
  }
}
