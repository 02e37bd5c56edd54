// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("choosing a chart")
struct ChartChooserTests {
  static func series(_ values: [Double], over denominators: [Double]? = nil) throws -> Series {
    try Series(
      values.enumerated().map {
        .init(day: Day(daysSinceEpoch: 18_000 + 7 * $0), value: $1, denominator: denominators?[$0])
      })
  }

  /// Draws of a binomial distribution, by counting.
  static func binomial(_ count: Int, of size: Int, share: (Int) -> Double, seed: UInt64 = 1) -> [Double] {
    var random = Seeded(state: seed)
    return (0..<count).map { index in
      Double((0..<size).count { _ in Double.random(in: 0..<1, using: &random) < share(index) })
    }
  }

  @Test("proportions that vary by chance get a P chart, those that vary more with large denominators a P′ chart")
  func proportions() throws {
    let calm = Self.binomial(24, of: 800) { _ in 0.2 }
    let plain = ChartChooser.recommend(for: try Self.series(calm, over: calm.map { _ in 800 }))
    #expect(plain.kind == .p && plain.nature == .proportion)
    #expect(plain.dispersion.map { (0.6...1.3).contains($0) } == true)
    let wild = Self.binomial(24, of: 5000) { [0.18, 0.24, 0.2][$0 % 3] }
    let prime = ChartChooser.recommend(for: try Self.series(wild, over: wild.map { _ in 5000 }))
    #expect(prime.kind == .pPrime && (prime.dispersion ?? 0) > 3)
    #expect(prime.alternatives.map(\.kind) == [.p, .i, .uPrime])
  }

  @Test("what is more than its denominator, or no whole number, is a rate")
  func rates() throws {
    let counts = Self.binomial(24, of: 400) { _ in 0.02 }
    #expect(ChartChooser.recommend(for: try Self.series(counts, over: counts.map { _ in 2.5 })).kind == .u)
    #expect(
      ChartChooser.recommend(for: try Self.series(counts, over: counts.map { _ in 400 }), nature: .rate).kind == .u)
  }

  @Test("rare events are sent to charts of the time between them")
  func rare() throws {
    let rare = (0..<24).map { $0 % 6 == 0 ? 1.0 : 0 }
    for denominators: [Double]? in [nil, rare.map { _ in 300 }] {
      let recommendation = ChartChooser.recommend(for: try Self.series(rare, over: denominators))
      #expect(recommendation.kind == .run && recommendation.alternatives.contains { $0.kind == .t })
    }
    let times = (0..<20).map { Double($0 * 7 % 11 + 1) }
    #expect(ChartChooser.recommend(for: try Self.series(times), nature: .timeBetween).kind == .t)
    #expect(ChartChooser.recommend(for: try Self.series([0] + times), nature: .timeBetween).kind == .g)
    #expect(ChartChooser.recommend(for: try Self.series([0] + times), nature: .casesBetween).kind == .g)
  }

  @Test("counts, volumes, measurements and subgroups each get their own")
  func others() throws {
    let counts = Self.binomial(24, of: 1000) { _ in 0.01 }
    #expect(ChartChooser.recommend(for: try Self.series(counts)).kind == .c)
    let wild = (0..<24).map { Double($0 * 17 % 40) }
    #expect(ChartChooser.recommend(for: try Self.series(wild)).kind == .i)
    #expect(ChartChooser.recommend(for: try Self.series(counts.map { $0 + 4000 })).nature == .measurement)
    #expect(ChartChooser.recommend(for: try Self.series(counts.map { $0 / 7 })).kind == .i)
    let subgroups = try Series(
      subgroups: (0..<12).map { index in
        Series.Subgroup(day: Day(daysSinceEpoch: 18_000 + index), values: [1, 2, 3].map { $0 + Double(index % 3) })
      })
    #expect(ChartChooser.recommend(for: subgroups).kind == .xBar)
  }

  @Test("few values get a run chart, and are told what comes after")
  func few() throws {
    let recommendation = ChartChooser.recommend(for: try Self.series([3.5, 4, 5]))
    #expect(recommendation.kind == .run && recommendation.alternatives.map(\.kind) == [.i])
    #expect(recommendation.reasons[0].hasPrefix("3 values are too few"))
    #expect(ChartChooser.recommend(for: Series()).kind == .run)
  }

  @Test("whatever is recommended can be drawn", arguments: ChartKind.allCases)
  func possible(kind: ChartKind) throws {
    for seed in 1...20 {
      let series = try LawTests.series(UInt64(seed), count: seed * 2, kind: kind)
      let recommendation = ChartChooser.recommend(for: series)
      _ = try Chart(series, spec: ChartSpec(kind: recommendation.kind))
      #expect(recommendation.reasons.allSatisfy { $0.hasSuffix(".") })
    }
  }
}

@Suite("suggested phases")
struct PhaseSuggestionTests {
  static let calm: [Double?] = (0..<14).map { [10, 12, 9, 11, 8, 13, 10][$0 % 7] }

  static func chart(_ values: [Double?], _ rules: RuleSet = .makingDataCount, phases: [PhaseStart] = []) throws -> Chart
  {
    try Chart(
      RuleTests.months(values),
      spec: ChartSpec(kind: .i, ruleSet: rules, direction: .down, unit: "days", phases: phases))
  }

  @Test("a lasting change of level is suggested where it begins, with its evidence")
  func lasting() throws {
    let low = Self.calm.map { $0.map { $0 - 7 } }
    let chart = try Self.chart(Self.calm + low)
    let suggestion = try #require(chart.phaseSuggestions.first)
    #expect(chart.phaseSuggestions.count == 1)
    #expect(suggestion.index == 14 && suggestion.phase == 0 && suggestion.meaning == .improvement)
    #expect(suggestion.valuesBefore == 14 && suggestion.valuesAfter == 14)
    #expect(abs(suggestion.before - suggestion.after - 7) < 1e-9)
    #expect(!suggestion.evidence.isEmpty && suggestion.sentence.contains("March 2021"))
    // Once it is taken, nothing is left to suggest.
    #expect(try Self.chart(Self.calm + low, phases: [14]).phaseSuggestions.isEmpty)
  }

  @Test("a change that went back, a short one and none at all are not suggested")
  func passing() throws {
    let low = Self.calm.map { $0.map { $0 - 7 } }
    #expect(try Self.chart(Self.calm + low.prefix(8) + Self.calm).phaseSuggestions.isEmpty)
    #expect(try Self.chart(Self.calm + Self.calm + low.prefix(7)).phaseSuggestions.isEmpty)
    #expect(try Self.chart(Self.calm + Self.calm).phaseSuggestions.isEmpty)
    #expect(try Self.chart([]).phaseSuggestions.isEmpty)
  }

  @Test("every suggestion can be taken", arguments: [RuleSet.anhoej, .makingDataCount, .ihi, .nelson])
  func possible(rules: RuleSet) throws {
    for seed in 1...30 {
      let series = try LawTests.series(UInt64(seed), count: 60, kind: .i)
      let chart = try Chart(series, spec: ChartSpec(kind: .run, ruleSet: rules))
      for suggestion in chart.phaseSuggestions {
        let taken = try Chart(
          series, spec: ChartSpec(kind: .run, ruleSet: rules, phases: [PhaseStart(index: suggestion.index)]))
        #expect(taken.phases.count == 2 && suggestion.day == series.days[suggestion.index])
      }
    }
  }
}
