// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// What is said of a target, and what is not.
@Suite("targets")
struct TargetAssessmentTests {
  static func chart(
    _ values: [Double?], over denominators: [Double?]? = nil, kind: ChartKind, rules: RuleSet = .makingDataCount,
    direction: Direction = .up, target: Targets, multiplier: Double = 1, unit: String = "",
    baseline: Baseline = .all, phases: [PhaseStart] = [], method: ChartMethod = ChartMethod()
  ) throws -> Chart {
    let points = values.enumerated().map { index, value in
      Series.Point(
        day: Day(year: 2023 + index / 12, month: index % 12 + 1, day: 1) ?? .earliest, value: value,
        denominator: denominators?[index])
    }
    return try Chart(
      Series(points),
      spec: ChartSpec(
        kind: kind, ruleSet: rules, direction: direction, targets: target, multiplier: multiplier, unit: unit,
        baseline: baseline, phases: phases, method: method))
  }

  static let due: [Double?] = (0..<24).map { [30, 31, 32, 33, 34][$0 % 5] }
  static let split: [Double?] =
    [12, 14, 11, 13, 15, 12, 13, 14, 12, 11, 13, 20] + [21, 19, 22, 20, 21, 20, 22, 19, 21, 20, 21, 22]

  @Test(
    "all patients in time: without limits, and with limits that are one line, the months are counted",
    arguments: [
      (ChartKind.pPrime, 95.0), (.p, 100), (.p, 95), (.i, 100), (.iPrime, 100), (.run, 95),
    ])
  func allMet(kind: ChartKind, target: Double) throws {
    let chart = try Self.chart(
      Self.due, over: Self.due, kind: kind, target: Targets(target), multiplier: 100, unit: "%")
    let found = try #require(chart.targetAssessment)
    #expect(found.basis == .values && found.met == 24 && found.counted == 24)
    #expect(found.sentence == "24 of 24 months met the target of \(Int(target))%.")
    #expect(chart.summary.hasSuffix(found.sentence) && !chart.summary.contains("missed"))
    // A target on limits that are one line, which every value meets, is met.
    #expect(chart.assurance == ([.p, .i, .iPrime].contains(kind) ? .pass : nil))
  }

  @Test(
    "13 months without a fall met the target, though no limits can be computed",
    arguments: [
      ChartKind.uPrime, .u, .c,
    ])
  func noEvents(kind: ChartKind) throws {
    let days: [Double?] = (0..<13).map { [300, 310, 290][$0 % 3] }
    let chart = try Self.chart(
      Array(repeating: 0, count: 13), over: kind == .c ? nil : days, kind: kind, direction: .down, target: 2,
      multiplier: kind == .c ? 1 : 1000)
    #expect(chart.targetAssessment?.sentence == "13 of 13 months met the target of 2.")
  }

  @Test(
    "one or two values give no verdict", arguments: [RuleSet.anhoej, .makingDataCount1, .makingDataCount2, .nelson])
  func few(rules: RuleSet) throws {
    let one = try Self.chart([90], kind: .i, rules: rules, target: 50)
    #expect(
      one.summary == """
        There is only one value so far; a chart begins to speak with more of them. \
        The only value so far met the target of 50.
        """)
    let two = try Self.chart([91, 90], kind: .i, rules: rules, target: 50)
    #expect(
      two.summary == """
        2 values so far show no special cause; with so few, only a large change could show. 2 of 2 months met the \
        target of 50; limits made of 2 values cannot say yet whether it will be met.
        """)
    #expect(one.assurance == nil && two.assurance == nil)
  }

  @Test("a phase of one value gives no verdict, however many came before it")
  func phaseOfOne() throws {
    let chart = try Self.chart(
      Self.split, kind: .i, rules: .anhoej, target: 18, baseline: .first(12),
      phases: [PhaseStart(index: 23, reason: "last")])
    let found = try #require(chart.targetAssessment)
    #expect(found.verdict == nil && found.counted == 1)
    #expect(found.sentence == "The only value of the latest phase met the target of 18.")
    #expect(!chart.summary.contains("every time"))
  }

  @Test("values that contradict frozen limits are told, and nothing is promised from these")
  func contradicted() throws {
    let chart = try Self.chart(Self.split, kind: .i, target: 18, baseline: .first(12))
    let found = try #require(chart.targetAssessment)
    #expect(found.basis == .latest && chart.assurance == nil)
    #expect(found.sentence == "All of the last 4 months met the target of 18.")
    #expect(found.label == "met in all of the last 4 months")
    let missed = try Self.chart(Self.split, kind: .i, target: 100, baseline: .first(12))
    #expect(missed.targetAssessment?.sentence == "None of the last 4 months met the target of 100.")
    // Here the latest months bear out what the limits say.
    #expect(missed.assurance == .fail)
    // The rules of IHI do not look at limits; the latest value is outside of them all the same.
    let jump = try Self.chart(
      [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 30], kind: .i, rules: .ihi, direction: .down, target: 20)
    #expect(jump.targetAssessment?.sentence == "The latest month did not meet the target of 20.")
  }

  @Test("shares are held against per cent on every kind of chart", arguments: [ChartKind.run, .i, .p, .iPrime])
  func shares(kind: ChartKind) throws {
    let met = [140, 144, 136, 148, 142, 138, 146, 140, 144, 142, 138, 140].map { Optional(Double($0)) }
    let all: [Double?] = Array(repeating: 200, count: 24)
    let chart = try Self.chart(met + met, over: all, kind: kind, target: 60, multiplier: 100, unit: "%")
    let found = try #require(chart.targetAssessment)
    #expect(found.met == 24)
    #expect(found.verdict == (kind == .run ? nil : .pass))
    #expect(chart.cautions.isEmpty)
    // The same without the multiplier: target and values are on two scales, and the chart says so.
    let plain = try Self.chart(met + met, over: all, kind: kind, target: 60)
    #expect(plain.targetAssessment?.basis == .scale && plain.targetAssessment?.verdict == nil)
    #expect(plain.cautions.first?.contains("multiplied by 1.") == true, "\(plain.cautions)")
  }

  @Test("a forgotten multiplier is named: a target of 3 for 0.0036 falls a bed day")
  func forgottenMultiplier() throws {
    let falls: [Double?] = (0..<24).map { Double([6, 7, 5, 8][$0 % 4]) }
    let days: [Double?] = Array(repeating: 1800, count: 24)
    let chart = try Self.chart(falls, over: days, kind: .u, direction: .down, target: 3, unit: "per 1,000 bed days")
    #expect(
      chart.cautions == [
        """
        The target of 3 per 1,000 bed days is about 830 times the mean of 0.00361 per 1,000 bed days. Check that both \
        are on one scale: the values are shown multiplied by 1.
        """
      ])
    #expect(!chart.summary.contains("every time"))
    let right = try Self.chart(falls, over: days, kind: .u, direction: .down, target: 3, multiplier: 1000)
    #expect(right.cautions.isEmpty && right.targetAssessment?.verdict == .hitOrMiss)
  }

  @Test(
    "targets on limits and on bounds",
    arguments: [
      // Nothing can be below 0 events, or above 100 %.
      (ChartKind.c, Direction.up, 0.0, 1.0, Assurance.pass), (.c, .down, 0, 1, .hitOrMiss),
      (.p, .down, 100, 100, .pass), (.p, .up, 100, 100, .fail),
    ])
  func bounds(kind: ChartKind, direction: Direction, target: Double, multiplier: Double, verdict: Assurance) throws {
    let counts: [Double?] = (0..<24).map { Double([2, 3, 1, 4][$0 % 4]) }
    let chart = try Self.chart(
      counts, over: kind == .p ? Array(repeating: 20, count: 24) : nil, kind: kind, direction: direction,
      target: Targets(target), multiplier: multiplier)
    #expect(chart.targetAssessment?.verdict == verdict, "\(chart.summary)")
  }

  @Test("a target that began within the phase is held against the values since")
  func since() throws {
    let values: [Double?] = (0..<24).map { Double([9, 11, 10][$0 % 3]) }
    let day = try #require(Day("2024-09-01"))
    let chart = try Self.chart(
      values, kind: .run, direction: .down,
      target: Targets(steps: [.init(value: 20), .init(from: day, value: 10)]))
    #expect(chart.targetAssessment?.sentence == "3 of 4 months since it was set met the target of 10.")
  }

  @Test("without a direction nothing is met or missed, and it is said where the values lie")
  func neutral() throws {
    let values: [Double?] = (0..<24).map { Double([9, 11, 10][$0 % 3]) }
    let chart = try Self.chart(values, kind: .i, direction: .neutral, target: 10)
    #expect(
      chart.targetAssessment?.sentence == """
        Of 24 months, 8 were above, 8 on and 8 below the target of 10; as no direction is wanted, none of them counts \
        as met or missed.
        """)
    #expect(chart.assurance == nil)
  }

  @Test("values that drift about the centre line promise nothing")
  func drift() throws {
    let values: [Double?] = [1, 2, 1, 2, 1, 2, 1, 5, 8, 9, 8, 9, 8, 9, 8, 4.9]
    let chart = try Self.chart(values, kind: .i, rules: .anhoej, direction: .down, target: 60)
    #expect(chart.signals.contains { $0.rule.pattern == .crossings })
    #expect(chart.targetAssessment?.basis == .values)
    #expect(chart.targetAssessment?.sentence == "16 of 16 months met the target of 60.")
  }
}
