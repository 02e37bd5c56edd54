// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// A generator whose numbers are the same on every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Laws that hold for any data.
@Suite("laws of charts")
struct LawTests {
  /// Every kind with three rule sets, and every rule set with two kinds.
  static let kinds: [(ChartKind, RuleSet)] = ChartKind.allCases.flatMap { kind in
    RuleSet.available.filter { [.i, .p].contains(kind) || [.anhoej, .makingDataCount, .nelson].contains($0) }
      .map { (kind, $0) }
  }

  /// Values that the kind can have: counts of 20 to 300 and their denominators, subgroups of 2 to 6, times, or plain
  /// values; some missing.
  static func series(_ seed: UInt64, count: Int, kind: ChartKind) throws -> Series {
    var random = Seeded(state: seed)
    var level = 0.3
    var points: [Series.Point] = []
    var subgroups: [Series.Subgroup] = []
    for index in 0..<count {
      if Int.random(in: 0..<25, using: &random) == 0 { level = Double.random(in: 0.1...0.8, using: &random) }
      let isMissing = Int.random(in: 0..<15, using: &random) == 0
      let denominator = Double(Int.random(in: 20...300, using: &random))
      let share = min(max(level + Double.random(in: -0.1...0.1, using: &random), 0), 1)
      let numerator = (denominator * share).rounded()
      let day = Day(daysSinceEpoch: 15_000 + 7 * index)
      let plain = (numerator * 8 / denominator).rounded(.up) * 0.25 + (kind == .t ? 0.25 : 0)
      points.append(
        Series.Point(
          day: day, value: isMissing ? nil : kind.needsDenominator ? numerator : plain,
          denominator: kind.needsDenominator || kind == .iPrime ? denominator : nil))
      subgroups.append(
        Series.Subgroup(
          day: day,
          values: (0..<(isMissing ? 0 : Int.random(in: 2...6, using: &random))).map { _ in
            plain + Double.random(in: -1...1, using: &random)
          }))
    }
    return try kind.needsSubgroups ? Series(subgroups: subgroups) : Series(points)
  }

  /// The same values once more through a function, subgroup by subgroup.
  static func changed(_ series: Series, _ change: (Int, Double) -> Double) throws -> Series {
    Series(
      days: series.days, values: series.values.enumerated().map { $1.isNaN ? .nan : change($0, $1) },
      denominators: series.denominators, subgroups: series.subgroups)
  }

  /// The points of a range alone.
  static func slice(_ series: Series, _ range: Range<Int>) -> Series {
    Series(
      days: Array(series.days[range]), values: Array(series.values[range]),
      denominators: series.denominators.map { Array($0[range]) },
      subgroups: series.subgroups.map {
        SubgroupColumns(counts: Array($0.counts[range]), deviations: Array($0.deviations[range]))
      })
  }

  static func pattern(_ chart: Chart) -> [[Int]] { chart.signals.map(\.members) }

  static func expectClose(_ a: Double?, _ b: Double?, _ scale: Double = 1) {
    guard let a, let b else {
      #expect(a == nil && b == nil)
      return
    }
    #expect(abs(a - b) <= 1e-9 * max(abs(a), abs(b), scale))
  }

  @Test("adding a constant moves the lines of run, I and X̄ charts by it and changes no signal", arguments: kinds)
  func shiftEquivariance(kind: ChartKind, rules: RuleSet) throws {
    guard [.run, .i, .xBar].contains(kind) else { return }
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 10 + seed * 3, kind: kind)
      let before = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules))
      let after = try Chart(Self.changed(series) { $1 + 1024 }, spec: ChartSpec(kind: kind, ruleSet: rules))
      #expect(Self.pattern(before) == Self.pattern(after))
      for (a, b) in zip(before.points, after.points) {
        Self.expectClose(a.centreLine.map { $0 + 1024 }, b.centreLine)
        Self.expectClose(a.upperLimit.map { $0 + 1024 }, b.upperLimit)
        Self.expectClose(a.nearLowerLimit.map { $0 + 1024 }, b.nearLowerLimit)
      }
    }
  }

  @Test("multiplying the values is the same as a multiplier, and changes no signal", arguments: kinds)
  func scaleEquivariance(kind: ChartKind, rules: RuleSet) throws {
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 10 + seed * 3, kind: kind)
      let before = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules))
      let shown = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules, multiplier: 100))
      #expect(Self.pattern(before) == Self.pattern(shown))
      for (a, b) in zip(before.points, shown.points) {
        Self.expectClose(a.value.map { $0 * 100 }, b.value)
        Self.expectClose(a.lowerLimit.map { $0 * 100 }, b.lowerLimit)
      }
      guard [.run, .i, .mr, .t, .iPrime].contains(kind) else { continue }
      let scaled = try Chart(Self.changed(series) { $1 * 100 }, spec: ChartSpec(kind: kind, ruleSet: rules))
      #expect(Self.pattern(before) == Self.pattern(scaled))
      for (a, b) in zip(shown.points, scaled.points) { Self.expectClose(a.upperLimit, b.upperLimit) }
    }
  }

  @Test("exclusions do not depend on their order, and an excluded value changes no line", arguments: kinds)
  func exclusions(kind: ChartKind, rules: RuleSet) throws {
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 30, kind: kind)
      var random = Seeded(state: UInt64(seed))
      let excluded = (0..<30).shuffled(using: &random).prefix(4)
      let one = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules, exclusions: Exclusions(excluded)))
      let other = try Chart(
        series, spec: ChartSpec(kind: kind, ruleSet: rules, exclusions: Exclusions(excluded.reversed())))
      #expect(one.points == other.points && one.signals == other.signals && one.summary == other.summary)

      // Neighbours of an excluded point keep their moving ranges on these.
      guard kind != .mr, kind != .iPrime else { continue }
      let changed = try Self.changed(series) { excluded.contains($0) ? $1 / 2 : $1 }
      let third = try Chart(changed, spec: ChartSpec(kind: kind, ruleSet: rules, exclusions: Exclusions(excluded)))
      for (a, b) in zip(one.points, third.points) {
        #expect(a.centreLine == b.centreLine && a.upperLimit == b.upperLimit && a.lowerLimit == b.lowerLimit)
      }
      #expect(
        one.signals.filter { $0.rule.pattern != .outside }.map(\.members)
          == third.signals.filter { $0.rule.pattern != .outside }.map(\.members))
    }
  }

  @Test("frozen lines do not move when points are added", arguments: kinds)
  func frozenLines(kind: ChartKind, rules: RuleSet) throws {
    // Of these the sizes, or the moving ranges, of all points of a phase count.
    guard ![.xBar, .s, .iPrime].contains(kind) else { return }
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 40, kind: kind)
      let spec = ChartSpec(kind: kind, ruleSet: rules, baseline: .first(12))
      let all = try Chart(series, spec: spec)
      for length in stride(from: 12, to: 40, by: 5) {
        let part = try Chart(Self.slice(series, 0..<length), spec: spec)
        for (a, b) in zip(part.points, all.points) {
          #expect(a.centreLine == b.centreLine && a.lowerLimit == b.lowerLimit && a.upperLimit == b.upperLimit)
          #expect(a.isBaseline == b.isBaseline)
        }
      }
    }
  }

  @Test("a phase is computed as if it were alone", arguments: kinds)
  func phasesAreIndependent(kind: ChartKind, rules: RuleSet) throws {
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 45, kind: kind)
      let starts = [1 + seed % 14, 16 + seed % 20]
      let whole = try Chart(
        series,
        spec: ChartSpec(kind: kind, ruleSet: rules, direction: .up, phases: starts.map { PhaseStart(index: $0) }))
      for (start, end) in zip([0] + starts, starts + [45]) {
        let alone = try Chart(
          Self.slice(series, start..<end), spec: ChartSpec(kind: kind, ruleSet: rules, direction: .up))
        for (a, b) in zip(alone.points, whole.points[start..<end]) {
          #expect(a.value == b.value && a.centreLine == b.centreLine && a.mark == b.mark)
          #expect(a.lowerLimit == b.lowerLimit && a.nearUpperLimit == b.nearUpperLimit)
        }
        let inside = whole.signals.filter { whole.phases[$0.phase].points.lowerBound == start }
        #expect(inside.map { $0.members.map { $0 - start } } == Self.pattern(alone))
      }
    }
  }

  @Test("turning the direction turns improvement into concern, and nothing else", arguments: kinds)
  func direction(kind: ChartKind, rules: RuleSet) throws {
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 40, kind: kind)
      let up = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules, direction: .up))
      let down = try Chart(series, spec: ChartSpec(kind: kind, ruleSet: rules, direction: .down))
      #expect(Self.pattern(up) == Self.pattern(down))
      for (a, b) in zip(up.signals, down.signals) {
        switch a.meaning {
        case .improvement: #expect(b.meaning == .concern)
        case .concern: #expect(b.meaning == .improvement)
        case .neutral: #expect(b.meaning == .neutral && a.side == .neither)
        }
      }
    }
  }

  @Test("missing points change neither lines nor signals of run charts", arguments: RuleSet.available)
  func gaps(rules: RuleSet) throws {
    for seed in 1...8 {
      let series = try Self.series(UInt64(seed), count: 50, kind: .i)
      let present = series.points.indices.filter { series.points[$0].value != nil }
      let with = try Chart(series, spec: ChartSpec(kind: .run, ruleSet: rules))
      let without = try Chart(Series(present.map { series.points[$0] }), spec: ChartSpec(kind: .run, ruleSet: rules))
      #expect(Self.pattern(with) == Self.pattern(without).map { $0.map { present[$0] } })
      #expect(with.phases.first?.centreLine == without.phases.first?.centreLine)
    }
  }

  @Test("the median by selection is the median by sorting")
  func median() {
    var random = Seeded(state: 7)
    for count in 1...300 {
      let range = count % 3 == 0 ? 0...3 : 0...1000
      var values = (0..<count).map { _ in Double(Int.random(in: range, using: &random)) }
      let sorted = values.sorted()
      let expected = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
      #expect(RunChart.median(&values) == expected)
      #expect(values.sorted() == sorted)
    }
    var none: [Double] = []
    #expect(RunChart.median(&none).isNaN)
  }
}
