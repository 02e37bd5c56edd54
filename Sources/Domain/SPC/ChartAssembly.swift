// SPDX-License-Identifier: Apache-2.0

extension Chart {
  /// Computes the chart of a series.
  ///
  /// On run and I charts too, values are quotients when the series has denominators. Points without a value are kept, so
  /// that indices are those of the series. The time it takes grows linearly with the number of points.
  public init(_ series: Series, spec: ChartSpec) throws(ChartError) {
    try spec.check(points: series.points.count)
    let subgroups = try Subgroups(series, spec: spec)
    let analysis = Analysis(
      subgroups,
      method: Analysis.Method(
        kind: spec.kind, ruleSet: spec.ruleSet, freeze: spec.freeze, phaseStarts: spec.phases,
        screensMovingRanges: spec.screenMovingRanges, knownCentre: spec.knownCentreLine.map { $0 / spec.multiplier },
        cutsLimitsAtZero: spec.cutsLimitsAtZero))
    let findings = analysis.findings()
    let period = Period(of: series.points.lazy.map(\.day))
    let wording = Wording(series: series, period: period, spec: spec, analysis: analysis)

    self.spec = spec
    self.period = period
    signals = findings.map { finding in
      let meaning = Meaning(finding.side, direction: spec.direction)
      return Signal(
        rule: finding.rule, ruleSet: spec.ruleSet.id, phase: finding.phase, members: finding.members,
        side: finding.side, meaning: meaning, sentence: wording.sentence(for: finding, meaning: meaning))
    }
    points = Chart.points(of: series, spec: spec, analysis: analysis, signals: signals)
    phases = analysis.phases.enumerated().map { index, rows in
      Phase(
        points: rows, centreLine: Chart.shown(analysis.lines.centres[index], spec),
        baselineValues: analysis.baselineValues[index], runs: analysis.runs[index])
    }
    variation = Variation(of: points, spec: spec)
    let verdict = Assurance(of: points, phase: phases.count - 1, spec: spec)
    assurance = spec.ruleSet.definesIcons ? verdict : nil
    summary = wording.summary(points: points, signals: signals, verdict: verdict)
    cautions = wording.cautions(phases: phases)
  }

  /// A number in the unit shown, or nil where it is not defined or has no bound.
  private static func shown(_ number: Double, _ spec: ChartSpec) -> Double? {
    let product = number * spec.multiplier
    return product.isFinite ? product : nil
  }

  private static func points(
    of series: Series, spec: ChartSpec, analysis: Analysis, signals: [Signal]
  ) -> [ChartPoint] {
    var membership = [[Int]](repeating: [], count: series.points.count)
    var marks = [Mark?](repeating: nil, count: series.points.count)
    let precedence = Dictionary(uniqueKeysWithValues: zip(spec.ruleSet.rules, 0...))
    for (index, signal) in signals.enumerated() {
      for row in signal.members {
        membership[row].append(index)
        guard signal.rule.marksPoints else { continue }
        // Of two signals by the same rule the later has the point: a peak that ends a rise begins a fall.
        if let earlier = marks[row], precedence[earlier.rule, default: 0] < precedence[signal.rule, default: 0] {
          continue
        }
        marks[row] = Mark(rule: signal.rule, side: signal.side, meaning: signal.meaning)
      }
    }
    var points: [ChartPoint] = []
    points.reserveCapacity(series.points.count)
    let lines = analysis.lines
    for (phase, rows) in analysis.phases.enumerated() {
      let baseline = spec.freeze.map { rows.prefix($0) } ?? rows[...]
      for row in rows {
        let source = series.points[row]
        let excluded = analysis.subgroups.excluded[row]
        let value = analysis.subgroups.values[row]
        points.append(
          ChartPoint(
            day: source.day,
            value: shown(value, spec), numerator: source.value, denominator: source.denominator,
            centreLine: shown(lines.centres[phase], spec),
            lowerLimit: shown(lines.lower(row, phase: phase), spec),
            upperLimit: shown(lines.upper(row, phase: phase), spec),
            nearLowerLimit: shown(lines.nearLower(row, phase: phase), spec),
            nearUpperLimit: shown(lines.nearUpper(row, phase: phase), spec),
            uncutLowerLimit: shown(lines.uncutLower(row, phase: phase), spec),
            uncutUpperLimit: shown(lines.uncutUpper(row, phase: phase), spec),
            phase: phase,
            isBaseline: !excluded && !value.isNaN && baseline.contains(row),
            isExcluded: excluded, note: source.note, signals: membership[row], mark: marks[row]))
      }
    }
    return points
  }
}

extension ChartSpec {
  /// Refuses what no chart of so many points can be.
  func check(points: Int) throws(ChartError) {
    guard multiplier.isFinite, multiplier > 0 else { throw .multiplierNotPositive(multiplier) }
    if let target, !target.isFinite { throw .targetNotFinite }
    if let centre = knownCentreLine {
      guard centre.isFinite, kind.formula.bounds.contains(centre / multiplier) else {
        throw .knownCentreLineOutOfRange(centre)
      }
    }
    if let freeze, freeze < ruleSet.minimumFreeze {
      throw .freezeTooShort(points: freeze, minimum: ruleSet.minimumFreeze)
    }
    var previous = 0
    for start in phases {
      guard start > 0, start < points else { throw .phaseStartOutOfRange(start: start, points: points) }
      guard start > previous else { throw .phaseStartsNotAscending(start: start) }
      previous = start
    }
    for index in exclusions.sorted() where index < 0 || index >= points {
      throw .exclusionOutOfRange(index: index, points: points)
    }
  }
}

extension Subgroups {
  /// The columns of a series, checked for what the kind of chart cannot have.
  init(_ series: Series, spec: ChartSpec) throws(ChartError) {
    let quotients = series.hasDenominators
    if spec.kind.needsDenominator, !quotients, !series.points.isEmpty {
      throw .denominatorsMissing(kind: spec.kind)
    }
    var values: [Double] = []
    var denominators: [Double] = []
    var excluded = [Bool](repeating: false, count: series.points.count)
    values.reserveCapacity(series.points.count)
    if quotients { denominators.reserveCapacity(series.points.count) }
    for (index, point) in series.points.enumerated() {
      if spec.kind.needsDenominator { try Subgroups.check(point, at: index, kind: spec.kind) }
      values.append(point.value ?? .nan)
      if quotients { denominators.append(point.denominator ?? .nan) }
    }
    for index in spec.exclusions { excluded[index] = true }
    self =
      quotients
      ? Subgroups(numerators: values, denominators: denominators, excluded: excluded)
      : Subgroups(values: values, excluded: excluded)
    // Sums and differences of what passes stay finite for any series that fits in memory.
    for (index, value) in self.values.enumerated() where abs(value) * max(spec.multiplier, 1) > 1e290 {
      throw .valueTooLarge(index: index, day: series.points[index].day)
    }
  }

  private static func check(_ point: Series.Point, at index: Int, kind: ChartKind) throws(ChartError) {
    guard let count = point.value else { return }
    if count < 0 { throw .negativeCount(index: index, day: point.day, count: count) }
    guard kind == .p || kind == .pPrime, let denominator = point.denominator, count > denominator else { return }
    throw .numeratorOverDenominator(index: index, day: point.day, numerator: count, denominator: denominator)
  }
}
