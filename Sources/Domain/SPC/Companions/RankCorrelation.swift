// SPDX-License-Identifier: Apache-2.0

import RealModule

/// How two measures go together, from −1 (always opposite) over 0 to 1 (always alike).
public struct Correlation: Sendable, Hashable, Codable {
  /// Where the p value comes from.
  public enum Distribution: String, Sendable, Hashable, CaseIterable, Codable {
    /// All orders of the values, each as likely as any other.
    case exactPermutations = "exact_permutations"
    /// t = r·√((n − 2)/(1 − r²)) with n − 2 degrees of freedom.
    case studentT = "student_t"
  }

  /// −1 to 1.
  public let coefficient: Double
  /// The probability of a coefficient as far from 0, or farther, if the two had nothing to do with one another; above 0.
  ///
  /// One below 2.2·10⁻³⁰⁸, the smallest number that is kept with all its digits, is given as that number.
  public let pValue: Double
  public let distribution: Distribution
  /// How many pairs it is from.
  public let pairs: Int
}

extension Correlation {
  /// Up to so many pairs all orders are counted.
  static let mostPermuted = 9

  /// Spearman's ρ: Pearson's coefficient of the ranks, where equal values share the mean of their ranks.
  ///
  /// The p value is exact for up to 9 pairs, and for any number of pairs in perfect order, also with ties: of n! orders 2
  /// are perfect where nothing is tied, so that 50 pairs have 2/50!, 7·10⁻⁶⁵. For others it is by the t distribution (C.
  /// Spearman, *Am J Psychol* 1904;15:72–101; M. G. Kendall, *Rank Correlation Methods*, 4th ed. 1970, 5.8), which is too
  /// small far out; so it is never taken below the share of the orders that are as the one seen.
  ///
  /// Nil for fewer than three pairs, or when all values of a measure are equal.
  static func spearman(_ x: [Double], _ y: [Double]) -> Correlation? {
    let pairs = x.count
    guard pairs >= 3 else { return nil }
    // Centred and times two, which keeps them whole.
    let a = OrderStatistics.doubledRanks(x).map { $0 - (pairs + 1) }
    let b = OrderStatistics.doubledRanks(y).map { $0 - (pairs + 1) }
    let spreadA = a.reduce(0) { $0 + Double($1) * Double($1) }
    let spreadB = b.reduce(0) { $0 + Double($1) * Double($1) }
    guard spreadA > 0, spreadB > 0 else { return nil }
    let product = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let rho = min(max(product / (spreadA * spreadB).squareRoot(), -1), 1)
    guard pairs <= mostPermuted else { return beyondPermutations(rho, a, b) }
    let p = shareOfPermutations(a, b, atLeast: zip(a, b).reduce(0) { $0 + $1.0 * $1.1 })
    return Correlation(coefficient: rho, pValue: p, distribution: .exactPermutations, pairs: pairs)
  }

  /// Pearson's r; its p value, by the t distribution, holds for normal values.
  ///
  /// Nil for fewer than three pairs, or when all values of a measure are equal.
  static func pearson(_ x: [Double], _ y: [Double]) -> Correlation? {
    guard x.count >= 3, let line = LeastSquares(x, y), line.spreadX > 0, line.spreadY > 0 else { return nil }
    let r = line.product / line.spreadX.squareRoot() / line.spreadY.squareRoot()
    return withT(min(max(r, -1), 1), pairs: x.count)
  }

  /// - Parameters:
  ///   - a: ranks about their mean.
  ///   - b: as many.
  private static func beyondPermutations(_ rho: Double, _ a: [Int], _ b: [Int]) -> Correlation {
    let (x, y) = (tied(a), tied(b))
    // Exchanging what is equal gives the same order.
    let least = max(x, y) - Double.logGamma(Double(a.count) + 1)
    let isRising = a == b
    guard isRising || zip(a, b).allSatisfy({ $0 == -$1 }) else {
      let byT = withT(rho, pairs: a.count)
      return Correlation(
        coefficient: rho, pValue: max(byT.pValue, Double.exp(least)), distribution: .studentT, pairs: a.count)
    }
    // The opposite order is as far from 0, where the ranks are the same from either end.
    let ranks = a.sorted()
    let isSymmetric = zip(ranks, ranks.reversed()).allSatisfy { $0 == -$1 }
    let p = Double.exp(least + Double.log(isSymmetric ? 2 : 1))
    return Correlation(
      coefficient: isRising ? 1 : -1, pValue: max(p, .leastNormalMagnitude), distribution: .exactPermutations,
      pairs: a.count)
  }

  /// The logarithm of in how many ways equal ranks can be exchanged: Π t! over groups of t equal ones.
  private static func tied(_ ranks: [Int]) -> Double {
    var sizes: [Int: Int] = [:]
    for rank in ranks { sizes[rank, default: 0] += 1 }
    return sizes.values.sorted().reduce(0) { $0 + ($1 > 1 ? Double.logGamma(Double($1) + 1) : 0) }
  }

  private static func withT(_ coefficient: Double, pairs: Int) -> Correlation {
    let freedom = Double(pairs - 2)
    // A coefficient is known to its last bit at best: nearer to 1 than that it cannot be told from 1.
    let rest = max((1 - coefficient) * (1 + coefficient), Double.ulpOfOne)
    let t = coefficient * (freedom / rest).squareRoot()
    return Correlation(
      coefficient: coefficient, pValue: StudentT.twoSided(t, degreesOfFreedom: freedom), distribution: .studentT,
      pairs: pairs)
  }

  /// The share of all orders of `b` whose product with `a` is as far from 0 as the one seen.
  ///
  /// All integers, so that ties are counted exactly. Orders come by B. R. Heap's method (*Computer J* 1963;6:293–298), each
  /// by one exchange.
  private static func shareOfPermutations(_ a: [Int], _ b: [Int], atLeast seen: Int) -> Double {
    var order = b
    var product = seen
    var counters = [Int](repeating: 0, count: a.count)
    var extreme = 1
    var all = 1
    var place = 1
    while place < a.count {
      guard counters[place] < place else {
        counters[place] = 0
        place += 1
        continue
      }
      let other = place % 2 == 0 ? 0 : counters[place]
      product += (a[place] - a[other]) * (order[other] - order[place])
      order.swapAt(other, place)
      counters[place] += 1
      place = 1
      all += 1
      if abs(product) >= abs(seen) { extreme += 1 }
    }
    return Double(extreme) / Double(all)
  }
}

/// Sums of squares and products about the means.
struct LeastSquares {
  let meanX: Double
  let meanY: Double
  let spreadX: Double
  let spreadY: Double
  let product: Double

  /// Nil without values.
  init?(_ x: [Double], _ y: [Double]) {
    var sumX = CompensatedSum()
    var sumY = CompensatedSum()
    for value in x { sumX.add(value) }
    for value in y { sumY.add(value) }
    guard !x.isEmpty else { return nil }
    let (meanX, meanY) = (sumX.value / Double(x.count), sumY.value / Double(y.count))
    var (squaresX, squaresY, products) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    for (x, y) in zip(x, y) {
      squaresX.add((x - meanX) * (x - meanX))
      squaresY.add((y - meanY) * (y - meanY))
      products.add((x - meanX) * (y - meanY))
    }
    self.meanX = meanX
    self.meanY = meanY
    spreadX = squaresX.value
    spreadY = squaresY.value
    product = products.value
  }
}
