// SPDX-License-Identifier: Apache-2.0

/// Charts as documents: for people and programs to read, and without loss, so that a chart can be kept as it was.
///
/// Every point has all its lines, every signal its members, limits and sentence. Numbers that are not defined are left
/// out; one that is infinite is written as `"infinity"`. Reading a document back computes nothing anew: an old chart stays
/// what it was, whatever the engine does today.
extension Chart: Codable {
  /// - Throws: `DecodingError` for documents that do not hold together, with the place and the reason.
  public init(from decoder: any Decoder) throws {
    let document = try ChartDocument(from: decoder)
    func require(_ condition: Bool, _ reason: String) throws {
      guard condition else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
      }
    }
    let points = document.points
    let count = points.count
    spec = document.spec
    do {
      try spec.check(points: count)
    } catch {
      try require(false, error.description)
    }
    series = try ChartDocument.series(
      of: points, isOrdered: document.isOrdered, isSequence: document.isSequence ?? false, require)
    values = points.map { $0.plotted?.number ?? .nan }

    let freezes = spec.freezesFirst && !spec.kind.isOfEvents && !series.isSequence
    let ordinals = freezes ? Gaps.ordinals(of: series.days, values: series.plottedValues) : nil
    let starts = count > 0 ? [0] + spec.phases.map(\.index) : []
    try require(
      document.phases.count == starts.count, "A chart of \(starts.count) phases has \(document.phases.count).")
    phases = zip(zip(starts, starts.dropFirst() + [count]), document.phases).enumerated().map { index, phase in
      let ((start, end), part) = phase
      return Phase(
        points: start..<end, reason: index > 0 ? document.spec.phases[index - 1].reason : "",
        centreLine: part.centreLine?.number, baselineValues: part.baselineValues, runs: part.runs,
        frozen: document.spec.frozenRows(of: index, points: start..<end, ordinals: ordinals))
    }
    let formula = spec.kind.formula
    let hasNegative = values.contains { $0 < 0 }
    lines = Lines(
      phases: document.phases.map {
        Lines.Phase(
          centre: $0.centre?.number ?? .nan, middle: $0.middle?.number ?? .nan, sigma: $0.sigma?.number ?? .nan,
          scale: $0.scale?.number ?? 0)
      },
      sigmas: formula.hasOwnSigmas ? points.map { $0.sigma?.number ?? .nan } : nil,
      bounds: Analysis.bounds(of: spec, hasNegative: hasNegative), isBoundNatural: formula.isBoundNatural,
      power: formula.power)

    for signal in document.signals {
      try require(phases.indices.contains(signal.phase), "A signal is of phase \(signal.phase), which is not there.")
      let areAscending = zip(signal.members, signal.members.dropFirst()).allSatisfy { $0 < $1 }
      let areThere = signal.members.allSatisfy { (0..<count).contains($0) }
      try require(
        !signal.members.isEmpty && areAscending && areThere,
        "The members of a signal are \(signal.members); they are indices of points, ascending, from 0 to \(count - 1).")
    }
    signals = document.signals.map {
      Signal(
        rule: $0.rule, ruleSet: $0.ruleSet, phase: $0.phase, members: $0.members, side: $0.side, meaning: $0.meaning)
    }
    membership = Membership(of: signals, points: count)
    let exclusions = spec.exclusions
    latestPhaseValues = phases.last?.points.count { [values] in !values[$0].isNaN && !exclusions.contains($0) } ?? 0
    variation = document.variation
    assurance = document.assurance
  }

  public func encode(to encoder: any Encoder) throws { try ChartDocument(self).encode(to: encoder) }
}

/// A number of a document: also one that is infinite, which JSON has no number for.
private struct DocumentNumber: Codable {
  let number: Double

  /// Nil for what is not defined.
  init?(_ number: Double) {
    if number.isNaN { return nil }
    self.number = number
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      guard text == "infinity" || text == "-infinity" else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "“\(text)” is not a number.")
      }
      number = text == "infinity" ? .infinity : -.infinity
    } else {
      number = try container.decode(Double.self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if number.isFinite {
      try container.encode(number)
    } else {
      try container.encode(number > 0 ? "infinity" : "-infinity")
    }
  }
}

/// What a document says, in its words.
private struct ChartDocument: Codable {
  var format = "waymark-chart/1"
  var summary: String
  var cautions: [String]
  var variation: Variation?
  var assurance: Assurance?
  /// Of documents since there is one.
  var targetAssessment: TargetAssessment?
  var spec: ChartSpec
  var period: String
  var isOrdered: Bool
  /// Whether points are numbered, and have no days; absent where they have.
  var isSequence: Bool?
  var phases: [PhasePart]
  var points: [PointPart]
  var signals: [SignalPart]

  struct PhasePart: Codable {
    var first: Int
    var last: Int
    var reason: String
    /// In the unit shown.
    var centreLine: DocumentNumber?
    var baselineValues: Int
    var isTrial: Bool
    var runs: RunsAnalysis?
    /// Before multiplication, on the scale that lines are computed on.
    var centre: DocumentNumber?
    var middle: DocumentNumber?
    var sigma: DocumentNumber?
    var scale: DocumentNumber?
  }

  struct PointPart: Codable {
    /// Absent where points are numbered.
    var date: Day?
    var sequenceNumber: Int?
    var value: DocumentNumber?
    var numerator: DocumentNumber?
    var denominator: DocumentNumber?
    var subgroupSize: DocumentNumber?
    var subgroupDeviation: DocumentNumber?
    var centreLine: DocumentNumber?
    var lowerLimit: DocumentNumber?
    var upperLimit: DocumentNumber?
    var nearLowerLimit: DocumentNumber?
    var nearUpperLimit: DocumentNumber?
    var target: DocumentNumber?
    var phase: Int
    var isBaseline: Bool
    var isExcluded: Bool
    var exclusionReason: String
    var note: String
    var signals: [Int]
    var mark: Mark?
    /// Before multiplication.
    var plotted: DocumentNumber?
    var sigma: DocumentNumber?
  }

  struct SignalPart: Codable {
    var rule: Rule
    var ruleSet: RuleSetID
    var phase: Int
    var members: [Int]
    var side: Side
    var meaning: Meaning
    var sentence: String
    var limits: [LimitsUsed]
  }

  init(_ chart: Chart) {
    let wording = Wording(chart)
    let assessment = chart.targetAssessment
    summary = wording.summary(assessment)
    cautions = wording.cautions
    variation = chart.variation
    assurance = chart.assurance
    targetAssessment = assessment
    spec = chart.spec
    period = wording.period.rawValue
    isOrdered = chart.series.isOrdered
    isSequence = chart.series.isSequence ? true : nil
    phases = zip(chart.phases, chart.lines.phases).map { phase, lines in
      PhasePart(
        first: phase.points.lowerBound, last: phase.points.upperBound - 1, reason: phase.reason,
        centreLine: phase.centreLine.flatMap(DocumentNumber.init), baselineValues: phase.baselineValues,
        isTrial: phase.isTrial, runs: phase.runs, centre: DocumentNumber(lines.centre),
        middle: DocumentNumber(lines.middle), sigma: DocumentNumber(lines.sigma), scale: DocumentNumber(lines.scale))
    }
    points = chart.points.enumerated().map { index, point in
      PointPart(point, plotted: chart.values[index], sigma: chart.lines.sigmas?[index], series: chart.series, at: index)
    }
    signals = chart.signals.map { signal in
      SignalPart(
        rule: signal.rule, ruleSet: signal.ruleSet, phase: signal.phase, members: signal.members, side: signal.side,
        meaning: signal.meaning, sentence: wording.sentence(for: signal), limits: chart.limits(usedBy: signal))
    }
  }

  /// What the points were computed from.
  static func series(
    of points: [PointPart], isOrdered: Bool, isSequence: Bool, _ require: (Bool, String) throws -> Void
  ) throws -> Series {
    var notes: [Int: String] = [:]
    let days = points.map { point in
      point.date ?? (isSequence ? point.sequenceNumber.map { Day(daysSinceEpoch: $0) } : nil) ?? .earliest
    }
    for (index, point) in points.enumerated() {
      try require(point.date != nil || (isSequence && point.sequenceNumber != nil), "A point has no date.")
      if index > 0 { try require(days[index - 1] <= days[index], "\(days[index]) comes after \(days[index - 1]).") }
      if !point.note.isEmpty { notes[index] = point.note }
    }
    let hasDenominators = points.contains { $0.denominator != nil }
    let hasSubgroups = points.contains { $0.subgroupSize != nil }
    return Series(
      days: days, values: points.map { $0.numerator?.number ?? .nan },
      denominators: hasDenominators ? points.map { $0.denominator?.number ?? .nan } : nil, notes: notes,
      subgroups: hasSubgroups
        ? SubgroupColumns(
          counts: points.map { $0.subgroupSize?.number ?? 0 },
          deviations: points.map { $0.subgroupDeviation?.number ?? .nan }) : nil,
      isOrdered: isOrdered, isSequence: isSequence)
  }
}

extension ChartDocument.PointPart {
  fileprivate init(_ point: ChartPoint, plotted: Double, sigma: Double?, series: Series, at index: Int) {
    func number(_ value: Double?) -> DocumentNumber? { value.flatMap(DocumentNumber.init) }
    self.init(
      date: series.isSequence ? nil : point.day,
      sequenceNumber: series.isSequence ? Int(point.day.daysSinceEpoch) : nil, value: number(point.value),
      numerator: number(point.numerator),
      denominator: number(point.denominator), subgroupSize: number(point.subgroupSize),
      subgroupDeviation: number(series.subgroups?.deviations[index]), centreLine: number(point.centreLine),
      lowerLimit: number(point.lowerLimit), upperLimit: number(point.upperLimit),
      nearLowerLimit: number(point.nearLowerLimit), nearUpperLimit: number(point.nearUpperLimit),
      target: number(point.target), phase: point.phase, isBaseline: point.isBaseline, isExcluded: point.isExcluded,
      exclusionReason: point.exclusionReason, note: point.note, signals: point.signals, mark: point.mark,
      plotted: number(plotted), sigma: number(sigma))
  }
}
