// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// Numbers that arithmetic does not like.
@Suite("hard numbers")
struct NumberHuntTests {
  private func months(_ values: [Double?], denominators: [Double?]? = nil) throws -> Series {
    try Series(
      values.enumerated().map { index, value in
        Series.Point(
          day: try #require(Day(year: 2020 + index / 12, month: index % 12 + 1, day: 1)), value: value,
          denominator: denominators?[index])
      })
  }

  private func close(_ found: Double?, _ exact: Double, _ tolerance: Double = 1e-12) -> Bool {
    found.map { abs($0 - exact) <= tolerance * max(abs(exact), .leastNormalMagnitude) } ?? false
  }

  @Test(
    "values of any size give the same chart in their scale", arguments: [1e-300, 1e-150, 1e-12, 1, 1e12, 1e150, 1e288])
  func scales(factor: Double) throws {
    let plain: [Double] = [9, 11, 10, 9, 14, 10, 9, 11, 40, 11, 9, 10, 12]
    for centre in ChartMethod.IndividualsCentre.allCases {
      let spec = ChartSpec(kind: .i, ruleSet: .nelson, method: .init(individualsCentre: centre))
      let one = try Chart(months(plain), spec: spec)
      let other = try Chart(months(plain.map { $0 * factor }), spec: spec)
      for (a, b) in zip(one.points, other.points) {
        let (upper, lower) = (try #require(a.upperLimit), try #require(a.lowerLimit))
        #expect(close(b.upperLimit, upper * factor))
        #expect(close(b.lowerLimit, lower * factor))
      }
      #expect(one.signals.map(\.members) == other.signals.map(\.members))
    }
  }

  @Test("a small spread on a large level keeps its digits")
  func level() throws {
    let chart = try Chart(months([1e9 + 1, 1e9 + 3, 1e9 + 2, 1e9 + 5]), spec: ChartSpec(kind: .i))
    #expect(close(chart.centreLine(at: 0), 1_000_000_002.75, 1e-15))
    #expect(close(chart.limit(3, at: 0), 1_000_000_002.75 + 2 * 3 / 1.128, 1e-15))
    // Integers beyond which a Double has no neighbours.
    let wide = try Chart(months([9_007_199_254_740_992, 9_007_199_254_740_994]), spec: ChartSpec(kind: .i))
    #expect(close(wide.centreLine(at: 0), 9_007_199_254_740_993, 1e-15))
  }

  @Test("zeros of either sign, and numbers too small to have all their digits, are numbers")
  func zeros() throws {
    let chart = try Chart(months([0, -0.0, 0, -0.0, 0]), spec: ChartSpec(kind: .i))
    #expect(chart.limit(3, at: 0) == 0 && chart.limit(-3, at: 0) == 0 && chart.signals.isEmpty)
    let least = Double.leastNonzeroMagnitude
    let tiny = try Chart(months([least, 3 * least, least, 3 * least]), spec: ChartSpec(kind: .i))
    #expect((tiny.limit(3, at: 0) ?? 0) > 3 * least && tiny.signals.isEmpty)
  }

  @Test(
    "a series of which one value is known has that value as its centre, and no limits",
    arguments: [ChartKind.i, .run, .mr, .t, .g, .c])
  func oneKnown(kind: ChartKind) throws {
    for place in [0, 3, 5] {
      var values = [Double?](repeating: nil, count: 6)
      values[place] = 7
      for gaps in ChartMethod.Gaps.allCases {
        let chart = try Chart(
          months(values),
          spec: ChartSpec(kind: kind, ruleSet: .makingDataCount2, direction: .up, targets: 7, method: .init(gaps: gaps))
        )
        #expect(chart.signals.isEmpty)
        if kind == .mr {
          #expect(chart.points.allSatisfy { $0.value == nil })
          continue
        }
        #expect(close(chart.centreLine(at: place), 7))
        if kind == .i || kind == .t { #expect(chart.limit(3, at: place) == nil) }
        if kind == .i {
          #expect(chart.cautions.contains { $0.hasPrefix("5 ") && $0.contains("no value") }, "\(chart.cautions)")
        }
      }
    }
  }

  @Test("a value on a limit is inside, also where the last bit says otherwise, and limits on bounds stay")
  func onLimits() throws {
    // Ranges of 0.1 throughout: the mean is 0.55, and three sigma reach exactly 0.55 ± 0.1 with a width of 1.
    let values: [Double?] = [0.5, 0.6, 0.5, 0.6, 0.5, 0.6]
    for width in [0.5, 1, 3] {
      let chart = try Chart(months(values), spec: ChartSpec(kind: .i, method: .init(individualsWidth: width)))
      #expect(chart.signals.filter { $0.rule.pattern == .outside }.isEmpty, "\(width)")
    }
    let all = try Chart(
      months([40, 40, 40], denominators: [40, 40, 40]), spec: ChartSpec(kind: .p, multiplier: 100))
    #expect(all.limit(3, at: 0) == 100 && all.limit(-3, at: 0) == 100 && all.signals.isEmpty)
    let none = try Chart(months([0, 0, 0], denominators: [40, 40, 40]), spec: ChartSpec(kind: .uPrime))
    #expect(none.centreLine(at: 0) == 0 && none.signals.isEmpty)
  }

  @Test("subgroups of one have no deviation, next to those of a million")
  func subgroups() throws {
    let days = (0..<4).map { Day(daysSinceEpoch: 19_000 + $0) }
    let sizes: [Double] = [1, 2, 1_000_000, 0]
    let series = Series(
      days: days, values: [5, 6, 5.5, .nan], denominators: nil,
      subgroups: SubgroupColumns(counts: sizes, deviations: [.nan, 2, 2, .nan]))
    let deviations = try Chart(series, spec: ChartSpec(kind: .s))
    #expect(deviations.points[0].value == nil && deviations.points[0].upperLimit == nil)
    #expect(close(deviations.points[1].upperLimit, 2 * 3.266531919288601056))
    #expect(close(deviations.points[2].upperLimit, 2 * 1.002121321669385901))
    let means = try Chart(series, spec: ChartSpec(kind: .xBar))
    #expect(means.points[0].upperLimit == nil && means.points[3].value == nil)
    #expect(close(means.points[2].upperLimit, (5 + 12 + 5_500_000.0) / 1_000_003 + 2 * 3.000000750000843751e-3))
  }

  @Test("a million subgroups are charted with every constant right at the last")
  func manySubgroups() throws {
    let count = 1_000_000
    let sizes = (0..<count).map { Double(2 + $0 % 7) }
    let series = Series(
      days: (0..<count).map { Day(daysSinceEpoch: $0 - 100_000) }, values: [Double](repeating: 5, count: count),
      denominators: nil,
      subgroups: SubgroupColumns(counts: sizes, deviations: [Double](repeating: 2, count: count)))
    let chart = try Chart(series, spec: ChartSpec(kind: .s))
    // The last has 2 + 999,999 % 7 = 2 values.
    #expect(close(chart.limit(3, at: count - 1), 2 * 3.266531919288601056) && chart.limit(-3, at: count - 1) == 0)
  }

  @Test("an exposure of 0 has no value, and one of almost 0 has one", arguments: [ChartKind.u, .uPrime, .iPrime])
  func exposures(kind: ChartKind) throws {
    let series = try months([3, 0, 4, 1, 5, 2], denominators: [100, 0, 120, 1e-9, 90, 1e12])
    let chart = try Chart(series, spec: ChartSpec(kind: kind))
    #expect(chart.points[1].value == nil && chart.points[1].upperLimit == nil)
    #expect(
      chart.points.allSatisfy { point in
        [point.value, point.upperLimit, point.centreLine].allSatisfy { $0?.isFinite ?? true }
      })
    #expect(close(chart.points[3].value, 1e9))
  }

  @Test("funnels hold for one unit, for exposures of any size, and for benchmarks at the ends")
  func funnels() throws {
    for exposure in [1e-6, 0.5, 1, 1e3, 1e9, 1e12] {
      let funnel = try Funnel([.init(name: "A", numerator: 3, denominator: exposure)], options: .init(measure: .rate))
      let limits = try #require(funnel.units[0].limits)
      // Of three events: 0.21 and 10.0 at 99.8 %, whatever they are over.
      #expect(limits.lower998 >= 0 && limits.lower998 <= limits.lower95 && limits.upper95 < limits.upper998)
      let one = try Funnel([.init(name: "A", numerator: 3, denominator: 1)], options: .init(measure: .rate))
      let upper = try #require(one.units[0].limits).upper998
      #expect(close(limits.upper998 * exposure, upper, 1e-9))
    }
    for benchmark in [0.0, 100] {
      let funnel = try Funnel(
        [.init(name: "A", numerator: 1, denominator: 10), .init(name: "B", numerator: 10, denominator: 10)],
        options: .init(measure: .proportion, benchmark: benchmark, multiplier: 100))
      #expect(funnel.units.allSatisfy { $0.limits?.upper998 == benchmark && $0.limits?.lower998 == benchmark })
      #expect(funnel.units[1].place == (benchmark == 100 ? .inside : .outside998))
    }
    #expect(throws: CompanionError.self) {
      try Funnel([.init(name: "A", numerator: 2.5, denominator: 10)], options: .init(measure: .rate))
    }
  }

  @Test("a gap as long as the calendar is counted without walking through it")
  func longGaps() throws {
    let days = [4, 5, 6].map { Day.earliest.advanced(by: $0) } + [.latest]
    let series = Series(days: days, values: [1, 2, 3, 4], denominators: nil)
    let chart = try Chart(series, spec: ChartSpec(kind: .i, baseline: .first(2)))
    #expect(chart.cautions.contains { $0.hasPrefix("3652051 days have no value: ") }, "\(chart.cautions)")
    #expect(chart.phases[0].baselineValues == 2)
  }

  @Test("ranks that are nearly all tied have a p value, and all tied none")
  func ties() throws {
    let nearly = try Scatter((0..<40).map { .init(x: $0 == 39 ? 1 : 0, y: $0 == 39 ? 1 : 0) })
    // One pair in 40 stands out on both axes: by chance that is 1 in 40.
    #expect(close(nearly.spearman?.pValue, 1 / 40.0) && nearly.spearman?.coefficient == 1)
    #expect(try Scatter((0..<40).map { .init(x: Double($0), y: 3) }).spearman == nil)
  }

  @Test("every other value missing leaves no range broken where every other month is the rhythm")
  func alternating() throws {
    let values = (0..<24).map { $0 % 2 == 0 ? Double(5 + $0 % 3) : nil }
    let empty = try Chart(months(values), spec: ChartSpec(kind: .i))
    let absent = try Chart(
      Series(months(values).points.filter { $0.value != nil }), spec: ChartSpec(kind: .i))
    #expect(empty.limit(3, at: 0) == absent.limit(3, at: 0) && empty.limit(3, at: 0) != nil)
  }
}
