// SPDX-License-Identifier: Apache-2.0

extension Wording {
  private var spec: ChartSpec { chart.spec }

  /// What the chart says as a whole: what the latest values show, and how they stand against the target.
  func summary(_ assessment: TargetAssessment?) -> String {
    guard let last = chart.latest else { return "There are no values yet." }
    let phase = chart.phase(of: last)
    let rows = participants(from: chart.phases[phase].points.lowerBound, through: last)
    let target = assessment?.sentence
    guard rows.count > 1 || phase > 0 else {
      let only = "There is only one value so far; a chart begins to speak with more of them."
      return [only, target].compactMap(\.self).joined(separator: " ")
    }
    let state =
      latest(last)
      ?? earlier(chart.signals.filter { $0.phase == phase }, phase)
      ?? calm(rows, phase)
    return [state, target].compactMap(\.self).joined(separator: " ")
  }

  /// The rows from one to another that have a value and are not left out.
  func participants(from first: Int, through last: Int) -> [Int] {
    first > last
      ? [] : (first...last).filter { !chart.values[$0].isNaN && !spec.exclusions.contains($0) }
  }

  /// What the rule with precedence says of the latest value.
  private func latest(_ row: Int) -> String? {
    guard let number = chart.markingSignal(at: row) else { return nil }
    let signal = chart.signals[number]
    let high = signal.side == .high
    let place = high ? "above" : "below"
    let limit = "the \(high ? "upper" : "lower") limit"
    let few = signal.members.count
    let pattern =
      switch signal.rule.pattern {
      case .outside where few == 1: "The latest \(period.noun(1)) is \(place) \(limit)"
      case .outside: lastOnes(signal, row) + " are \(few == 2 ? "both" : "all") \(place) \(limit)"
      case .shift, .longestRun:
        lastOnes(signal, row, " are \(allOf(signal, row))\(place) the \(centreLine)", others: "on it")
      case .trend:
        lastOnes(signal, row, " \(allOf(signal, row))\(high ? "rise" : "fall") from one to the next", others: "equal")
      case .zone(let zone): latestFar(signal, zone, row)
      case .hugging: lastOnes(signal, row) + " all lie close to the \(centreLine), closer than expected by chance"
      case .avoiding: lastOnes(signal, row) + " all lie away from the \(centreLine)"
      case .alternating: lastOnes(signal, row) + " go up and down in turn"
      case .crossings, .box, .runCount: "The values do not change sides as expected by chance"
      }
    let meaning =
      switch signal.meaning {
      case .improvement: "a special cause, and an improvement. Find out what made the difference, and keep it."
      case .concern: "a special cause, and a concern. Find out what happened."
      case .neutral: "a special cause. Find out what changed."
      }
    return pattern + ": " + meaning
  }

  /// `The last 9 months`.
  private func lastOnes(_ signal: Signal, _ row: Int) -> String {
    "The last \(signal.members.count) \(period.noun(signal.members.count))"
  }

  /// `The last 9 months are all above the centre line`, or `9 of the last 10 months are above the centre line, the other
  /// on it`.
  private func lastOnes(_ signal: Signal, _ row: Int, _ words: String, others: String) -> String {
    let rows = participants(from: signal.members[0], through: row)
    let passedOver = rows.count - signal.members.count
    if passedOver <= 0 { return lastOnes(signal, row) + words }
    return "\(signal.members.count) of the last \(rows.count) \(period.noun(rows.count))\(words), "
      + (passedOver == 1 ? "the other \(others)" : "the others \(others)")
  }

  private func allOf(_ signal: Signal, _ row: Int) -> String {
    participants(from: signal.members[0], through: row).count > signal.members.count ? "" : "all "
  }

  /// `2 of the last 3 months are near or above the upper limit`.
  private func latestFar(_ signal: Signal, _ zone: Pattern.Zone, _ row: Int) -> String {
    let high = signal.side == .high
    var rows = participants(from: signal.members[0], through: row)
    if rows.count < zone.of {
      // As many as the rule looks at, where the others do not lie as far out.
      let all = participants(from: chart.phases[signal.phase].points.lowerBound, through: row).suffix(zone.of)
      let others = all.prefix(all.count - min(rows.count, all.count))
      if !others.contains(where: { isFar($0, zone, high: high) }) { rows = Array(all) }
    }
    let count = signal.members.count
    let noun = period.noun(rows.count)
    let which =
      rows.count == count ? "The last \(count) \(noun) are all" : "\(count) of the last \(rows.count) \(noun) are"
    return "\(which) \(far(zone, high: high))"
  }

  private func isFar(_ row: Int, _ zone: Pattern.Zone, high: Bool) -> Bool {
    guard let value = chart.value(at: row),
      let near = chart.uncutLimit(Double(high ? zone.sigma : -zone.sigma), at: row)
    else { return true }
    return Tolerance.side(value, of: near, scale: abs(near)) == (high ? 1 : -1)
  }

  /// Where the members of a zone lie: `near or above the upper limit`.
  func far(_ zone: Pattern.Zone, high: Bool) -> String {
    let place = high ? "above" : "below"
    if zone.sigma != 2 { return "well \(place) the \(centreLine)" }
    return (zone.countsOutside ? "near or \(place)" : "near") + " the \(high ? "upper" : "lower") limit"
  }

  /// What signals say that do not reach the latest value.
  private func earlier(_ signals: [Signal], _ phase: Int) -> String? {
    guard let signal = signals.max(by: { ($0.members.last ?? 0) < ($1.members.last ?? 0) }) else { return nil }
    if !signal.rule.marksPoints, signals.count == 1 {
      return sentence(for: signal) + " Look for what made the values drift."
    }
    let pointwise = signals.filter(\.rule.marksPoints)
    guard let recent = pointwise.max(by: { ($0.members.last ?? 0) < ($1.members.last ?? 0) }) else {
      return sentence(for: signal)
    }
    let latest = "The latest \(period.noun(1)) shows no special cause, but there "
    return [
      levels(into: phase),
      latest + (pointwise.count == 1 ? "is one before. " : "are some before. ") + sentence(for: recent),
    ].compactMap(\.self).joined(separator: " ")
  }

  /// What a phase without a signal says.
  private func calm(_ rows: [Int], _ phase: Int) -> String {
    let count = rows.count
    let values = count == 1 ? "1 value" : "\(count) values"
    let levels = levels(into: phase)
    let since = levels == nil ? " so far" : " since then"
    if count < Phase.firmBaseline {
      let few = "with so few, only a large change could show."
      let calm = "\(values)\(since) \(count == 1 ? "shows" : "show") no special cause; \(few)"
      return [levels, calm].compactMap(\.self).joined(separator: " ")
    }
    if let unjudged = unjudged(rows, phase) { return [levels, unjudged].compactMap(\.self).joined(separator: " ") }
    if let levels { return levels + " Since then the values show no special cause: the new level has stayed." }
    return "The values show no special cause, only their usual ups and downs. "
      + "To get another result, the way of working has to change."
  }

  /// Why values without a signal say nothing: they are all the same, or too few of them lie off the centre line.
  private func unjudged(_ rows: [Int], _ phase: Int) -> String? {
    if let first = rows.first.flatMap(chart.value(at:)), areEqual(rows) {
      return "All \(rows.count) values are \(quantity(plainFigure(first), unit: spec.unit)): without any ups and downs "
        + "there is nothing to judge."
    }
    guard !spec.kind.hasLimits || chart.limit(3, at: rows[rows.count - 1]) == nil, chart.series.isOrdered else {
      return nil
    }
    let useful = chart.phases[phase].runs?.usefulPoints ?? 0
    guard useful < RunsAnalysis.fewestUseful else { return nil }
    let are = useful == 1 ? "is" : "are"
    return
      "Only \(useful) of \(rows.count) values \(are) useful, that is not on the \(centreLine): too few to judge by. "
      + "At least \(RunsAnalysis.fewestUseful) are needed."
  }

  /// Whether all values are the same.
  func areEqual(_ rows: [Int]) -> Bool {
    guard let first = rows.first else { return false }
    let value = chart.values[first]
    return rows.allSatisfy { Tolerance.areEqual(chart.values[$0], value) }
  }

  /// How the level of a phase differs from that of the one before it; nil for the first.
  private func levels(into phase: Int) -> String? {
    guard phase > 0, let new = chart.phases[phase].centreLine, let old = chart.phases[phase - 1].centreLine else {
      return nil
    }
    let places = places(toTell: [old, new])
    let (from, to) = (figure(old, places: places), figure(new, places: places))
    let name = spec.centreStatistic.title.lowercased()
    let start = period.phrase(of: chart.series.days[chart.phases[phase].points.lowerBound])
    let reason = chart.phases[phase].reason
    let begun = "with the phase from \(start)" + (reason.isEmpty ? "" : " (\(reason))")
    if from == to { return "The \(name) stayed at \(quantity(to, unit: spec.unit)) \(begun)." }
    return "The \(name) \(new < old ? "fell" : "rose") from \(quantity(from, unit: spec.unit)) to "
      + "\(quantity(to, unit: spec.unit)) \(begun)."
  }

  /// Decimal places that show three digits of the larger number.
  func places(toTell numbers: [Double]) -> Int {
    let largest = numbers.map(abs).max() ?? 0
    if largest == 0 || !largest.isFinite { return 0 }
    var places = 0
    var scale = 1.0
    while largest * scale < 100, places < 9 {
      scale *= 10
      places += 1
    }
    return places
  }
}
