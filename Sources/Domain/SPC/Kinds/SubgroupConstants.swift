// SPDX-License-Identifier: Apache-2.0

import RealModule

/// What the standard deviation of a sample of a normal distribution says about that of the whole, to the last digits for
/// samples of any size.
///
/// With m = n − 1, log c₄ = −1/(4m) + 1/(24m³) − 1/(20m⁵) + …, the expansion of log Γ(x + ½) − log Γ(x) − ½ log x at
/// x = m/2 (DLMF 5.11.8, with Bernoulli numbers). It holds to 10⁻¹⁷ from n = 20 on; smaller samples are led there by
/// c₄(n) = c₄(n + 2)·√(1 − 1/n²). So no two large numbers are taken from each other, neither here nor in 1 − c₄², which
/// is had from log c₄ as it is: differences of log-gammas lose a digit for each that n has.
package struct SubgroupConstants {
  private var lastSize = Double.nan
  private var lastLogarithm = Double.nan

  /// c₄(n) = √(2/(n − 1))·Γ(n/2)/Γ((n − 1)/2): the mean of such a standard deviation, in sigma; NaN for n < 2.
  ///
  /// Kept for the size asked last, since neighbours mostly have the same.
  mutating func c4(_ size: Double) -> Double { Double.exp(logarithm(size)) }

  /// √(1 − c₄²)/c₄: how much such standard deviations vary, in their mean; B₃ and B₄ are 1 ∓ 3 times it.
  ///
  /// NaN for n < 2.
  mutating func relativeDeviation(_ size: Double) -> Double { Double.expMinusOne(-2 * logarithm(size)).squareRoot() }

  package static func c4(_ size: Double) -> Double { Double.exp(logC4(size)) }

  package static func relativeDeviation(_ size: Double) -> Double {
    Double.expMinusOne(-2 * logC4(size)).squareRoot()
  }

  private mutating func logarithm(_ size: Double) -> Double {
    if size == lastSize { return lastLogarithm }
    lastSize = size
    lastLogarithm = SubgroupConstants.logC4(size)
    return lastLogarithm
  }

  /// log c₄(n), below 0; NaN for n < 2.
  private static func logC4(_ size: Double) -> Double {
    guard size >= 2 else { return .nan }
    var size = size
    // 1 − Π(1 − 1/n²) over the steps to a size for which the series holds.
    var lost = 0.0
    while size < 20 {
      let step = 1 / (size * size)
      lost += step * (1 - lost)
      size += 2
    }
    let x = 1 / (size - 1)
    let square = x * x
    var series = 929_569 / 480.0
    series = series * square - 5461 / 52.0
    series = series * square + 691 / 88.0
    series = series * square - 31 / 36.0
    series = series * square + 17 / 112.0
    series = series * square - 1 / 20.0
    series = series * square + 1 / 24.0
    series = series * square - 1 / 4.0
    return series * x + (lost > 0 ? Double.log(onePlus: -lost) / 2 : 0)
  }
}
