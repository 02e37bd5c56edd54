// SPDX-License-Identifier: Apache-2.0

/// Looks through the phases of an analysis for what a rule set calls a special cause.
struct Search {
  let analysis: Analysis
  let treatment: Treatment
  private let ruleSet: RuleSet
  private let direction: Direction
  /// Whether the row is not the period right after the one before it; nil when gaps are passed over.
  let followsGap: [Bool]?
  private(set) var signals: [Signal] = []
  /// What is being looked for, as an index into the rules.
  private var rule = 0
  private(set) var phase = 0

  private init(_ analysis: Analysis, spec: ChartSpec, followsGap: [Bool]?) {
    self.analysis = analysis
    ruleSet = spec.ruleSet
    treatment = spec.ruleSet.treatment
    direction = spec.direction
    self.followsGap = followsGap
  }

  /// Everything the rule set finds, in order of phases, then of its rules, then of time.
  ///
  /// - Parameter runs: the runs analysis of each phase; nil where runs mean nothing.
  static func signals(
    in analysis: Analysis, spec: ChartSpec, followsGap: [Bool]?, runs: [RunsAnalysis?]
  ) -> [Signal] {
    var search = Search(analysis, spec: spec, followsGap: followsGap)
    let rules = spec.ruleSet.rules
    let applied = rules.indices.filter { spec.kind.applies(rules[$0]) }
    for phase in analysis.phases.indices {
      search.phase = phase
      for index in applied {
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
    return search.signals
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
    if signals.isEmpty { signals.reserveCapacity(8) }
    signals.append(
      Signal(
        rule: ruleSet.rules[rule], ruleSet: ruleSet.id, phase: phase, members: members, side: side,
        meaning: Meaning(side, direction: direction)))
  }

  /// Puts what the rule found last, from that signal on, into the order of time.
  mutating func sort(from first: Int) {
    guard signals.count - first > 1 else { return }
    signals[first...].sort { ($0.members.first ?? 0) < ($1.members.first ?? 0) }
  }

  /// The rows of the candidates of a stretch that have its sign.
  @inline(__always)
  func members(of stretch: Stretch, sign: (Int) -> Int) -> [Int] {
    if stretch.isWhole, analysis.participants == nil { return Array(stretch.candidates) }
    var members: [Int] = []
    members.reserveCapacity(stretch.candidates.count)
    for candidate in stretch.candidates where sign(candidate) == stretch.sign { members.append(row(candidate)) }
    return members
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
  /// Whether all of them have the sign.
  let isWhole: Bool
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
    // How many of the long stretch have the sign.
    var count = 0
    var current = 0
    let passesOver = zero == .passedOver
    let hasGaps = followsGap != nil
    let candidates = candidates
    func end() {
      let isWhole = count == last + 1 - first
      found.append(Stretch(candidates: first..<last + 1, sign: current, isWhole: isWhole))
    }

    for candidate in candidates {
      if hasGaps, isParted(candidate) {
        if first >= 0 { end() }
        first = -1
        run = 0
        current = 0
      }
      let sign = signOf(candidate)
      if sign == 0 {
        if passesOver { continue }
        if first >= 0 { end() }
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
          end()
          first = -1
        } else {
          last = candidate
          count = run
        }
      }
      current = sign
      if run == length {
        last = candidate
        count = run
        // Back to where it began, past the candidates without a sign.
        first = candidate
        var left = length - 1
        while left > 0 {
          first -= 1
          if signOf(first) != 0 { left -= 1 }
        }
      }
    }
    if first >= 0 { end() }
    return found
  }
}
