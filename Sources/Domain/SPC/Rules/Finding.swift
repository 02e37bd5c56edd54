// SPDX-License-Identifier: Apache-2.0

/// What a rule found, before it has words.
struct Finding: Equatable {
  /// Index into the rules of the rule set.
  let rule: Int
  let phase: Int
  /// Ascending, at least one.
  let members: [Int]
  let side: Side
}

/// Looks through the phases of an analysis for what a rule set calls a special cause.
struct Search {
  let analysis: Analysis
  let treatment: Treatment
  /// Whether the row is not the period right after the one before it; nil when gaps are passed over.
  let followsGap: [Bool]?
  private(set) var findings: [Finding] = []
  /// What is being looked for.
  private var rule = 0
  private(set) var phase = 0

  init(_ analysis: Analysis, treatment: Treatment, followsGap: [Bool]?) {
    self.analysis = analysis
    self.treatment = treatment
    self.followsGap = followsGap
  }

  /// Everything the rule set finds, in order of phases, then of its rules, then of time.
  ///
  /// - Parameter runs: the runs analysis of each phase; nil where runs mean nothing.
  static func findings(
    in analysis: Analysis, rules: [Rule], treatment: Treatment, hasLimits: Bool, followsGap: [Bool]?,
    runs: [RunsAnalysis?]
  ) -> [Finding] {
    var search = Search(analysis, treatment: treatment, followsGap: followsGap)
    for phase in analysis.phases.indices {
      search.phase = phase
      for index in rules.indices where hasLimits || !rules[index].pattern.needsLimits {
        search.rule = index
        let pattern = rules[index].pattern
        switch pattern {
        case .outside: search.findOutside()
        case .shift(let points): search.findShifts(points)
        case .trend(let points): search.findTrends(points)
        case .zone(let zone): search.findZones(zone)
        case .hugging(let points, let sigma): search.findHugging(points, sigma: sigma)
        case .avoiding(let points, let sigma): search.findAvoiding(points, sigma: sigma)
        case .alternating(let points): search.findAlternating(points)
        case .longestRun, .crossings, .box, .runCount:
          if let runs = runs[phase] { search.findRuns(pattern, runs) }
        }
      }
    }
    return search.findings
  }

  /// The participants of the phase, as indices among all of them.
  var candidates: Range<Int> { analysis.participantsOfPhase[phase] }
  /// The rows of the phase.
  var rows: Range<Int> { analysis.phases[phase] }
  /// What precision values of the phase are compared with.
  var scale: Double { analysis.lines.phases[phase].scale }

  @inline(__always)
  func row(_ candidate: Int) -> Int { analysis.participants.map { Int($0[candidate]) } ?? candidate }

  @inline(__always)
  func zone(_ candidate: Int) -> Zone { analysis.zones[row(candidate)] }

  mutating func found(_ members: [Int], _ side: Side) {
    findings.append(Finding(rule: rule, phase: phase, members: members, side: side))
  }

  /// Puts what the rule found last into the order of time.
  mutating func sortLast() {
    let first = findings.lastIndex { $0.rule != rule || $0.phase != phase }.map { $0 + 1 } ?? 0
    guard findings.count - first > 1 else { return }
    findings[first...].sort { ($0.members.first ?? 0) < ($1.members.first ?? 0) }
  }

  /// Whether a gap that ends patterns lies between a candidate and the one before it.
  func isParted(_ candidate: Int) -> Bool {
    guard let followsGap, candidate > candidates.lowerBound else { return false }
    let row = row(candidate)
    let previous = self.row(candidate - 1)
    // Any gap from the one to the other, also at rows that do not take part.
    return (previous + 1...row).contains { followsGap[$0] || analysis.subgroups.values[$0].isNaN }
  }
}

/// A stretch of candidates that have one sign.
struct Stretch {
  /// From the first to the last of them, with those of sign 0 between them.
  let candidates: Range<Int>
  /// How many of them have the sign.
  let count: Int
  let sign: Int
}

extension Search {
  /// Every longest stretch of at least so many candidates of one sign other than 0, in order.
  ///
  /// - Parameters:
  ///   - zero: what a candidate with sign 0 does to the stretch that it lies in.
  ///   - sign: the sign of a candidate.
  @inline(__always)
  func stretches(atLeast length: Int, zero: Treatment.Handling, sign: (Int) -> Int) -> [Stretch] {
    var found: [Stretch] = []
    var start = 0
    var end = 0
    var count = 0
    var current = 0
    let passesOver = zero == .passedOver
    let hasGaps = followsGap != nil
    for candidate in candidates {
      if hasGaps, isParted(candidate) {
        if current != 0, count >= length { found.append(Stretch(candidates: start..<end, count: count, sign: current)) }
        current = 0
      }
      let sign = sign(candidate)
      if sign == current {
        if sign != 0 {
          end = candidate + 1
          count += 1
        }
        continue
      }
      if sign == 0, passesOver { continue }
      if current != 0, count >= length { found.append(Stretch(candidates: start..<end, count: count, sign: current)) }
      current = sign
      start = candidate
      end = candidate + 1
      count = 1
    }
    if current != 0, count >= length { found.append(Stretch(candidates: start..<end, count: count, sign: current)) }
    return found
  }
}
