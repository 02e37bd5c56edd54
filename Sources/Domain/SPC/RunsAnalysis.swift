// SPDX-License-Identifier: Apache-2.0

/// How often the values of a phase change sides, and how long they stay: the runs analysis of Anhøj.
///
/// Useful points are those with a value, not excluded, and not on the centre line. A run is a stretch of useful points
/// on one side. In random data the longest run rarely exceeds, and the number of crossings rarely falls below, a limit
/// that depends on the number of useful points alone.
public struct RunsAnalysis: Sendable, Hashable, Codable {
  /// At least 1.
  public let usefulPoints: Int
  public let longestRun: Int
  public let crossings: Int

  package init(usefulPoints: Int, longestRun: Int, crossings: Int) {
    self.usefulPoints = usefulPoints
    self.longestRun = longestRun
    self.crossings = crossings
  }

  /// With fewer useful points than this, runs tell nothing: where the published tables begin.
  public static let fewestUseful = 10

  /// How many runs there are: one more than crossings.
  public var runCount: Int { crossings + 1 }

  /// The longest run that chance makes likely: log₂ n rounded to the nearest, plus 3 (Schilling 2012; Anhøj 2014).
  public var longestRunLimit: Int { RunsAnalysis.longestRunLimit(usefulPoints: usefulPoints) }

  /// The fewest crossings that chance makes likely: the smallest k with P(X ≤ k) ≥ 0.05 for X ~ Binomial(n − 1, ½)
  /// (Chen 2010; Anhøj 2014).
  public var crossingsLimit: Int { RunsAnalysis.crossingsLimit(usefulPoints: usefulPoints) }

  /// Whether the longest run is longer than its limit.
  public var isRunTooLong: Bool { longestRun > longestRunLimit }

  /// Whether there are fewer crossings than their limit.
  public var areCrossingsTooFew: Bool { crossings < crossingsLimit }

  /// Whether the phase shows non-random variation.
  public var isSignal: Bool { isRunTooLong || areCrossingsTooFew }

  /// Whether the pair of longest run and crossings lies outside the box, by Anhøj's own limits where there is no table.
  public func isSignal(_ box: RunsBox) -> Bool {
    box.contains(crossings: crossings, longestRun: longestRun, usefulPoints: usefulPoints).map(!) ?? isSignal
  }

  /// The fewest and the most runs that are likely by the published table; nil outside of 10 to 60 useful points.
  public var likelyRunCount: ClosedRange<Int>? { RunCountTable.likely(usefulPoints: usefulPoints) }

  /// Without a logarithm, for n ≥ 1: log₂ n rounds up when the fraction above its power of two is over √2.
  static func longestRunLimit(usefulPoints n: Int) -> Int {
    let floor = Int.bitWidth - 1 - n.leadingZeroBitCount
    let fraction = Double(n) / Double(1 << floor)
    return (fraction * fraction > 2 ? floor + 1 : floor) + 3
  }

  /// Sums the binomial probabilities from the middle down: some √n steps.
  static func crossingsLimit(usefulPoints: Int) -> Int {
    let trials = usefulPoints - 1
    guard trials > 0 else { return 0 }
    var k = trials / 2
    // The probability of k, and of k or fewer. With an odd number of trials k and k + 1 share the middle.
    var probability = centralBinomialProbability(half: (trials + 1) / 2)
    var atMost = trials % 2 == 0 ? 0.5 + probability / 2 : 0.5
    // Invariant: atMost = P(X ≤ k) ≥ 0.05.
    while k > 0, atMost - probability >= 0.05 {
      atMost -= probability
      probability *= Double(k) / Double(trials - k + 1)
      k -= 1
    }
    return k
  }

  /// C(2m, m) / 4^m: as a product, or by its asymptotic series, which is exact to the last digit for large m.
  private static func centralBinomialProbability(half m: Int) -> Double {
    if m <= 1000 {
      var product = 1.0
      for i in stride(from: 1, through: m, by: 1) { product *= Double(2 * i - 1) / Double(2 * i) }
      return product
    }
    let x = 1 / Double(m)
    let series = 1 - x / 8 + x * x / 128 + 5 * x * x * x / 1024 - 21 * x * x * x * x / 32768
    return series / (Double.pi * Double(m)).squareRoot()
  }
}
