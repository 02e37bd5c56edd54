// SPDX-License-Identifier: Apache-2.0

extension Wording {
  private var spec: ChartSpec { chart.spec }

  /// What the chart says as a whole: what the latest values show, and whether the target is in reach.
  var summary: String {
    let rows = chart.values.indices.filter { !chart.values[$0].isNaN && !spec.exclusions.contains($0) }
    guard let last = rows.last else { return "There are no values yet." }
    guard rows.count > 1 else { return "There is only one value so far; a chart begins to speak with more of them." }
    let phase = chart.phase(of: last)
    let state =
      latest(last)
      ?? earlier(chart.signals.filter { $0.phase == phase })
      ?? calm(count: rows.count { chart.phases[phase].points.contains($0) })
    return [state, target].compactMap(\.self).joined(separator: " ")
  }

  /// What the rule with precedence says of the latest value.
  private func latest(_ row: Int) -> String? {
    guard let number = chart.markingSignal(at: row) else { return nil }
    let signal = chart.signals[number]
    let count = signal.members.count
    let high = signal.side == .high
    let noun = period.noun(count)
    let place = high ? "above" : "below"
    let pattern =
      switch signal.rule.pattern {
      case .outside where count == 1:
        "The latest \(noun) is \(place) the \(high ? "upper" : "lower") limit"
      case .outside: "The last \(count) \(noun) are all \(place) the \(high ? "upper" : "lower") limit"
      case .shift, .longestRun: "The last \(count) \(noun) are all \(place) the \(centreLine)"
      case .trend: "The last \(count) \(noun) are each \(high ? "higher" : "lower") than the one before"
      case .zone(let zone) where zone.sigma == 2:
        "\(count) of the latest \(period.noun(2)) lie close to the \(high ? "upper" : "lower") limit"
      case .zone: "\(count) of the latest \(period.noun(2)) lie well \(place) the \(centreLine)"
      case .hugging: "The last \(count) \(noun) all lie close to the \(centreLine), closer than chance would have it"
      case .avoiding: "The last \(count) \(noun) all lie away from the \(centreLine)"
      case .alternating: "The last \(count) \(noun) go up and down in turn"
      case .crossings, .box, .runCount: "The values do not change sides as chance would have it"
      }
    let meaning =
      switch signal.meaning {
      case .improvement: "a special cause, and an improvement. Find out what made the difference, and keep it."
      case .concern: "a special cause, and a concern. Find out what happened."
      case .neutral: "a special cause. Find out what changed."
      }
    return pattern + ": " + meaning
  }

  /// What signals say that do not reach the latest value.
  private func earlier(_ signals: [Signal]) -> String? {
    guard let signal = signals.max(by: { ($0.members.last ?? 0) < ($1.members.last ?? 0) }) else { return nil }
    if !signal.rule.marksPoints, signals.count == 1 {
      return sentence(for: signal) + " Look for what made the values drift."
    }
    let pointwise = signals.filter(\.rule.marksPoints)
    guard let recent = pointwise.max(by: { ($0.members.last ?? 0) < ($1.members.last ?? 0) }) else {
      return sentence(for: signal)
    }
    let latest = "The latest \(period.noun(1)) shows no special cause, but there "
    return latest + (pointwise.count == 1 ? "is one before. " : "are some before. ") + sentence(for: recent)
  }

  private func calm(count: Int) -> String {
    if count < Phase.firmBaseline {
      return "\(count) values so far show no special cause; with so few, only a large change could show."
    }
    return "The values show no special cause, only their usual ups and downs. "
      + "To get another result, the way of working has to change."
  }

  private var target: String? {
    guard let verdict = chart.verdict, let target = chart.targetInForce else { return nil }
    let amount = quantity(plainFigure(target), unit: spec.unit)
    return switch verdict {
    case .pass: "As things are, the target of \(amount) will be met again and again."
    case .fail: "As things are, the target of \(amount) will not be met."
    case .hitOrMiss: "The target of \(amount) will sometimes be met and sometimes missed, by chance."
    }
  }

  /// What to keep in mind.
  var cautions: [String] {
    let series = chart.series
    guard series.count > 0 else { return [] }
    var cautions: [String] = []
    for (index, phase) in chart.phases.enumerated() {
      let place = chart.phases.count == 1 ? "" : " in phase \(index + 1)"
      let lines = spec.kind.hasLimits ? "centre line and limits" : "centre line"
      let values = phase.baselineValues
      if values == 0 {
        cautions.append("No value sets the \(lines)\(place).")
        continue
      }
      if phase.isTrial {
        cautions.append(
          "Only \(values) \(values == 1 ? "value sets" : "values set") the \(lines)\(place): "
            + "trial lines until there are \(Phase.firmBaseline).")
      }
      if spec.kind.hasLimits, values > 1 {
        let sigmas = phase.points.lazy.map { chart.lines.sigma($0, index) }
        if sigmas.allSatisfy(\.isNaN) {
          cautions.append("The values\(place) vary too little, or too wildly, for limits to be computed.")
        } else if sigmas.contains(0) {
          cautions.append("The values\(place) do not vary; the limits lie on the centre line.")
        }
      }
    }
    if let missing = MissingPeriods(series, areEvents: spec.kind.isOfEvents).sentence { cautions.append(missing) }
    if let denominators = series.denominators, spec.kind != .c {
      let without = denominators.count { $0 == 0 }
      if without > 0 { cautions.append("\(points(without)) with a denominator of 0 \(have(without)) no value.") }
      let incomplete = zip(series.values, denominators).count { $0.isNaN != $1.isNaN }
      if incomplete > 0 {
        cautions.append("\(points(incomplete)) without numerator or denominator \(have(incomplete)) no value.")
      }
    }
    return cautions
  }

  private func points(_ count: Int) -> String { "\(count) \(count == 1 ? "point" : "points")" }
  private func have(_ count: Int) -> String { count == 1 ? "has" : "have" }
}
