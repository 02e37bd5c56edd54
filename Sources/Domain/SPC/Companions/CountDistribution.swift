// SPDX-License-Identifier: Apache-2.0

import RealModule

/// A distribution of counts, as far as exact limits need it.
///
/// Counts are whole numbers kept as `Double`, exact below 10¹⁵.
protocol CountDistribution {
  var mean: Double { get }
  var variance: Double { get }
  var skewness: Double { get }
  var excessKurtosis: Double { get }
  /// The largest count there can be.
  var largest: Double { get }
  func probability(of count: Double) -> Double
  /// The probability of the next count over that of this one.
  func ratio(after count: Double) -> Double
}

/// How many of n independent cases have the event, each with probability p strictly between 0 and 1.
struct Binomial: CountDistribution {
  let cases: Double
  let p: Double

  var mean: Double { cases * p }
  var variance: Double { cases * p * (1 - p) }
  var skewness: Double { (1 - 2 * p) / variance.squareRoot() }
  var excessKurtosis: Double { (1 - 6 * p * (1 - p)) / variance }
  var largest: Double { cases }

  func probability(of count: Double) -> Double {
    if count == 0 { return Double.exp(cases * Double.log(onePlus: -p)) }
    if count == cases { return Double.exp(cases * Double.log(p)) }
    let rest = cases - count
    let exponent =
      SaddlePoint.stirlingError(cases) - SaddlePoint.stirlingError(count) - SaddlePoint.stirlingError(rest)
      - SaddlePoint.deviance(count, cases * p) - SaddlePoint.deviance(rest, cases * (1 - p))
    return Double.exp(exponent) * (cases / (2 * Double.pi * count * rest)).squareRoot()
  }

  func ratio(after count: Double) -> Double { (cases - count) / (count + 1) * (p / (1 - p)) }
}

/// How many events there are when so many are expected (more than 0), each independent of all others.
struct Poisson: CountDistribution {
  let mean: Double

  var variance: Double { mean }
  var skewness: Double { 1 / mean.squareRoot() }
  var excessKurtosis: Double { 1 / mean }
  var largest: Double { .infinity }

  func probability(of count: Double) -> Double {
    if count == 0 { return Double.exp(-mean) }
    return Double.exp(-SaddlePoint.stirlingError(count) - SaddlePoint.deviance(count, mean))
      / (2 * Double.pi * count).squareRoot()
  }

  func ratio(after count: Double) -> Double { mean / (count + 1) }
}

/// The parts of Loader's saddle-point expansion, which keeps the digits that differences of log-gammas would lose.
///
/// C. Loader, *Fast and accurate computation of binomial probabilities*, 2000.
enum SaddlePoint {
  /// log n! − log(√(2πn) nⁿ e⁻ⁿ), for n of 1 or more.
  static func stirlingError(_ n: Double) -> Double {
    if n <= 15 {
      var factorial = 1.0
      for factor in stride(from: 2, through: n, by: 1) { factorial *= factor }
      return Double.log(factorial) - 0.5 * Double.log(2 * Double.pi * n) - n * Double.log(n) + n
    }
    let square = n * n
    return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square) / square) / square) / n
  }

  /// x log(x/m) + m − x, for x and m above 0, also where they are close.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    let difference = x - m
    guard abs(difference) < 0.1 * (x + m) else { return x * Double.log(x / m) - difference }
    let v = difference / (x + m)
    var sum = difference * v
    var term = 2 * x * v
    for odd in stride(from: 3.0, through: 2001, by: 2) {
      term *= v * v
      let next = sum + term / odd
      if next == sum { break }
      sum = next
    }
    return sum
  }
}
