// SPDX-License-Identifier: Apache-2.0

/// What a chart says, in plain English.
struct Wording {
  let chart: Chart
  let period: Period

  init(_ chart: Chart) {
    self.chart = chart
    period = chart.period
  }

  /// One signal in one sentence.
  func sentence(for signal: Signal) -> String { pattern(signal) + ": " + verdict(signal.meaning) + "." }

  private func verdict(_ meaning: Meaning) -> String {
    switch meaning {
    case .improvement: "a special cause, and an improvement"
    case .concern: "a special cause, and a concern"
    case .neutral: "a special cause"
    }
  }

  private func pattern(_ signal: Signal) -> String {
    let members = signal.members
    let count = members.count
    let high = signal.side == .high
    let side = high ? "above" : "below"
    let whole = "From \(name(members[0])) to \(name(members[count - 1])) "
    let runs = chart.phases[signal.phase].runs
    switch signal.rule.pattern {
    case .outside:
      let limit = high ? "above the upper limit" : "below the lower limit"
      return count == 1
        ? "\(capitalised(name(members[0]))) is \(limit)" : "\(inARow(members)), \(span(members)), are \(limit)"
    case .shift: return "\(inARow(members)), \(span(members)), are \(side) the \(centreLine)"
    case .trend:
      return "\(inARow(members)), \(span(members)), are each \(high ? "higher" : "lower") than the one before"
    case .zone(let zone):
      let rows = "\(spelled(zone.points)) of \(spelled(zone.of)) \(period.noun(2)) in a row"
      let place = zone.sigma == 2 ? "close to the \(high ? "upper" : "lower") limit" : "well \(side) the \(centreLine)"
      let verb = zone.countsOutside && zone.sigma == 2 ? "lie \(place) or beyond it" : "lie \(place)"
      return "\(capitalised(list(members))) \(verb), \(rows)"
    case .hugging:
      return "\(inARow(members)), \(span(members)), all lie close to the \(centreLine): the values vary less than the "
        + "limits allow for"
    case .avoiding:
      return "\(inARow(members)), \(span(members)), all lie away from the \(centreLine), on either side: perhaps two "
        + "processes in one chart"
    case .alternating: return "\(inARow(members)), \(span(members)), go up and down in turn"
    case .longestRun:
      return
        "\(inARow(members)), \(span(members)), are \(side) the \(centreLine), where chance alone rarely gives more "
        + "than \(runs?.longestRunLimit ?? 0)"
    case .crossings:
      return whole
        + "the line crosses the \(centreLine) only \(times(runs?.crossings ?? 0)), where chance alone rarely "
        + "gives fewer than \(runs?.crossingsLimit ?? 0)"
    case .box:
      return whole
        + "the line crosses the \(centreLine) \(times(runs?.crossings ?? 0)) and stays on one side for up to "
        + "\(runs?.longestRun ?? 0) \(period.noun(runs?.longestRun ?? 0)), which chance alone rarely gives together"
    case .runCount:
      let found = runs?.runCount ?? 0
      let likely = runs?.likelyRunCount ?? 0...0
      let comparison =
        found < likely.lowerBound ? "fewer than \(likely.lowerBound)" : "more than \(likely.upperBound)"
      return whole
        + "there \(found == 1 ? "is 1 run" : "are \(found) runs") about the \(centreLine), where chance alone "
        + "rarely gives \(comparison)"
    }
  }

  var centreLine: String { chart.spec.centreStatistic == .median ? "median" : "centre line" }

  private func times(_ count: Int) -> String {
    switch count {
    case 0: "0 times"
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }

  private func name(_ row: Int) -> String { period.phrase(of: chart.series.days[row]) }

  /// `9 months in a row`; without the last words when other points lie between.
  private func inARow(_ members: [Int]) -> String {
    let noun = "\(members.count) \(period.noun(members.count))"
    return areNeighbours(members) ? noun + " in a row" : noun
  }

  private func areNeighbours(_ members: [Int]) -> Bool {
    zip(members, members.dropFirst()).allSatisfy {
      $0 + 1 == $1 && period.isNext(chart.series.days[$0], chart.series.days[$1])
    }
  }

  private func span(_ members: [Int]) -> String {
    "from \(name(members[0])) to \(name(members[members.count - 1]))"
  }

  /// All of them by name, or the first and last of many.
  private func list(_ members: [Int]) -> String {
    guard members.count <= 8 else { return "\(members.count) \(period.noun(2)) \(span(members))" }
    let names = members.map(name)
    return names.count <= 2
      ? names.joined(separator: " and ")
      : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

/// The limits that a signal was judged by, at one of its members.
public struct LimitsUsed: Sendable, Hashable, Codable {
  public let centreLine: Double?
  public let lowerLimit: Double?
  public let upperLimit: Double?
  public let nearLowerLimit: Double?
  public let nearUpperLimit: Double?
}

extension Chart {
  /// What a signal of this chart says, in a sentence.
  public func sentence(for signal: Signal) -> String { Wording(self).sentence(for: signal) }

  /// What every signal says, in the order of `signals`.
  public var sentences: [String] {
    let wording = Wording(self)
    return signals.map(wording.sentence)
  }

  /// What the chart says, in one or two sentences for people who have never seen one.
  public var summary: String { Wording(self).summary }

  /// What to keep in mind when reading it, a sentence each.
  public var cautions: [String] { Wording(self).cautions }

  /// The lines that a signal of this chart was judged by, at each of its members.
  public func limits(usedBy signal: Signal) -> [LimitsUsed] {
    signal.members.map {
      LimitsUsed(
        centreLine: centreLine(at: $0), lowerLimit: limit(-3, at: $0), upperLimit: limit(3, at: $0),
        nearLowerLimit: limit(-2, at: $0), nearUpperLimit: limit(2, at: $0))
    }
  }
}
