// SPDX-License-Identifier: Apache-2.0

/// The engine: from columns to lines, sides, runs and findings.
///
/// `Chart` puts days, units and words around it.
struct Analysis {
  /// How to compute, in the unit before multiplication.
  struct Method {
    var kind: ChartKind
    var ruleSet: RuleSet
    /// Rows from the start of each phase that set its lines; nil for all.
    var freeze: Int?
    /// First row of every phase after the first; ascending, within the rows.
    var phaseStarts: [Int] = []
    /// Nil for what the rule set's owner does.
    var screensMovingRanges: Bool?
    var knownCentre: Double?
    var cutsLimitsAtZero = false
  }

  let method: Method
  let subgroups: Subgroups
  /// The rows of each phase.
  let phases: [Range<Int>]
  /// How many values set the lines of each phase.
  let baselineValues: [Int]
  let lines: Lines
  /// Where each value lies about the centre line: 1 above, -1 below, 0 on it, missing or without a line.
  let sides: [Int8]
  /// The largest absolute value of each phase, to compare with the right tolerance.
  let scales: [Double]
  /// The runs analysis of each phase; nil without useful points.
  let runs: [RunsAnalysis?]

  init(_ subgroups: Subgroups, method: Method) {
    self.method = method
    self.subgroups = subgroups
    let starts = subgroups.count == 0 ? [] : [0] + method.phaseStarts
    let ends = method.phaseStarts + [subgroups.count]
    phases = zip(starts, ends).map { $0..<$1 }

    let formula = method.kind.formula
    var sigmas = [Double](repeating: .nan, count: subgroups.count)
    var centres: [Double] = []
    var baselineValues: [Int] = []
    var scales: [Double] = []
    var anyNegative = false
    for rows in phases {
      let frozen = rows.lowerBound..<min(rows.upperBound, rows.lowerBound + min(method.freeze ?? .max / 2, rows.count))
      let sample = PhaseSample(
        subgroups: subgroups, rows: rows, frozen: frozen, knownCentre: method.knownCentre,
        screensMovingRanges: method.screensMovingRanges ?? method.ruleSet.screensMovingRanges,
        individualsWidth: method.ruleSet.individualsWidth)
      centres.append(formula.lines(of: sample, sigmas: &sigmas))
      var setting = 0
      var scale = 0.0
      for row in rows {
        let value = subgroups.values[row]
        if value.isNaN { continue }
        if value < 0 { anyNegative = true }
        if sample.isBaseline(row) { setting += 1 }
        if !subgroups.excluded[row] { scale = max(scale, abs(value)) }
      }
      baselineValues.append(setting)
      scales.append(scale)
    }
    var bounds = formula.bounds
    if method.cutsLimitsAtZero, !anyNegative, bounds.lowerBound < 0 { bounds = 0...bounds.upperBound }
    lines = Lines(centres: centres, sigmas: sigmas, bounds: bounds)
    self.baselineValues = baselineValues
    self.scales = scales

    var sides = [Int8](repeating: 0, count: subgroups.count)
    for (phase, rows) in phases.enumerated() {
      for row in rows {
        sides[row] = Tolerance.side(subgroups.values[row], of: centres[phase], scale: scales[phase])
      }
    }
    self.sides = sides
    runs = phases.map { RunsAnalysis(of: $0, sides: sides, excluded: subgroups.excluded) }
  }

  /// Whether the row has a value that rules other than `outside` look at.
  func takesPart(_ row: Int) -> Bool { !subgroups.excluded[row] && !subgroups.values[row].isNaN }

  /// 1 above the upper limit as reported, -1 below the lower one, else 0.
  ///
  /// Holds for excluded rows too.
  func outside(_ row: Int, phase: Int) -> Int8 {
    beyond(row, phase: phase, lower: lines.lower(row, phase: phase), upper: lines.upper(row, phase: phase))
  }

  /// 1 or -1 when between a near limit and its limit, else 0.
  func nearLimit(_ row: Int, phase: Int) -> Int8 {
    guard outside(row, phase: phase) == 0 else { return 0 }
    return beyond(
      row, phase: phase, lower: lines.nearLower(row, phase: phase), upper: lines.nearUpper(row, phase: phase))
  }

  private func beyond(_ row: Int, phase: Int, lower: Double, upper: Double) -> Int8 {
    let value = subgroups.values[row]
    let scale = scales[phase]
    if value > upper, !Tolerance.areEqual(value, upper, scale: scale) { return 1 }
    if value < lower, !Tolerance.areEqual(value, lower, scale: scale) { return -1 }
    return 0
  }
}

extension RunsAnalysis {
  /// The runs of one phase: missing, excluded and centre-line rows are passed over.
  ///
  /// Nil when nothing remains.
  init?(of rows: Range<Int>, sides: [Int8], excluded: [Bool]) {
    var useful = 0
    var crossings = 0
    var longest = 0
    var current = 0
    var previous: Int8 = 0
    for row in rows where sides[row] != 0 && !excluded[row] {
      useful += 1
      if sides[row] == previous {
        current += 1
      } else {
        if previous != 0 { crossings += 1 }
        current = 1
        previous = sides[row]
      }
      longest = max(longest, current)
    }
    guard useful > 0 else { return nil }
    self.init(usefulPoints: useful, longestRun: longest, crossings: crossings)
  }
}
