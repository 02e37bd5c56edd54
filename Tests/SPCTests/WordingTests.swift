// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("what charts say")
struct WordingTests {
  @Test("a shift at the end is told first, then the target")
  func shift() throws {
    let values: [Double?] = [9, 11, 10, 9, 11, 10, 9, 11, 10, 11, 9, 10] + [12, 12, 13, 12, 12, 13, 12, 12, 13]
    let chart = try Chart(
      RuleTests.months(values),
      spec: ChartSpec(
        kind: .i, ruleSet: .makingDataCount1, direction: .down, targets: 2, unit: "days", baseline: .first(12)))
    #expect(
      chart.summary == """
        The last 9 months are all above the centre line: a special cause, and a concern. Find out what happened. \
        None of the last 9 months met the target of 2 days.
        """)
    #expect(
      chart.sentences.last == """
        9 months in a row, from January 2021 to September 2021, are above the centre line: a special cause, and a concern.
        """)
    #expect(chart.cautions.isEmpty)
  }

  @Test("a chart without a signal says what that means")
  func calm() throws {
    let values: [Double?] = [9, 11, 10, 9, 11, 10, 9, 11, 10, 11, 9, 10]
    let chart = try Chart(
      RuleTests.months(values), spec: ChartSpec(kind: .i, ruleSet: .makingDataCount1, direction: .up, targets: 11))
    #expect(
      chart.summary == """
        The values show no special cause, only their usual ups and downs. To get another result, the way of working \
        has to change. The target of 11 will sometimes be met and sometimes missed, by chance; so far 4 of 12 months met it.
        """)
    let short = try Chart(RuleTests.months(Array(values.prefix(5))), spec: ChartSpec(kind: .run))
    #expect(short.summary.hasPrefix("5 values so far show no special cause"))
    #expect(short.cautions == ["Only 5 values set the centre line: trial lines until there are 12."])
  }

  @Test("a signal that is over is told as past")
  func past() throws {
    let values: [Double?] = [9, 11, 10, 9, 11, 40, 9, 11, 10, 11, 9, 10]
    let chart = try Chart(
      RuleTests.months(values), spec: ChartSpec(kind: .i, ruleSet: .makingDataCount1, direction: .up))
    #expect(
      chart.summary == """
        The latest month shows no special cause, but there is one before. June 2020 is above the upper limit: \
        a special cause, and an improvement.
        """)
  }

  @Test("too few crossings are told where nothing else is")
  func crossings() throws {
    let values: [Double?] = [1, 1, 1, 1, 1, 1, 5, 1, 9, 9, 9, 9, 9, 5, 9, 9]
    let chart = try Chart(RuleTests.months(values), spec: ChartSpec(kind: .run, knownCentreLine: 5))
    #expect(
      chart.summary == """
        From January 2020 to April 2021 the line crosses the centre line only once, where at least 4 crossings are \
        expected by chance: a special cause. Look for what made the values drift.
        """)
  }

  @Test("every sentence ends as one, and names no member that is not there", arguments: LawTests.kinds)
  func sentences(kind: ChartKind, rules: RuleSet) throws {
    for seed in 1...30 {
      let series = try LawTests.series(UInt64(seed), count: seed * 3, kind: kind)
      let chart = try Chart(
        series,
        spec: ChartSpec(kind: kind, ruleSet: rules, direction: .down, targets: 0.4, phases: seed > 10 ? [15] : []))
      for text in [chart.summary] + chart.cautions + chart.signals.map(chart.sentence) {
        #expect(
          text.hasSuffix(".") && !text.contains("  ") && !text.contains("nan") && text.first?.isLowercase == false)
      }
      for signal in chart.signals {
        #expect(!signal.members.isEmpty && signal.members == signal.members.sorted())
        #expect(signal.members.allSatisfy { chart.points[$0].value != nil && chart.points[$0].phase == signal.phase })
        #expect(signal.ruleSet == rules.id && rules.rules.contains(signal.rule))
      }
    }
  }

  @Test(
    "the period is told from the days",
    arguments: [
      (["2024-01-01", "2024-02-01", "2024-04-01"], .month, "January 2024"),
      (["2024-01-15", "2024-02-15"], .month, "15 January 2024"),
      (["2024-01-01", "2024-04-01", "2024-10-01"], .quarter, "quarter from January 2024"),
      (["2020-01-01", "2021-01-01"], .year, "2020"),
      (["2020-04-01", "2021-04-01"], .year, "year from April 2020"),
      (["2024-01-01", "2024-01-08", "2024-01-29"], .week, "week of 1 January 2024"),
      (["2024-01-01", "2024-01-02", "2024-01-05"], .day, "1 January 2024"),
      (["2024-01-01", "2024-01-11", "2024-02-05"], .irregular, "1 January 2024"),
      (["2024-01-01"], .irregular, "1 January 2024"),
      (["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"], .month, "31 January 2024"),
      (["2023-02-28", "2023-03-31", "2023-04-30"], .month, "28 February 2023"),
      (["2024-01-30", "2024-02-29", "2024-03-30"], .month, "30 January 2024"),
      (["2024-04-30", "2024-05-30"], .month, "30 April 2024"),
      (["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31"], .quarter, "quarter from March 2023"),
      (["2023-02-28", "2024-02-29", "2025-02-28"], .year, "year from February 2023"),
      // The 30th is no month's end here, since others are of the 31st.
      (["2024-01-30", "2024-03-31", "2024-05-31"], .irregular, "30 January 2024"),
      (["2024-01-31", "2024-02-28", "2024-03-31"], .irregular, "31 January 2024"),
      (["2024-01-30", "2024-01-31", "2024-02-29"], .day, "30 January 2024"),
    ] as [([String], Period, String)])
  func period(days: [String], period: Period, name: String) throws {
    let days = try days.map { try #require(Day($0)) }
    #expect(Period(of: days) == period)
    #expect(period.name(of: days[0]) == name)
  }
}
