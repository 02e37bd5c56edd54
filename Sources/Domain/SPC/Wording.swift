// SPDX-License-Identifier: Apache-2.0

/// What a chart says, in plain English.
struct Wording {
  let chart: Chart
  let period: Period
  let levels: LevelStarts

  init(_ chart: Chart) {
    self.chart = chart
    period = chart.period
    levels = LevelStarts(chart)
  }

  /// One signal in one sentence.
  func sentence(for signal: Signal) -> String { pattern(signal) + ": " + verdict(signal) + "." }

  private func verdict(_ signal: Signal) -> String {
    let meaning =
      switch signal.meaning {
      case .improvement: "a special cause, and an improvement"
      case .concern: "a special cause, and a concern"
      case .neutral: "a special cause"
      }
    guard let start = levels.after(signal) else { return meaning }
    let then = signal.meaning == .neutral ? "" : " then"
    let noun = signal.members.count == 1 ? "it belongs" : "they belong"
    return "\(meaning)\(then); \(noun) to an earlier level, before \(name(start))"
  }

  /// A signal in a few words, for a column: `above the upper limit`.
  func label(for signal: Signal) -> String {
    let high = signal.side == .high
    let place = high ? "above" : "below"
    switch signal.rule.pattern {
    case .outside: return "\(place) the \(high ? "upper" : "lower") limit"
    case .shift(let points): return "\(points) or more in a row \(place) the \(centreLine)"
    case .trend(let points): return "\(points) or more in a row that \(high ? "rise" : "fall")"
    case .zone(let zone): return far(zone, high: high)
    case .hugging(let points, _): return "\(points) or more in a row close to the \(centreLine)"
    case .avoiding(let points, _): return "\(points) or more in a row away from the \(centreLine)"
    case .alternating(let points): return "\(points) or more in a row up and down in turn"
    case .longestRun: return "unusually long run \(place) the \(centreLine)"
    case .crossings: return "unusually few crossings of the \(centreLine)"
    case .box: return "unusual runs and crossings of the \(centreLine)"
    case .runCount: return "unusual number of runs about the \(centreLine)"
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
    case .trend: return "\(inARow(members)), \(span(members)), \(high ? "rise" : "fall") from one to the next"
    case .zone(let zone):
      let rows = "\(spelled(zone.points)) of \(spelled(zone.of)) \(period.noun(2)) in a row"
      return "\(capitalised(list(members))) are \(far(zone, high: high)), \(rows)"
    case .hugging:
      return "\(inARow(members)), \(span(members)), all lie close to the \(centreLine): the values vary less than the "
        + "limits allow for"
    case .avoiding:
      return "\(inARow(members)), \(span(members)), all lie away from the \(centreLine), on either side: perhaps two "
        + "processes in one chart"
    case .alternating: return "\(inARow(members)), \(span(members)), go up and down in turn"
    case .longestRun:
      return "\(inARow(members)), \(span(members)), are \(side) the \(centreLine), where up to "
        + "\(runs?.longestRunLimit ?? 0) in a row are expected by chance"
    case .crossings:
      return whole + "the line crosses the \(centreLine) \(only(runs?.crossings ?? 0)), where at least "
        + "\(runs?.crossingsLimit ?? 0) \(runs?.crossingsLimit == 1 ? "crossing is" : "crossings are") expected by chance"
    case .box:
      return whole
        + "the line crosses the \(centreLine) \(times(runs?.crossings ?? 0)) and stays on one side for up to "
        + "\(runs?.longestRun ?? 0) \(period.noun(runs?.longestRun ?? 0)), which is not expected together by chance"
    case .runCount:
      let found = runs?.runCount ?? 0
      let likely = runs?.likelyRunCount ?? 0...0
      return whole
        + "there \(found == 1 ? "is 1 run" : "are \(found) runs") about the \(centreLine), where "
        + "\(likely.lowerBound) to \(likely.upperBound) are expected by chance"
    }
  }

  var centreLine: String { chart.spec.centreStatistic == .median ? "median" : "centre line" }

  private func only(_ count: Int) -> String { count == 0 ? "not once" : "only " + times(count) }

  private func times(_ count: Int) -> String {
    switch count {
    case 0: "0 times"
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }

  func name(_ row: Int) -> String { period.phrase(of: chart.series.days[row]) }

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

  func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

/// The limits that a signal was judged by, at one of its members.
public struct LimitsUsed: Sendable, Hashable, Codable {
  public let centreLine: Double?
  public let lowerLimit: Double?
  public let upperLimit: Double?
  public let nearLowerLimit: Double?
  public let nearUpperLimit: Double?
}

/// All that a chart says, found out together.
public struct ChartWords: Sendable, Hashable {
  /// As `Chart.summary`, and so on.
  public let summary: String
  public let cautions: [String]
  public let targetAssessment: TargetAssessment?
  public let runs: String?
  public let sentences: [String]
  public let labels: [String]
  public let suggestions: [PhaseSuggestion]
}

extension Chart {
  /// All that it says: quicker than asking for one thing after the other.
  public var words: ChartWords {
    let wording = Wording(self)
    let assessment = standing(countsAll: true).map(wording.assessment)
    return ChartWords(
      summary: wording.summary(assessment), cautions: wording.cautions, targetAssessment: assessment,
      runs: wording.runs, sentences: signals.map(wording.sentence), labels: signals.map(wording.label),
      suggestions: suggestions(wording))
  }

  /// What a signal of this chart says, in a sentence.
  public func sentence(for signal: Signal) -> String { Wording(self).sentence(for: signal) }

  /// What every signal says, in the order of `signals`.
  public var sentences: [String] {
    let wording = Wording(self)
    return signals.map(wording.sentence)
  }

  /// What some of the signals say, in the order of their numbers.
  package func sentences(of numbers: some Sequence<Int>) -> [String] {
    let wording = Wording(self)
    return numbers.map { wording.sentence(for: signals[$0]) }
  }

  /// What the chart says, in one or two sentences for people who have never seen one.
  public var summary: String { Wording(self).summary(targetAssessment) }

  /// The runs of the latest phase beside what chance gives; nil where runs mean nothing, or no value is off the centre
  /// line.
  public var runsSentence: String? { Wording(self).runs }

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
