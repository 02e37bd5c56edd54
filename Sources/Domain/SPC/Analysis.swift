// SPDX-License-Identifier: Apache-2.0

/// The engine: from columns to lines, zones and runs.
///
/// `Chart` puts days, units and words around it. A class, so that the rules share one; it does not change once it is made.
final class Analysis: Sendable {
  let subgroups: Subgroups
  /// The rows of each phase.
  let phases: [Range<Int>]
  /// The rows that set the lines of each phase.
  let baselines: [PhaseSample.Rows]
  let lines: Lines
  /// How far each value lies from the centre line.
  let zones: [Zone]
  /// The farthest zone of each phase, of those with limits: what rules that look farther need not begin with.
  let farthest: [Int8]
  /// The rows that patterns look at, in order: those with a value that are not excluded.
  ///
  /// Nil when all are.
  let participants: [Int32]?
  /// Which of the participants are of each phase.
  let participantsOfPhase: [Range<Int>]

  init(_ subgroups: Subgroups, spec: ChartSpec) {
    self.subgroups = subgroups
    let phases = Analysis.phases(of: subgroups.count, starts: spec.phases)
    self.phases = phases
    var baselines: [PhaseSample.Rows] = []
    baselines.reserveCapacity(phases.count)
    for index in phases.indices {
      let own = index > 0 ? spec.phases[index - 1].baseline : nil
      baselines.append(Analysis.baseline(own ?? spec.baseline, rows: phases[index], subgroups: subgroups))
    }
    self.baselines = baselines

    let formula = spec.kind.formula
    var lines = Lines(
      phases: [Lines.Phase](repeating: Lines.Phase(), count: phases.count), sigmas: nil, bounds: formula.bounds,
      isBoundNatural: formula.isBoundNatural, power: formula.power)
    var sigmas = formula.hasOwnSigmas ? [Double](repeating: .nan, count: subgroups.count) : []
    let known = spec.knownCentreLine.map { centre in
      let plain = centre / spec.multiplier
      return formula.power == 1 ? plain : TChart.root(plain)
    }
    let screens = spec.method.screensMovingRanges ?? spec.ruleSet.screensMovingRanges
    let width = spec.method.individualsWidth ?? spec.ruleSet.individualsWidth
    let values = subgroups.values
    for index in phases.indices {
      let sample = PhaseSample(
        subgroups: subgroups, rows: phases[index], baseline: baselines[index], knownCentre: known,
        screensMovingRanges: screens, individualsWidth: width, method: spec.method)
      formula.setLines(of: sample, &lines.phases[index], sigmas: &sigmas)
      var largest = 0.0
      if let excluded = subgroups.excluded {
        for row in phases[index] where abs(values[row]) > largest && !excluded[row] { largest = abs(values[row]) }
      } else {
        // False for NaN.
        for row in phases[index] where abs(values[row]) > largest { largest = abs(values[row]) }
      }
      lines.phases[index].scale = largest
    }
    if formula.hasOwnSigmas { lines.sigmas = sigmas }
    if spec.method.cutsLimitsAtZero {
      lines.bounds = Analysis.bounds(of: spec, hasNegative: values.contains { $0 < 0 })
    }
    self.lines = lines
    (zones, farthest) = Zone.zones(of: values, phases: phases, lines: lines)

    let participants = Analysis.participants(of: subgroups)
    self.participants = participants
    participantsOfPhase = participants.map { Analysis.ranges(of: $0, in: phases) } ?? phases
  }

  /// What limits are cut to.
  static func bounds(of spec: ChartSpec, hasNegative: Bool) -> ClosedRange<Double> {
    let bounds = spec.kind.formula.bounds
    guard spec.method.cutsLimitsAtZero, bounds.lowerBound < 0, !hasNegative else { return bounds }
    return 0...bounds.upperBound
  }

  private static func phases(of count: Int, starts: [PhaseStart]) -> [Range<Int>] {
    if count == 0 { return [] }
    var phases: [Range<Int>] = []
    phases.reserveCapacity(starts.count + 1)
    var start = 0
    for phase in starts {
      phases.append(start..<phase.index)
      start = phase.index
    }
    phases.append(start..<count)
    return phases
  }

  /// The rows that set the lines of a phase.
  private static func baseline(_ baseline: Baseline, rows: Range<Int>, subgroups: Subgroups) -> PhaseSample.Rows {
    var range = rows
    var chosen: Set<Int>?
    switch baseline {
    case .all: break
    case .first(let count): range = Analysis.frozen(count, of: rows, ordinals: subgroups.ordinals)
    case .points(let points):
      let own = points.filter(rows.contains)
      if !own.isEmpty { chosen = own }
    }
    guard chosen != nil || subgroups.excluded != nil else { return .range(range) }
    return .list(range.filter { !subgroups.isExcluded($0) && chosen?.contains($0) ?? true })
  }

  /// The rows of the first so many periods of a phase: a period counts with a row, with an empty one, and without any.
  ///
  /// - Parameter ordinals: the number of the period of each row, where some have none.
  static func frozen(_ count: Int, of rows: Range<Int>, ordinals: [Int]?) -> Range<Int> {
    guard let ordinals, let first = rows.first else { return rows.prefix(max(count, 0)) }
    return rows.prefix { ordinals[$0] - ordinals[first] < count }
  }

  private static func participants(of subgroups: Subgroups) -> [Int32]? {
    let values = subgroups.values
    if subgroups.excluded == nil, !values.contains(where: \.isNaN) { return nil }
    var participants: [Int32] = []
    participants.reserveCapacity(values.count)
    for row in values.indices where !values[row].isNaN && !subgroups.isExcluded(row) {
      participants.append(Int32(truncatingIfNeeded: row))
    }
    return participants
  }

  /// Which of the participants lie in each phase.
  private static func ranges(of participants: [Int32], in phases: [Range<Int>]) -> [Range<Int>] {
    var end = 0
    return phases.map { rows in
      let start = end
      while end < participants.count, participants[end] < rows.upperBound { end += 1 }
      return start..<end
    }
  }

  /// The runs analysis of a phase; nil when no point that takes part is off the centre line.
  func runs(phase: Int) -> RunsAnalysis? {
    var useful = 0
    var crossings = 0
    var longest = 0
    var current = 0
    var previous: Int8 = 0
    let zones = zones
    @inline(__always)
    func add(_ zone: Zone) {
      let side = zone.code.signum()
      if side == 0 { return }
      useful += 1
      // Without a branch, since whether a side is kept cannot be foretold.
      let isSame = side == previous ? -1 : 0
      crossings &+= 1 &+ isSame
      current = (current & isSame) &+ 1
      longest = max(longest, current)
      previous = side
    }
    if let participants {
      for index in participantsOfPhase[phase] { add(zones[Int(participants[index])]) }
    } else {
      for row in phases[phase] { add(zones[row]) }
    }
    // The first of them crosses nothing.
    return useful > 0 ? RunsAnalysis(usefulPoints: useful, longestRun: longest, crossings: crossings - 1) : nil
  }

  /// How many values set the lines of a phase.
  func baselineValues(phase: Int) -> Int {
    let values = subgroups.values
    switch baselines[phase] {
    case .range(let range):
      if participants == nil { return range.count }
      return range.count { !values[$0].isNaN }
    case .list(let list): return list.count { !values[$0].isNaN }
    }
  }
}
