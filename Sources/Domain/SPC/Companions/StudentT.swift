// SPDX-License-Identifier: Apache-2.0

import RealModule

/// Student's t distribution.
enum StudentT {
  /// The probability of a t as far from 0 or farther, on either side: I(ν/(ν + t²); ν/2, ½).
  ///
  /// Never 0: one that is smaller than numbers can be told apart is given as the smallest, 2.2·10⁻³⁰⁸, which it is below.
  static func twoSided(_ t: Double, degreesOfFreedom: Double) -> Double {
    guard t.isFinite else { return .leastNormalMagnitude }
    let p = incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
    return max(p, .leastNormalMagnitude)
  }

  /// The regularised incomplete beta function Iₓ(a, b), by the continued fraction DLMF 8.17.22 in Lentz's form.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on this side of the mean; the other side follows by symmetry.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front =
      Double.exp(
        Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.log(x)
          + b * Double.log(onePlus: -x)) / a
    let tiny = 1e-300
    func kept(_ number: Double) -> Double { abs(number) < tiny ? tiny : number }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      fraction *= c * d
      if abs(c * d - 1) < 1e-15 { break }
    }
    return min(front * fraction, 1)
  }
}
