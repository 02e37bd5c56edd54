// SPDX-License-Identifier: Apache-2.0

/// What a chart says, in plain English.
struct Wording {
  let series: Series
  let period: Period
  let spec: ChartSpec
  let analysis: Analysis

  /// One signal in one sentence.
  func sentence(for finding: Finding, meaning: Meaning) -> String {
    pattern(finding) + ": " + verdict(meaning) + "."
  }

  private func verdict(_ meaning: Meaning) -> String {
    switch meaning {
    case .improvement: "a special cause, and an improvement"
    case .concern: "a special cause, and a concern"
    case .neutral: "a special cause"
    }
  }

  private func pattern(_ finding: Finding) -> String {
    let members = finding.members
    let count = members.count
    let high = finding.side == .high
    switch finding.rule {
    case .outside:
      let limit = high ? "above the upper limit" : "below the lower limit"
      return count == 1
        ? "\(capitalised(name(members[0]))) is \(limit)"
        : "\(inARow(members)), \(span(members)), are \(limit)"
    case .shift:
      return "\(inARow(members)), \(span(members)), are \(high ? "above" : "below") the \(centreLine)"
    case .trend:
      return "\(inARow(members)), \(span(members)), are each \(high ? "higher" : "lower") than the one before"
    case .twoOfThree:
      return "\(capitalised(list(members))) lie close to the \(high ? "upper" : "lower") limit, "
        + "two of three \(period.noun(2)) in a row"
    case .longestRun:
      let limit = analysis.runs[finding.phase]?.longestRunLimit ?? 0
      return "\(inARow(members)), \(span(members)), are \(high ? "above" : "below") the \(centreLine), "
        + "where chance alone rarely gives more than \(limit)"
    case .crossings:
      let runs = analysis.runs[finding.phase]
      return "From \(name(members[0])) to \(name(members[count - 1])) the line crosses the \(centreLine) only "
        + "\(times(runs?.crossings ?? 0)), where chance alone rarely gives fewer than \(runs?.crossingsLimit ?? 0)"
    }
  }

  private var centreLine: String { spec.kind == .run ? "median" : "centre line" }

  private func times(_ count: Int) -> String {
    switch count {
    case 0: "0 times"
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }

  private func name(_ row: Int) -> String { period.phrase(of: series.points[row].day) }

  /// `9 months in a row`; without the last words when other points lie between.
  private func inARow(_ members: [Int]) -> String {
    let noun = "\(members.count) \(period.noun(members.count))"
    return areNeighbours(members) ? noun + " in a row" : noun
  }

  private func areNeighbours(_ members: [Int]) -> Bool {
    zip(members, members.dropFirst()).allSatisfy {
      $0 + 1 == $1 && period.isNext(series.points[$0].day, series.points[$1].day)
    }
  }

  private func span(_ members: [Int]) -> String {
    "from \(name(members[0])) to \(name(members[members.count - 1]))"
  }

  private func list(_ members: [Int]) -> String {
    let names = members.map(name)
    return names.count <= 2
      ? names.joined(separator: " and ")
      : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
