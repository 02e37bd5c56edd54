// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// What can be judged, and by how much.
@Suite("what can be judged")
struct JudgementTests {
  @Test("of moving ranges only the limits say something, whatever the rule set", arguments: RuleSet.available)
  func movingRanges(rules: RuleSet) throws {
    let values: [Double?] = (0..<14).map { $0 % 2 == 0 ? 10 : 10.2 } + [14, 10, 14, 10, 15, 10, 14]
    let series = try RuleTests.months(values)
    let alone = try Chart(series, spec: ChartSpec(kind: .mr, ruleSet: rules))
    #expect(alone.signals.allSatisfy { $0.rule.pattern == .outside })
    #expect(alone.spec.rulesApplied.allSatisfy { $0.pattern == .outside } && alone.runsSentence == nil)
  }

  @Test("of deviations too", arguments: RuleSet.available)
  func deviations(rules: RuleSet) throws {
    // Ten calm days, then ten wild ones: long runs on both sides.
    let series = try Series(
      subgroups: (0..<20).map { day in
        let spread = day < 10 ? 1.0 : 1.4
        return Series.Subgroup(
          day: Day(daysSinceEpoch: 19_000 + day),
          values: [50 - spread, 50, 50 + spread, 50 + spread / 2, 50 - spread / 2])
      })
    let chart = try Chart(series, spec: ChartSpec(kind: .s, ruleSet: rules))
    #expect(chart.signals.allSatisfy { $0.rule.pattern == .outside })
  }

  @Test("20 of 24 values on the median are too few useful ones to judge")
  func fewUseful() throws {
    let values: [Double?] = Array(repeating: 5, count: 10) + [4, 6, 4, 6] + Array(repeating: 5, count: 10)
    for rules in RuleSet.available {
      let chart = try Chart(RuleTests.months(values), spec: ChartSpec(kind: .run, ruleSet: rules))
      guard chart.signals.isEmpty else { continue }
      #expect(
        chart.summary == """
          Only 4 of 24 values are useful, that is not on the median: too few to judge by. At least 10 are needed.
          """)
      #expect(
        chart.runsSentence
          == "Only 4 useful points (not on the median): too few to judge runs by, as at least 10 are needed.")
    }
  }

  @Test("24 equal values are said to be equal", arguments: [ChartKind.run, .i, .c])
  func equal(kind: ChartKind) throws {
    let chart = try Chart(
      RuleTests.months(Array(repeating: 7, count: 24)), spec: ChartSpec(kind: kind, ruleSet: .anhoej, unit: "days"))
    #expect(chart.summary == "All 24 values are 7 days: without any ups and downs there is nothing to judge.")
  }

  @Test("what does not vary is named: the values, or those that set the lines")
  func unvarying() throws {
    let frozen = try Chart(
      RuleTests.months(Array(repeating: 12, count: 5) + Array(repeating: 6, count: 8)),
      spec: ChartSpec(kind: .i, baseline: .first(5)))
    #expect(
      frozen.cautions.last
        == "The 5 values that set the lines do not vary, though later ones do: the limits lie on the centre line.")
    let all = try Chart(RuleTests.months(Array(repeating: 12, count: 13)), spec: ChartSpec(kind: .i))
    #expect(all.cautions == ["The values do not vary: the limits lie on the centre line."])
    let screened = try Chart(
      RuleTests.months(Array(repeating: 12, count: 13)), spec: ChartSpec(kind: .i, ruleSet: .makingDataCount1))
    #expect(screened.cautions == ["The values do not vary, so that no limits can be computed."])
    let within = try Series(
      subgroups: (0..<13).map {
        Series.Subgroup(day: Day(daysSinceEpoch: 19_000 + $0), values: [Double($0 % 3), Double($0 % 3)])
      })
    let means = try Chart(within, spec: ChartSpec(kind: .xBar))
    #expect(
      means.cautions.last == "The values within each subgroup do not vary: the limits lie on the centre line.")
  }

  @Test("a baseline longer than the series is said to move still")
  func longBaseline() throws {
    let values: [Double?] = (0..<20).map { Double([9, 11, 10][$0 % 3]) }
    let chart = try Chart(RuleTests.months(values), spec: ChartSpec(kind: .i, baseline: .first(60)))
    #expect(
      chart.cautions == [
        """
        The lines are to be frozen after 60 points, and there are only 20 so far: until then they move with every point.
        """
      ])
  }

  @Test("after a phase it is said from which level to which the values went, and that they stayed")
  func levels() throws {
    let before: [Double?] = (0..<12).map { [4.5, 4.7, 4.51][$0 % 3] }
    let after: [Double?] = (0..<12).map { [2.3, 2.5, 2.43][$0 % 3] }
    func summary(_ values: [Double?], _ reason: String = "new rota") throws -> String {
      try Chart(
        RuleTests.months(values),
        spec: ChartSpec(kind: .i, direction: .down, phases: [PhaseStart(index: 12, reason: reason)])
      ).summary
    }
    #expect(
      try summary(before + after) == """
        The mean fell from 4.57 to 2.41 with the phase from January 2021 (new rota). Since then the values show no \
        special cause: the new level has stayed.
        """)
    #expect(
      try summary(after + before, "").hasPrefix("The mean rose from 2.41 to 4.57 with the phase from January 2021. "))
    #expect(try summary(before + before).hasPrefix("The mean stayed at 4.57 with the phase from January 2021"))
    #expect(
      try summary(before + [2.4]).hasSuffix(
        "1 value since then shows no special cause; with so few, only a large change could show."))
  }

  @Test("months at an earlier level are a concern of then, and the new level is suggested")
  func earlierLevel() throws {
    let values: [Double?] = (0..<12).map { [4.5, 4.7, 4.6][$0 % 3] } + (0..<12).map { [2.3, 2.5, 2.4][$0 % 3] }
    let chart = try Chart(
      RuleTests.months(values), spec: ChartSpec(kind: .run, ruleSet: .makingDataCount, direction: .down))
    #expect(
      chart.sentences == [
        """
        12 months in a row, from January 2020 to December 2020, are above the median: a special cause, and a concern \
        then; they belong to an earlier level, before January 2021.
        """,
        """
        12 months in a row, from January 2021 to December 2021, are below the median: a special cause, and an \
        improvement.
        """,
      ])
    #expect(chart.phaseSuggestions.map(\.index) == [12])
    #expect(chart.words.labels == ["7 or more in a row above the median", "7 or more in a row below the median"])
  }

  @Test("of the latest months those are counted that are near a limit, out of those that were looked at")
  func nearLimit() throws {
    let calm: [Double?] = (0..<24).map { $0 % 2 == 0 ? 8.87 : 11.13 }
    func summary(_ tail: [Double?]) throws -> String {
      try Chart(
        RuleTests.months(calm + tail),
        spec: ChartSpec(kind: .i, ruleSet: .makingDataCount, direction: .down, baseline: .first(24))
      ).summary
    }
    #expect(try summary([15, 11, 15]).hasPrefix("2 of the last 3 months are near or above the upper limit: "))
    #expect(try summary([11, 15, 15]).hasPrefix("2 of the last 3 months are near or above the upper limit: "))
    #expect(try summary([15, 15, 15.5]).hasPrefix("The last 3 months are all near or above the upper limit: "))
    #expect(try summary([15, 20]).contains("is above the upper limit"))
  }

  @Test("a run that passes over points on the line does not count them")
  func passedOver() throws {
    let values: [Double?] = (0..<12).map { $0 % 2 == 0 ? 1 : 9 } + [9, 9, 9, 9, 5, 9, 9, 9, 9, 9]
    let chart = try Chart(
      RuleTests.months(values), spec: ChartSpec(kind: .run, ruleSet: .anhoej, direction: .up, knownCentreLine: 5))
    #expect(
      chart.summary.hasPrefix("10 of the last 11 months are above the centre line, the other on it: a special cause"),
      "\(chart.summary)")
  }
}
