// SPDX-License-Identifier: Apache-2.0

extension Chart {
  /// Computes the chart of a series.
  ///
  /// On run and I charts too, values are quotients when the series has denominators. Points without a value are kept, so
  /// that indices are those of the series. The time it takes grows linearly with the number of points.
  public init(_ series: Series, spec: ChartSpec) throws(ChartError) {
    try spec.check(points: series.count)
    let (values, subgroups) = try Subgroups.columns(of: series, spec: spec)
    let analysis = Analysis(subgroups, spec: spec)
    let gaps = spec.ruleSet.treatment.gaps == .breaks ? Chart.followsGap(series) : nil
    let runs = analysis.phases.indices.map { series.isOrdered ? analysis.runs(phase: $0) : nil }
    signals = Search.signals(in: analysis, spec: spec, followsGap: gaps, runs: runs)
    self.spec = spec
    self.series = series
    self.values = values
    lines = analysis.lines
    membership = Membership(of: signals, points: series.count)
    phases = analysis.phases.indices.map { index in
      let centre = analysis.lines.onValues(analysis.lines.phases[index].centre) * spec.multiplier
      return Phase(
        points: analysis.phases[index], reason: index > 0 ? spec.phases[index - 1].reason : "",
        centreLine: centre.isFinite ? centre : nil, baselineValues: analysis.baselineValues(phase: index),
        runs: runs[index],
        frozen: spec.frozenRows(of: index, points: analysis.phases[index], ordinals: subgroups.ordinals))
    }
    latestPhaseValues = analysis.participantsOfPhase.last?.count ?? 0
    variation = nil
    assurance = nil
    variation = variationIcon()
    assurance = assuranceIcon()
  }

  /// Whether each point is not of the period right after the point before it.
  private static func followsGap(_ series: Series) -> [Bool] {
    let period = series.period
    return series.days.indices.map { $0 > 0 && !period.isNext(series.days[$0 - 1], series.days[$0]) }
  }
}

extension ChartSpec {
  /// Refuses what no chart of so many points can be.
  func check(points: Int) throws(ChartError) {
    guard multiplier.isFinite, multiplier > 0 else { throw .multiplierNotPositive(multiplier) }
    for step in targets.steps where !step.value.isFinite { throw .targetNotFinite }
    for milestone in targets.trajectory where !milestone.value.isFinite { throw .targetNotFinite }
    if let centre = knownCentreLine {
      let bounds = kind == .t ? 0 ... .infinity : kind.formula.bounds
      guard centre.isFinite, bounds.contains(centre / multiplier) else { throw .knownCentreLineOutOfRange(centre) }
    }
    if let width = method.individualsWidth, !(width.isFinite && width > 0) { throw .widthNotPositive(width) }
    try check(baseline, points: points)
    var previous = 0
    for phase in phases {
      guard phase.index > 0, phase.index < points else {
        throw .phaseStartOutOfRange(start: phase.index, points: points)
      }
      guard phase.index > previous else { throw .phaseStartsNotAscending(start: phase.index) }
      previous = phase.index
      if let own = phase.baseline { try check(own, points: points) }
    }
    guard !exclusions.isEmpty else { return }
    for index in exclusions.reasons.keys.sorted() where index < 0 || index >= points {
      throw .exclusionOutOfRange(index: index, points: points)
    }
  }

  private func check(_ baseline: Baseline, points: Int) throws(ChartError) {
    switch baseline {
    case .all: return
    case .first(let count):
      guard count >= ruleSet.minimumFreeze else {
        throw .freezeTooShort(points: count, minimum: ruleSet.minimumFreeze)
      }
    case .points(let chosen):
      guard !chosen.isEmpty else { throw .baselineEmpty }
      for index in chosen.sorted() where index < 0 || index >= points {
        throw .baselineOutOfRange(index: index, points: points)
      }
    }
  }
}

extension Subgroups {
  /// What is plotted, and the columns that the engine computes on, checked for what the kind of chart cannot have.
  static func columns(
    of series: Series, spec: ChartSpec
  ) throws(ChartError) -> (plotted: [Double], Subgroups) {
    let kind = spec.kind
    if kind.needsDenominator, !series.hasDenominators, series.count > 0 { throw .denominatorsMissing(kind: kind) }
    if kind.needsSubgroups, series.subgroups == nil, series.count > 0 { throw .subgroupsMissing(kind: kind) }
    if kind.countsEvents { try checkCounts(series, kind: kind) }
    var excluded: [Bool]?
    if !spec.exclusions.isEmpty {
      var flags = [Bool](repeating: false, count: series.count)
      for index in spec.exclusions.reasons.keys { flags[index] = true }
      excluded = flags
    }
    var subgroups = Subgroups(
      values: series.values, denominators: series.denominators, counts: series.subgroups?.counts,
      deviations: series.subgroups?.deviations, excluded: excluded, areOrdered: series.isOrdered)
    if kind != .c { subgroups.divide() }
    if kind.usesMovingRanges, spec.method.gaps == .breaks {
      subgroups.segments = Gaps.segments(
        of: series.days, values: subgroups.values, areEvents: kind.isOfEvents || series.isSequence,
        excluded: excluded)
    }
    if spec.freezesFirst, !kind.isOfEvents, !series.isSequence {
      subgroups.ordinals = Gaps.ordinals(of: series.days, values: subgroups.values)
    }
    switch kind {
    case .s: subgroups.values = series.subgroups?.deviations ?? []
    case .mr:
      let starts = [0] + spec.phases.map(\.index)
      let phases = zip(starts, starts.dropFirst() + [series.count]).map { $0..<$1 }
      subgroups.values = MRChart.ranges(
        of: subgroups.values, phases: series.count > 0 ? phases : [], segments: subgroups.segments)
    default: break
    }
    let plotted = subgroups.values
    // Sums and differences of what passes stay finite for any series that fits in memory.
    let largest = 1e290 / max(spec.multiplier, 1)
    if let index = plotted.firstIndex(where: { abs($0) > largest }) {
      throw .valueTooLarge(index: index, day: series.days[index])
    }
    if kind == .t {
      for (index, value) in plotted.enumerated() where value <= 0 {
        throw .timeNotPositive(index: index, day: series.days[index], time: value)
      }
      subgroups.values = plotted.map(TChart.root)
    }
    return (plotted, subgroups)
  }

  /// Divides numerators by denominators.
  ///
  /// A row that lacks one of them lacks both; a denominator of 0 gives no value.
  private mutating func divide() {
    guard var known = denominators else { return }
    var quotients = values
    for row in quotients.indices {
      let denominator = known[row]
      let quotient = quotients[row] / denominator
      if denominator > 0, !quotient.isNaN {
        quotients[row] = quotient
      } else {
        quotients[row] = .nan
        known[row] = .nan
      }
    }
    values = quotients
    denominators = known
  }

  private static func checkCounts(_ series: Series, kind: ChartKind) throws(ChartError) {
    let values = series.values
    // False for NaN.
    if let index = values.firstIndex(where: { $0 < 0 }) {
      throw .negativeCount(index: index, day: series.days[index], count: values[index])
    }
    guard kind.isProportion, let denominators = series.denominators else { return }
    for index in values.indices where values[index] > denominators[index] {
      throw .numeratorOverDenominator(
        index: index, day: series.days[index], numerator: values[index], denominator: denominators[index])
    }
  }
}
