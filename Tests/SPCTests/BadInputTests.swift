// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("bad and poor input")
struct BadInputTests {
  static func day(_ offset: Int) -> Day { Day(daysSinceEpoch: 18_000 + offset) }

  /// One value a day; for kinds that need subgroups, one value in each.
  static func series(
    _ values: [Double?], over denominators: [Double?]? = nil, kind: ChartKind = .run
  ) throws -> Series {
    if kind.needsSubgroups {
      return try Series(
        subgroups: values.enumerated().map { .init(day: day($0), values: $1.map { [$0] } ?? []) })
    }
    return try Series(
      values.enumerated().map { .init(day: day($0), value: $1, denominator: denominators?[$0]) })
  }

  @Test(
    "a series refuses what it cannot hold, naming the point",
    arguments: [
      ([(0, 1, nil), (0, 2, nil)], SeriesError.duplicateDay(index: 1, day: day(0))),
      ([(1, 1, nil), (0, 2, nil)], .outOfOrder(index: 1, day: day(0), previous: day(1))),
      ([(0, .nan, nil)], .notFinite(index: 0, day: day(0), field: "value")),
      ([(0, 1, nil), (1, -.infinity, nil)], .notFinite(index: 1, day: day(1), field: "value")),
      ([(0, 1, .infinity)], .notFinite(index: 0, day: day(0), field: "denominator")),
      ([(0, 1, -2)], .negativeDenominator(index: 0, day: day(0), denominator: -2)),
    ] as [([(Int, Double, Double?)], SeriesError)])
  func seriesErrors(points: [(Int, Double, Double?)], error: SeriesError) {
    #expect(throws: error) {
      try Series(points.map { .init(day: Self.day($0.0), value: $0.1, denominator: $0.2) })
    }
    #expect(error.description.hasSuffix("."))
  }

  @Test("a chart refuses what it cannot be, naming what is wrong")
  func chartErrors() throws {
    let plain = try Self.series([1, 2, 3, 4])
    let counts = try Self.series([1, 5, 3, nil], over: [10, 4, 10, 10])
    let negative = try Self.series([1, -5], over: [10, 10])
    let huge = try Self.series([1e300, -1e300], over: [1e-10, 1e-10])
    let cases: [(Series, ChartSpec, ChartError)] = [
      (plain, ChartSpec(kind: .p), .denominatorsMissing(kind: .p)),
      (plain, ChartSpec(kind: .uPrime), .denominatorsMissing(kind: .uPrime)),
      (
        counts, ChartSpec(kind: .p), .numeratorOverDenominator(index: 1, day: Self.day(1), numerator: 5, denominator: 4)
      ),
      (plain, ChartSpec(kind: .s), .subgroupsMissing(kind: .s)),
      (plain, ChartSpec(kind: .xBar), .subgroupsMissing(kind: .xBar)),
      (try Self.series([4, 0]), ChartSpec(kind: .t), .timeNotPositive(index: 1, day: Self.day(1), time: 0)),
      (try Self.series([4, -1]), ChartSpec(kind: .g), .negativeCount(index: 1, day: Self.day(1), count: -1)),
      (try Self.series([4, -1]), ChartSpec(kind: .c), .negativeCount(index: 1, day: Self.day(1), count: -1)),
      (plain, ChartSpec(kind: .i, baseline: .points([])), .baselineEmpty),
      (plain, ChartSpec(kind: .i, baseline: .points([1, 4])), .baselineOutOfRange(index: 4, points: 4)),
      (
        plain, ChartSpec(kind: .i, phases: [PhaseStart(index: 2, baseline: .first(0))]),
        .freezeTooShort(points: 0, minimum: 1)
      ),
      (plain, ChartSpec(kind: .i, method: ChartMethod(individualsWidth: 0)), .widthNotPositive(0)),
      (plain, ChartSpec(kind: .t, knownCentreLine: -1), .knownCentreLineOutOfRange(-1)),
      (
        plain,
        ChartSpec(kind: .i, targets: Targets(steps: [], trajectory: [.init(day: Self.day(1), value: .infinity)])),
        .targetNotFinite
      ),
      (negative, ChartSpec(kind: .u), .negativeCount(index: 1, day: Self.day(1), count: -5)),
      (huge, ChartSpec(kind: .i), .valueTooLarge(index: 0, day: Self.day(0))),
      (plain, ChartSpec(kind: .i, multiplier: 0), .multiplierNotPositive(0)),
      (plain, ChartSpec(kind: .i, multiplier: -1), .multiplierNotPositive(-1)),
      (plain, ChartSpec(kind: .i, multiplier: .infinity), .multiplierNotPositive(.infinity)),
      (plain, ChartSpec(kind: .i, targets: Targets(.nan)), .targetNotFinite),
      (counts, ChartSpec(kind: .pPrime, multiplier: 100, knownCentreLine: 101), .knownCentreLineOutOfRange(101)),
      (plain, ChartSpec(kind: .i, baseline: .first(0)), .freezeTooShort(points: 0, minimum: 1)),
      (
        plain, ChartSpec(kind: .i, ruleSet: .makingDataCount1, baseline: .first(11)),
        .freezeTooShort(points: 11, minimum: 12)
      ),
      (plain, ChartSpec(kind: .i, phases: [0]), .phaseStartOutOfRange(start: 0, points: 4)),
      (plain, ChartSpec(kind: .i, phases: [4]), .phaseStartOutOfRange(start: 4, points: 4)),
      (plain, ChartSpec(kind: .i, phases: [2, 2]), .phaseStartsNotAscending(start: 2)),
      (Series(), ChartSpec(kind: .i, phases: [1]), .phaseStartOutOfRange(start: 1, points: 0)),
      (plain, ChartSpec(kind: .i, exclusions: [4]), .exclusionOutOfRange(index: 4, points: 4)),
      (plain, ChartSpec(kind: .i, exclusions: [-1]), .exclusionOutOfRange(index: -1, points: 4)),
    ]
    for (series, spec, error) in cases {
      #expect(throws: error) { try Chart(series, spec: spec) }
      #expect(error.description.hasSuffix("."))
    }
  }

  @Test("a rule set is found by its name, with or without its version")
  func ruleSetNames() throws {
    #expect(try RuleSet.named("anhoej") == .anhoej)
    #expect(try RuleSet.named("Anhoej") == .anhoej)
    #expect(try RuleSet.named("making-data-count@1") == .makingDataCount1)
    for name in ["", "duncan", "anhoej@2", "anhoej@"] {
      #expect(throws: ChartError.unknownRuleSet(name)) { try RuleSet.named(name) }
    }
    #expect(ChartError.unknownRuleSet("x").description.contains("anhoej@1, anhoej-best-box@1"))
  }

  @Test("an empty series is an empty chart", arguments: LawTests.kinds)
  func empty(kind: ChartKind, rules: RuleSet) throws {
    let chart = try Chart(Series(), spec: ChartSpec(kind: kind, ruleSet: rules, direction: .up, targets: 1))
    #expect(chart.points.isEmpty && chart.phases.isEmpty && chart.signals.isEmpty)
    #expect(chart.variation == nil && chart.assurance == nil && chart.cautions.isEmpty)
    #expect(chart.summary == "There are no values yet.")
  }

  @Test("one point has a centre line and no signal", arguments: LawTests.kinds)
  func onePoint(kind: ChartKind, rules: RuleSet) throws {
    let series = try Self.series([3], over: kind.needsDenominator ? [4] : nil, kind: kind)
    let chart = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules))
    #expect(chart.signals.isEmpty)
    // A moving range needs two points, a deviation two values.
    guard kind != .mr, kind != .s else {
      #expect(chart.points[0].centreLine == nil)
      return
    }
    let centre = try #require(chart.points[0].centreLine)
    #expect(abs(centre - (kind.needsDenominator ? 0.75 : 3)) < 1e-12)
    #expect(chart.cautions.contains { $0.hasPrefix("Only 1 value sets") })
    #expect([.p, .u, .c, .g].contains(kind) || chart.points[0].upperLimit == nil)
  }

  @Test("values that are all missing make a chart that says so", arguments: LawTests.kinds)
  func allMissing(kind: ChartKind, rules: RuleSet) throws {
    let series = try Self.series([nil, nil, nil], over: kind.needsDenominator ? [4, 5, 6] : nil, kind: kind)
    let chart = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules, direction: .up, targets: 3))
    #expect(chart.points.allSatisfy { $0.value == nil && $0.centreLine == nil && $0.upperLimit == nil })
    #expect(chart.summary == "There are no values yet." && chart.signals.isEmpty && chart.variation == nil)
    #expect(chart.cautions.contains { $0.hasPrefix("No value sets") })
  }

  @Test("equal values make no signal", arguments: LawTests.kinds)
  func allEqual(kind: ChartKind, rules: RuleSet) throws {
    for value in [0, 0.1, 7, 1e6 / 3] {
      let quotients: [Double?]? = kind.needsDenominator ? Array(repeating: value * 3 + 1, count: 20) : nil
      guard kind != .t || value > 0 else { continue }
      let series = try Self.series(Array(repeating: value, count: 20), over: quotients, kind: kind)
      let chart = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules))
      // Limits of counts say that they should vary: that they do not is a signal for those who look for it.
      #expect(
        chart.signals.allSatisfy { signal in
          if case .hugging = signal.rule.pattern { [.p, .u, .c, .g].contains(kind) } else { false }
        })
      #expect(chart.phases[0].runs == nil)
      #expect(kind == .s || chart.points.allSatisfy { $0.centreLine != nil })
    }
  }

  @Test("a denominator of 0 leaves a gap and a caution", arguments: [ChartKind.p, .pPrime, .u, .uPrime, .run, .i])
  func zeroDenominator(kind: ChartKind) throws {
    let series = try Self.series([1, 0, 2, 3], over: [10, 0, 10, nil])
    let chart = try Chart(series, spec: ChartSpec(kind: kind, multiplier: 100))
    #expect(chart.points.map(\.value) == [10, nil, 20, nil])
    #expect(chart.cautions.contains("1 point with a denominator of 0 has no value."))
    #expect(chart.cautions.contains("1 point without numerator or denominator has no value."))
  }

  @Test("extreme numbers do not trap", arguments: LawTests.kinds)
  func extremes(kind: ChartKind, rules: RuleSet) throws {
    let large = try Self.series(
      [1e289, 2e289, 1e-300, kind == .t ? 1 : 0, .leastNonzeroMagnitude, 1e289],
      over: kind.needsDenominator ? [1e290, 1e290, 1, 1, .leastNonzeroMagnitude, 1e290] : nil, kind: kind)
    let chart = try Chart(
      large, spec: ChartSpec(kind: kind, ruleSet: rules, direction: .up, targets: 1e308, baseline: .first(1_000_000)))
    #expect(chart.points.count == 6)
    #expect(chart.points.allSatisfy { $0.upperLimit?.isFinite ?? true && $0.uncutLowerLimit?.isFinite ?? true })
    #expect(!chart.summary.isEmpty)
  }

  @Test("days know their calendar")
  func days() {
    for number in stride(from: -719_162, through: 2_932_896, by: 97) {
      let day = Day(daysSinceEpoch: number)
      let (year, month, dayOfMonth) = day.date
      #expect(Day(year: year, month: month, day: dayOfMonth) == day)
      #expect(Day(day.description) == day)
    }
    #expect(Day("2000-02-29")?.daysSinceEpoch == 11_016)
    #expect(Day("1970-01-01")?.daysSinceEpoch == 0)
    #expect(Day("0001-01-01") == .earliest && Day("9999-12-31") == .latest)
    #expect(Day(daysSinceEpoch: .max) == .latest && Day(daysSinceEpoch: .min) == .earliest)
    for text in ["1900-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-1-1", "0000-01-01", "x", "2023-01-0１"] {
      #expect(Day(text) == nil)
    }
    #expect(Day.latest.advanced(by: .max) == .latest)
  }
}
