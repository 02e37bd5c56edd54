// SPDX-License-Identifier: Apache-2.0

extension Wording {
  /// What the chart says as a whole: what the latest values show, and whether the target is in reach.
  ///
  /// - Parameter verdict: the target against the limits, for any rule set.
  func summary(points: [ChartPoint], signals: [Signal], verdict: Assurance?) -> String {
    let rows = points.indices.filter { points[$0].value != nil && !points[$0].isExcluded }
    guard let last = rows.last else { return "There are no values yet." }
    guard rows.count > 1 else { return "There is only one value so far; a chart begins to speak with more of them." }
    let state =
      latest(of: points[last], signals: signals)
      ?? earlier(signals.filter { $0.phase == points[last].phase })
      ?? calm(count: rows.count { points[$0].phase == points[last].phase })
    return [state, target(verdict)].compactMap(\.self).joined(separator: " ")
  }

  /// What the rule with precedence says of the latest value.
  private func latest(of point: ChartPoint, signals: [Signal]) -> String? {
    let current = point.signals.map { signals[$0] }
    let marking = current.last { $0.rule == point.mark?.rule && $0.side == point.mark?.side }
    guard let signal = marking else { return nil }
    let count = signal.members.count
    let high = signal.side == .high
    let noun = period.noun(count)
    let place = high ? "above" : "below"
    let pattern =
      switch signal.rule {
      case .outside where count == 1:
        "The latest \(noun) is \(place) the \(high ? "upper" : "lower") limit"
      case .outside: "The last \(count) \(noun) are all \(place) the \(high ? "upper" : "lower") limit"
      case .shift, .longestRun:
        "The last \(count) \(noun) are all \(place) the \(spec.kind == .run ? "median" : "centre line")"
      case .trend: "The last \(count) \(noun) are each \(high ? "higher" : "lower") than the one before"
      case .twoOfThree: "\(count) of the latest \(period.noun(2)) lie close to the \(high ? "upper" : "lower") limit"
      case .crossings: "The values move too slowly for chance"
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
    if signal.rule == .crossings, signals.count == 1 {
      return signal.sentence + " Look for what made the values drift."
    }
    let pointwise = signals.filter { $0.rule != .crossings }
    guard let recent = pointwise.max(by: { ($0.members.last ?? 0) < ($1.members.last ?? 0) }) else {
      return signal.sentence
    }
    let latest = "The latest \(period.noun(1)) shows no special cause, but there "
    return latest + (pointwise.count == 1 ? "is one before. " : "are some before. ")
      + recent.sentence
  }

  private func calm(count: Int) -> String {
    if count < Wording.firmLimits {
      return "\(count) values so far show no special cause; with so few, only a large change could show."
    }
    return "The values show no special cause, only their usual ups and downs. "
      + "To get another result, the way of working has to change."
  }

  private func target(_ verdict: Assurance?) -> String? {
    guard let verdict, let target = spec.target else { return nil }
    let amount = quantity(plainFigure(target), unit: spec.unit)
    return switch verdict {
    case .pass: "As things are, the target of \(amount) will be met again and again."
    case .fail: "As things are, the target of \(amount) will not be met."
    case .hitOrMiss: "The target of \(amount) will sometimes be met and sometimes missed, by chance."
    }
  }

  /// With fewer values than this, limits are trial limits.
  static let firmLimits = 12

  /// What to keep in mind.
  func cautions(phases: [Phase]) -> [String] {
    guard !series.points.isEmpty else { return [] }
    var cautions: [String] = []
    for (index, phase) in phases.enumerated() {
      let place = phases.count == 1 ? "" : " in phase \(index + 1)"
      let lines = spec.kind.hasLimits ? "centre line and limits" : "centre line"
      let values = phase.baselineValues
      if values == 0 {
        cautions.append("No value sets the \(lines)\(place).")
        continue
      }
      if values < Wording.firmLimits {
        cautions.append(
          "Only \(values) \(values == 1 ? "value sets" : "values set") the \(lines)\(place): "
            + "trial lines until there are \(Wording.firmLimits).")
      }
      if spec.kind.hasLimits, values > 1 {
        let sigmas = phase.points.lazy.map { analysis.lines.sigmas[$0] }
        if sigmas.allSatisfy(\.isNaN) {
          cautions.append("The values\(place) vary too little, or too wildly, for limits to be computed.")
        } else if sigmas.contains(0) {
          cautions.append("The values\(place) do not vary; the limits lie on the centre line.")
        }
      }
    }
    let withoutDenominator = series.points.count { $0.denominator == 0 }
    if withoutDenominator > 0 {
      cautions.append("\(points(withoutDenominator)) with a denominator of 0 \(have(withoutDenominator)) no value.")
    }
    if series.hasDenominators {
      let incomplete = series.points.count { ($0.value == nil) != ($0.denominator == nil) }
      if incomplete > 0 {
        cautions.append(
          "\(points(incomplete)) without numerator or denominator \(have(incomplete)) no value.")
      }
    }
    return cautions
  }

  private func points(_ count: Int) -> String { "\(count) \(count == 1 ? "point" : "points")" }
  private func have(_ count: Int) -> String { count == 1 ? "has" : "have" }
}
