// SPDX-License-Identifier: Apache-2.0

/// The engine: from columns to lines, zones, runs and findings.
///
/// `Chart` puts days, units and words around it.
struct Analysis {
  let subgroups: Subgroups
  /// The rows of each phase.
  let phases: [Range<Int>]
  /// The rows that set the lines of each phase.
  let baselines: [PhaseSample.Rows]
  let lines: Lines
  /// How far each value lies from the centre line.
  let zones: [Zone]
  /// The rows that patterns look at, in order: those with a value that are not excluded.
  let participants: [Int32]
  /// Of which those of each phase are.
  let participantsOfPhase: [Range<Int>]

  init(_ subgroups: Subgroups, spec: ChartSpec) {
    self.subgroups = subgroups
    let count = subgroups.count
    var phases: [Range<Int>] = []
    if count > 0 {
      var start = 0
      phases.reserveCapacity(spec.phases.count + 1)
      for phase in spec.phases {
        phases.append(start..<phase.index)
        start = phase.index
      }
      phases.append(start..<count)
    }
    self.phases = phases
    baselines = phases.enumerated().map { index, rows in
      let own = index > 0 ? spec.phases[index - 1].baseline : nil
      return Analysis.baseline(own ?? spec.baseline, rows: rows, subgroups: subgroups)
    }

    let formula = spec.kind.formula
    var lines = Lines(
      phases: [Lines.Phase](repeating: Lines.Phase(), count: phases.count), sigmas: nil, bounds: formula.bounds,
      isBoundNatural: formula.isBoundNatural, power: formula.power)
    var sigmas = formula.hasOwnSigmas ? [Double](repeating: .nan, count: count) : []
    let known = spec.knownCentreLine.map { centre in
      let plain = centre / spec.multiplier
      return formula.power == 1 ? plain : TChart.root(plain)
    }
    let screens = spec.method.screensMovingRanges ?? spec.ruleSet.screensMovingRanges
    let width = spec.method.individualsWidth ?? spec.ruleSet.individualsWidth
    var anyNegative = false
    for index in phases.indices {
      let sample = PhaseSample(
        subgroups: subgroups, rows: phases[index], baseline: baselines[index], knownCentre: known,
        screensMovingRanges: screens, individualsWidth: width, method: spec.method)
      formula.setLines(of: sample, &lines.phases[index], sigmas: &sigmas)
      var largest = 0.0
      for row in phases[index] {
        let value = subgroups.values[row]
        // Comparisons are false for NaN.
        if value < 0 { anyNegative = true }
        if abs(value) > largest, !subgroups.isExcluded(row) { largest = abs(value) }
      }
      lines.phases[index].scale = largest
    }
    if formula.hasOwnSigmas { lines.sigmas = sigmas }
    if spec.method.cutsLimitsAtZero, !anyNegative, lines.bounds.lowerBound < 0 {
      lines.bounds = 0...lines.bounds.upperBound
    }
    self.lines = lines

    var zones: [Zone] = []
    var participants: [Int32] = []
    var participantsOfPhase: [Range<Int>] = []
    zones.reserveCapacity(count)
    participants.reserveCapacity(count)
    participantsOfPhase.reserveCapacity(phases.count)
    for (index, rows) in phases.enumerated() {
      let first = participants.count
      for row in rows {
        let value = subgroups.values[row]
        zones.append(Zone(value, row: row, phase: index, of: lines))
        if !value.isNaN, !subgroups.isExcluded(row) { participants.append(Int32(truncatingIfNeeded: row)) }
      }
      participantsOfPhase.append(first..<participants.count)
    }
    self.zones = zones
    self.participants = participants
    self.participantsOfPhase = participantsOfPhase
  }

  /// The rows that set the lines of a phase.
  private static func baseline(_ baseline: Baseline, rows: Range<Int>, subgroups: Subgroups) -> PhaseSample.Rows {
    var range = rows
    var chosen: Set<Int>?
    switch baseline {
    case .all: break
    case .first(let count): range = rows.prefix(max(count, 0))
    case .points(let points):
      let own = points.filter(rows.contains)
      if !own.isEmpty { chosen = own }
    }
    guard chosen != nil || subgroups.excluded != nil else { return .range(range) }
    return .list(range.filter { !subgroups.isExcluded($0) && chosen?.contains($0) ?? true })
  }

  /// The runs analysis of a phase; nil when no point that takes part is off the centre line.
  func runs(phase: Int) -> RunsAnalysis? {
    var useful = 0
    var crossings = 0
    var longest = 0
    var current = 0
    var previous = 0
    for index in participantsOfPhase[phase] {
      let side = zones[Int(participants[index])].side
      if side == 0 { continue }
      useful += 1
      if side == previous {
        current += 1
      } else {
        if previous != 0 { crossings += 1 }
        current = 1
        previous = side
      }
      longest = max(longest, current)
    }
    return useful > 0 ? RunsAnalysis(usefulPoints: useful, longestRun: longest, crossings: crossings) : nil
  }

  /// How many values set the lines of a phase.
  func baselineValues(phase: Int) -> Int {
    var count = 0
    baselines[phase].forEach { row in
      if !subgroups.values[row].isNaN { count += 1 }
    }
    return count
  }
}
