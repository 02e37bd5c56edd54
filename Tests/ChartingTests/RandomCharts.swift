// SPDX-License-Identifier: Apache-2.0

import SPC

/// Charts of every kind, rule set and shape, the same ones on every run.
struct RandomCharts {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

  /// SplitMix64.
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  private mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }
  private mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }

  /// A chart that can be made; of those that cannot another is tried.
  mutating func chart() -> Chart {
    while true {
      if let chart = try? attempt() { return chart }
    }
  }

  private mutating func attempt() throws -> Chart {
    let kind = ChartKind.allCases[below(ChartKind.allCases.count)]
    let rules = RuleSet.available[below(RuleSet.available.count)]
    let count = chance(4) ? 1 + below(4) : 5 + below(36)
    let step = [1, 7, 30, 91][below(4)]
    var level = 0.1 + 0.8 * share()
    // Constant series, steps, drifts and plain noise.
    let noise = [0, 0.02, 0.1, 0.3][below(4)]
    let drift = chance(6) ? (share() - 0.5) * 0.04 : 0
    let quantum = chance(3) ? 0.1 : 0.001
    let scale = chance(5) ? 1000.0 : 10
    let hasDenominators = kind.needsDenominator || ([.run, .i, .mr, .iPrime].contains(kind) && chance(2))
    let fixed = chance(3)
    let extreme = chance(12) ? Double(below(2)) : nil
    var points: [Series.Point] = []
    var subgroups: [Series.Subgroup] = []
    for index in 0..<count {
      if chance(14) { level = 0.1 + 0.8 * share() }
      level = min(max(level + drift, 0), 1)
      let isMissing = chance(12)
      var value = min(max(level + (share() - 0.5) * noise, 0), 1)
      value = extreme ?? ((value / quantum).rounded() * quantum)
      let day =
        step == 30
        ? Day(year: 2021 + index / 12, month: index % 12 + 1, day: 1) ?? .earliest
        : Day(daysSinceEpoch: 18_628 + step * index)
      let denominator = hasDenominators ? Double(fixed ? 100 : 20 + below(200)) : nil
      let number =
        denominator.map { ($0 * value).rounded() }
        ?? (kind == .c || kind == .g ? (value * 20).rounded() : value * scale)
      points.append(
        Series.Point(
          day: day, value: isMissing ? nil : kind == .t ? number + 0.5 : number,
          denominator: isMissing && chance(2) ? nil : denominator))
      let size = isMissing ? 0 : 2 + below(4)
      subgroups.append(
        Series.Subgroup(
          day: day, values: (0..<size).map { _ in value * scale + (chance(3) ? 0 : (share() - 0.5) * noise * scale) }))
    }
    let series = kind.needsSubgroups ? try Series(subgroups: subgroups) : try Series(points)
    var spec = ChartSpec(kind: kind, ruleSet: rules, direction: Direction.allCases[below(3)])
    if hasDenominators, chance(2) { spec.multiplier = [100, 1000][below(2)] }
    spec.unit = ["", "%", "mmol", "£"][below(4)]
    if count > 3, chance(3) {
      var starts: Set<Int> = []
      for _ in 0...below(3) { starts.insert(1 + below(count - 1)) }
      spec.phases = starts.sorted().map { PhaseStart(index: $0, reason: chance(2) ? "new rota" : "") }
    }
    if chance(4) { spec.baseline = .first(max(rules.minimumFreeze, 1 + below(count + 5))) }
    if chance(5) {
      spec.exclusions = Exclusions((0..<1 + below(3)).map { _ in below(count) })
    }
    if chance(6) { spec.method = ChartMethod(screensMovingRanges: true, cutsLimitsAtZero: true) }
    // Targets anywhere, and exactly on values, limits and bounds.
    let plain = try Chart(series, spec: spec)
    var candidates = [0, spec.multiplier, level * spec.multiplier, level * scale, 3, -2, 1e6]
    for row in [0, count / 2, count - 1] {
      candidates += [
        plain.value(at: row), plain.centreLine(at: row), plain.limit(3, at: row), plain.limit(-3, at: row),
      ]
      .compactMap(\.self)
    }
    if !chance(4) {
      let target = candidates[below(candidates.count)]
      if chance(5) {
        let from = series.days[below(count)]
        spec.targets = Targets(steps: [
          .init(value: candidates[below(candidates.count)]), .init(from: from, value: target),
        ])
      } else {
        spec.targets = Targets(target)
      }
    }
    return try Chart(series, spec: spec)
  }
}
