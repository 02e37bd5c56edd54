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
        case .shift(let points):
          // No run is longer than the longest that passes over points on the line.
          if let runs = runs[phase], runs.longestRun < points { continue }
          search.findShifts(points)
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
  let sign: Int
}

extension Search {
  /// Every longest stretch of at least so many candidates of one sign other than 0, in order.
  ///
  /// - Parameters:
  ///   - length: at least 1.
  ///   - zero: what a candidate with sign 0 does to the stretch that it lies in.
  ///   - sign: the sign of a candidate.
  @inline(__always)
  func stretches(atLeast length: Int, zero: Treatment.Handling, sign signOf: (Int) -> Int) -> [Stretch] {
    var found: [Stretch] = []
    // The first and last candidate of a stretch that is long enough, while it goes on.
    var first = -1
    var last = -1
    var run = 0
    var current = 0
    let passesOver = zero == .passedOver
    let hasGaps = followsGap != nil
    let candidates = candidates

    for candidate in candidates {
      if hasGaps, isParted(candidate) {
        if first >= 0 { found.append(Stretch(candidates: first..<last + 1, sign: current)) }
        first = -1
        run = 0
        current = 0
      }
      let sign = signOf(candidate)
      if sign == 0 {
        if passesOver { continue }
        if first >= 0 { found.append(Stretch(candidates: first..<last + 1, sign: current)) }
        first = -1
        run = 0
        current = 0
        continue
      }
      // Without a branch: whether a side is kept cannot be foretold, whether a stretch is long mostly can.
      let isSame = sign == current ? -1 : 0
      run = (run & isSame) &+ 1
      if first >= 0 {
        if isSame == 0 {
          found.append(Stretch(candidates: first..<last + 1, sign: current))
          first = -1
        } else {
          last = candidate
        }
      }
      current = sign
      if run == length {
        last = candidate
        // Back to where it began, past the candidates without a sign.
        first = candidate
        var left = length - 1
        while left > 0 {
          first -= 1
          if signOf(first) != 0 { left -= 1 }
        }
      }
    }
    if first >= 0 { found.append(Stretch(candidates: first..<last + 1, sign: current)) }
    return found
  }
}
