// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// Exact limits against sums of 60-digit probabilities.
///
/// The tables come from Python's mpmath with 60 decimal digits: probabilities from the definition with exact binomial
/// coefficients or factorials, added up from 45 standard deviations below the mean to the first count r with P(X ≤ r) ≥ p
/// for p = 0.001, 0.025, 0.975 and 0.999; limits are r − (P(X ≤ r) − p)/P(X = r). The counts are those of SciPy's `ppf` too.
@Suite("exact limits of funnels")
struct FunnelLimitTests {
  struct Expected: Sendable {
    let counts: [Double]
    let limits: [Double]
  }

  static let binomial: [(cases: Double, share: Double, expected: Expected)] = [
    (1, 0.5, Expected(counts: [0, 0, 1, 1], limits: [-0.998, -0.95, 0.95, 0.998])),
    (
      5, 0.02,
      Expected(
        counts: [0, 0, 1, 2],
        limits: [-0.99889370838292455, -0.97234270957311378, 0.77061640115591154, 1.7549966425553978])
    ),
    (
      10, 0.3,
      Expected(
        counts: [0, 0, 6, 8],
        limits: [-0.96459866825358564, -0.11496670633964111, 5.6080214035407602, 7.4080916540776754])
    ),
    (
      37, 0.9,
      Expected(
        counts: [27, 29, 36, 37],
        limits: [26.13807686696088, 28.865747767886499, 35.943321504760289, 36.950679536338359])
    ),
    (
      100, 0.05,
      Expected(
        counts: [0, 1, 10, 13],
        limits: [-0.83109618029322355, 0.61229314360718815, 9.1907344023874949, 12.463849543797011])
    ),
    (
      250, 0.5,
      Expected(
        counts: [101, 110, 140, 149],
        limits: [100.11724034329001, 109.01754252925474, 139.98245747074526, 148.88275965670999])
    ),
    (
      813, 0.0333,
      Expected(
        counts: [13, 18, 38, 44],
        limits: [12.154904263593507, 17.016992446346176, 37.016619043513921, 43.685013499885332])
    ),
    (
      1000, 0.001,
      Expected(
        counts: [0, 0, 3, 5],
        limits: [-0.99728035778355715, -0.93200894458892874, 2.9008988598850295, 4.8648882094255663])
    ),
    (
      12_345, 0.14,
      Expected(
        counts: [1610, 1653, 1804, 1848],
        limits: [1609.6932099904673, 1652.5757463684504, 1803.7052834396194, 1847.9523256709808])
    ),
    (
      21_289, 0.135,
      Expected(
        counts: [2721, 2777, 2972, 3029],
        limits: [2720.4788419606607, 2776.1372869598833, 2971.5865567930443, 3028.631101470303])
    ),
    (
      100_000, 0.999,
      Expected(
        counts: [99868, 99880, 99919, 99929],
        limits: [99867.212166448429, 99879.429704838478, 99918.625039945713, 99928.923788885292])
    ),
    (
      1_000_000, 0.1,
      Expected(
        counts: [99074, 99412, 100_588, 100_928],
        limits: [99073.570703570807, 99411.889824649318, 100587.86795305898, 100927.7089770744])
    ),
    (
      20_000_000, 0.4,
      Expected(
        counts: [7_993_230, 7_995_706, 8_004_294, 8_006_771],
        limits: [7993229.4252942953, 7995705.5287126591, 8004293.6607067511, 8006770.144589582])
    ),
  ]

  static let poisson: [(mean: Double, expected: Expected)] = [
    (
      0.01,
      Expected(
        counts: [0, 0, 0, 1],
        limits: [-0.99898994983291583, -0.9747487458228958, -0.015201087092936144, 0.90401169170838895])
    ),
    (
      0.7,
      Expected(
        counts: [0, 0, 3, 4],
        limits: [-0.99798624729252952, -0.94965618231323809, 2.3220213956334917, 3.9568301304129325])
    ),
    (
      3,
      Expected(
        counts: [0, 0, 7, 10],
        limits: [-0.97991446307681233, -0.49786157692030831, 6.3938401648578872, 9.1265049446484325])
    ),
    (
      12.5,
      Expected(
        counts: [3, 6, 20, 25],
        limits: [2.5428601441921263, 5.515440533799106, 19.421054052624966, 24.302615865698559])
    ),
    (
      40,
      Expected(
        counts: [22, 28, 53, 61],
        limits: [21.400028323957898, 27.563813018823591, 52.379185262906742, 60.45162286792447])
    ),
    (
      99.9,
      Expected(
        counts: [70, 81, 120, 132],
        limits: [69.990718090680132, 80.279179205184391, 119.47139194070176, 131.6967663562301])
    ),
    (
      1234.5,
      Expected(
        counts: [1127, 1166, 1304, 1344],
        limits: [1126.8572330780116, 1165.607212241489, 1303.3394681154216, 1343.9883449229315])
    ),
    (
      25_000,
      Expected(
        counts: [24513, 24691, 25310, 25490],
        limits: [24512.31731065147, 24690.076627719016, 25309.87078647075, 25489.532852058614])
    ),
    (
      1_000_000,
      Expected(
        counts: [996_911, 998_041, 1_001_960, 1_003_092],
        limits: [996910.69278351515, 998040.00974155016, 1001959.9374595157, 1003091.1569375949])
    ),
    (
      30_000_000,
      Expected(
        counts: [29_983_076, 29_989_265, 30_010_736, 30_016_927],
        limits: [29983075.025585905, 29989264.808715523, 30010735.138431079, 30016926.824293176])
    ),
  ]

  static let z95 = 1.959963984540054
  static let z998 = 3.090232306167813

  static func quantiles(_ distribution: some CountDistribution) -> [ExactQuantile] {
    [
      .lower(distribution, tail: 0.001, z: -z998), .lower(distribution, tail: 0.025, z: -z95),
      .upper(distribution, tail: 0.025, z: z95), .upper(distribution, tail: 0.001, z: z998),
    ]
  }

  /// Within 10⁻⁹ of the interpolated count, or 10⁻¹³ of its size where it is large.
  static func expect(_ found: [ExactQuantile], _ expected: Expected) {
    #expect(found.map(\.count) == expected.counts)
    for (a, b) in zip(found.map(\.interpolated), expected.limits) {
      #expect(abs(a - b) <= max(1e-9, 1e-13 * abs(b)), "\(a) instead of \(b)")
    }
  }

  @Test("binomial limits are those of exact sums", arguments: binomial)
  func binomialLimits(cases: Double, share: Double, expected: Expected) {
    Self.expect(Self.quantiles(Binomial(cases: cases, p: share)), expected)
  }

  @Test("Poisson limits are those of exact sums", arguments: poisson)
  func poissonLimits(mean: Double, expected: Expected) {
    Self.expect(Self.quantiles(Poisson(mean: mean)), expected)
  }

  @Test("the expansion for very many events meets the sums within a thousandth of an event")
  func expansion() {
    let edge = ExactQuantile.largestSummedVariance
    for (below, above) in [(edge, edge * (1 + 1e-15))] {
      let summed = Self.quantiles(Poisson(mean: below))
      let expanded = Self.quantiles(Poisson(mean: above))
      for (a, b) in zip(summed, expanded) { #expect(abs(a.interpolated - b.interpolated) < 1e-3) }
    }
  }

  @Test("binomial probabilities of all counts add up to 1", arguments: [1.0, 2, 17, 400])
  func binomialSum(cases: Double) {
    for share in [1e-9, 0.01, 0.37, 0.5, 0.999] {
      let distribution = Binomial(cases: cases, p: share)
      let sum = stride(from: 0, through: cases, by: 1).reduce(0) { $0 + distribution.probability(of: $1) }
      #expect(abs(sum - 1) < 1e-13)
    }
  }

  @Test("tiny and huge expectations give finite limits in order", arguments: [1e-300, 1e-12, 1e-3, 1, 1e12, 1e200])
  func extremes(mean: Double) {
    let limits = Self.quantiles(Poisson(mean: mean)).map(\.interpolated)
    #expect(limits.allSatisfy { $0.isFinite })
    for (a, b) in zip(limits, limits.dropFirst()) { #expect(a <= b) }
  }
}
