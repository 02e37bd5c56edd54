// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("rules")
struct RuleTests {
  /// Months from January 2020.
  static func months(_ values: [Double?], over denominator: Double? = nil) throws -> Series {
    try Series(
      values.enumerated().map { index, value in
        .init(
          day: try #require(Day(year: 2020 + index / 12, month: index % 12 + 1, day: 1)), value: value,
          denominator: denominator)
      })
  }

  static func members(_ rule: Pattern, _ chart: Chart) -> [[Int]] {
    chart.signals.filter { $0.rule.pattern == rule }.map(\.members)
  }

  /// Six about 10, and then what the test is about.
  static let calm: [Double?] = [10, 9, 11, 9, 11, 10]

  static func shifts(_ values: [Double?], exclusions: Set<Int> = []) throws -> [[Int]] {
    let spec = ChartSpec(
      kind: .i, ruleSet: .makingDataCount1, exclusions: Exclusions(exclusions), knownCentreLine: 10)
    return try members(.shift(points: 7), Chart(months(values), spec: spec))
  }

  @Test("a point on the centre line breaks a Making Data Count shift")
  func centreBreaksShift() throws {
    #expect(try Self.shifts([9, 11, 12, 11, 12, 11, 12, 11]) == [[1, 2, 3, 4, 5, 6, 7]])
    #expect(try Self.shifts([9, 11, 12, 11, 10, 11, 12, 11, 12]) == [])
  }

  @Test("missing and excluded points neither break a shift nor belong to it")
  func gapsInShift() throws {
    #expect(try Self.shifts([9, 11, 12, nil, 11, 12, 11, 12, 11]) == [[1, 2, 4, 5, 6, 7, 8]])
    #expect(try Self.shifts([9, 11, 12, 0, 11, 12, 11, 12, 11], exclusions: [3]) == [[1, 2, 4, 5, 6, 7, 8]])
    #expect(try Self.shifts([9, 11, 12, nil, 11, 12, 11, 12]) == [])
  }

  @Test("a peak ends the rise before it and begins the fall after it")
  func peak() throws {
    let chart = try Chart(
      Self.months([1, 2, 3, 4, 5, 6, 7, 6.5, 5.5, 4.5, 3.5, 2.5, 1.5]),
      spec: ChartSpec(kind: .run, ruleSet: .makingDataCount1, direction: .up))
    #expect(Self.members(.trend(points: 7), chart) == [Array(0...6), Array(6...12)])
    #expect(chart.points[5].mark?.meaning == .improvement && chart.points[6].mark?.meaning == .concern)
  }

  @Test("equal neighbours break a trend")
  func tie() throws {
    let spec = ChartSpec(kind: .run, ruleSet: .makingDataCount1)
    #expect(try Chart(Self.months([1, 2, 3, 4, 4, 5, 6, 7]), spec: spec).signals.isEmpty)
    #expect(try Chart(Self.months([1, 2, 3, 4, 5, 6, 7]), spec: spec).signals.map(\.members) == [Array(0...6)])
  }

  @Test("neighbours beyond the same limit are one signal, an excluded point still can be outside")
  func outside() throws {
    let chart = try Chart(
      Self.months(Self.calm + Self.calm + [30, 31, 10, -20, 32]),
      spec: ChartSpec(kind: .i, direction: .down, exclusions: [12, 13, 15, 16]))
    #expect(Self.members(.outside, chart) == [[12, 13], [15], [16]])
    #expect(chart.signals.map(\.meaning) == [.concern, .improvement, .concern])
    #expect(chart.points[12].isExcluded && chart.points[12].mark?.rule.pattern == .outside)
    #expect(!chart.points[12].isBaseline)
  }

  @Test("on a run chart Making Data Count has shift and trend only, and no icons")
  func runChart() throws {
    let chart = try Chart(
      Self.months([5, 5, 5, 5, 5, 5, 5, 9, 9, 9, 9, 9, 9, 900]),
      spec: ChartSpec(kind: .run, ruleSet: .makingDataCount1, direction: .up, targets: 1))
    #expect(chart.points.allSatisfy { $0.upperLimit == nil && $0.nearUpperLimit == nil })
    #expect(Set(chart.signals.map(\.rule.pattern)) == [.shift(points: 7)])
    #expect(chart.variation == nil && chart.assurance == nil)
  }

  @Test("on a P chart Making Data Count uses the chart's own limits")
  func pChart() throws {
    var values: [Double?] = Array(repeating: 20, count: 20)
    values[3] = 40
    values[10...12] = [29, 21, 29]
    let chart = try Chart(
      Self.months(values, over: 100),
      spec: ChartSpec(kind: .p, ruleSet: .makingDataCount1, direction: .up, targets: 60, multiplier: 100))
    #expect(Self.members(.outside, chart) == [[3]])
    #expect(chart.points[10].nearUpperLimit.map { $0 < 31 } == true)
    #expect(chart.variation == .concernLow && chart.assurance == .fail)
  }

  @Test("two of three: all three on one side, two of them close to the limit, none of these outside")
  func twoOfThree() throws {
    // Limits 10 ± 6 by the calm baseline's moving range; near limits 10 ± 4.
    let baseline: [Double?] = (0..<12).map { $0 % 2 == 0 ? 8.87 : 11.13 }
    func found(_ tail: [Double?]) throws -> [[Int]] {
      let spec = ChartSpec(kind: .i, ruleSet: .makingDataCount1, baseline: .first(12))
      let chart = try Chart(Self.months(baseline + tail), spec: spec)
      return Self.members(RuleSet.makingDataCount1.rules[2].pattern, chart).map { $0.map { $0 - 12 } }
    }
    #expect(try found([15, 11, 15]) == [[0, 2]])
    #expect(try found([9, 15, 15, 9]) == [])
    #expect(try found([15, 15, 11]) == [[0, 1]])
    #expect(try found([15, 20, 15]) == [[0, 2]])
    #expect(try found([15, 20, 11]) == [])
    #expect(try found([15, 11, 15, 11, 15]) == [[0, 2, 4]])
    #expect(try found([5, 5, 9, 15, 15, 11]) == [[0, 1], [3, 4]])
    #expect(try found([15, nil, 11, 15]) == [[0, 3]])
  }

  @Test("Anhøj's runs pass over points on the median")
  func anhoejRuns() throws {
    let values: [Double?] = [1, 1, 1, 1, 1, 1, 5, 1, 9, 9, 9, 9, 9, 5, 9, 9]
    let chart = try Chart(Self.months(values), spec: ChartSpec(kind: .run, direction: .up, knownCentreLine: 5))
    let runs = try #require(chart.phases[0].runs)
    #expect(runs.usefulPoints == 14 && runs.longestRun == 7 && runs.crossings == 1)
    #expect(runs.longestRunLimit == 7 && runs.crossingsLimit == 4)
    #expect(chart.signals.map(\.rule.pattern) == [.crossings])
    #expect(chart.points.allSatisfy { $0.mark == nil })
    let longer = try Chart(
      Self.months(values + [9, 9, 9]), spec: ChartSpec(kind: .run, direction: .up, knownCentreLine: 5))
    #expect(Self.members(.longestRun, longer) == [[8, 9, 10, 11, 12, 14, 15, 16, 17, 18]])
    #expect(longer.signals.first?.meaning == .improvement)
  }

  @Test("the assurance icon goes by the limits of the latest phase")
  func assuranceAfterPhase() throws {
    let low: [Double?] = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
    let values = low + low.map { $0.map { $0 + 50 } }
    func assurance(_ direction: Direction, _ target: Double) throws -> Assurance? {
      try Chart(
        Self.months(values),
        spec: ChartSpec(
          kind: .i, ruleSet: .makingDataCount1, direction: direction, targets: Targets(target), phases: [12])
      ).assurance
    }
    #expect(try assurance(.up, 10) == .pass)
    #expect(try assurance(.down, 10) == .fail)
    #expect(try assurance(.up, 51.5) == .hitOrMiss)
    #expect(try assurance(.up, 99) == .fail)
    #expect(try assurance(.neutral, 99) == nil)
  }
}
