// SPDX-License-Identifier: Apache-2.0

/// Which way a measure should go.
public enum Direction: String, Sendable, Hashable, CaseIterable, Codable {
  /// Higher is better.
  case up
  /// Lower is better.
  case down
  /// Neither is better: a special cause is neither improvement nor concern.
  case neutral
}

/// Everything about a chart but its data.
public struct ChartSpec: Sendable, Hashable, Codable {
  public var kind: ChartKind
  /// What counts as a special cause.
  public var ruleSet: RuleSet
  public var direction: Direction
  /// Where the value should be.
  public var targets: Targets
  /// Values, centre line and limits are shown multiplied by this: 100 for per cent, 1000 for a rate per 1,000.
  public var multiplier: Double
  /// The unit shown, for sentences and labels only; `%` with a multiplier of 100.
  public var unit: String
  /// Which points of each phase set its lines, unless the phase says otherwise.
  public var baseline: Baseline
  /// Where every phase after the first begins; ascending.
  ///
  /// Phases are computed apart.
  public var phases: [PhaseStart]
  /// Points left out of lines and runs.
  public var exclusions: Exclusions
  /// Where the methods' owners differ.
  public var method: ChartMethod
  /// A centre line known in advance, in the unit shown, in place of the one that the data would give.
  ///
  /// On a G chart it is the mean; the line drawn is 0.693 of it.
  public var knownCentreLine: Double?

  public init(
    kind: ChartKind, ruleSet: RuleSet = .anhoej, direction: Direction = .neutral, targets: Targets = .none,
    multiplier: Double = 1, unit: String = "", baseline: Baseline = .all, phases: [PhaseStart] = [],
    exclusions: Exclusions = [], method: ChartMethod = ChartMethod(), knownCentreLine: Double? = nil
  ) {
    self.kind = kind
    self.ruleSet = ruleSet
    self.direction = direction
    self.targets = targets
    self.multiplier = multiplier
    self.unit = unit
    self.baseline = baseline
    self.phases = phases
    self.exclusions = exclusions
    self.method = method
    self.knownCentreLine = knownCentreLine
  }

  /// The rules of the rule set that apply to the kind: without limits none about them, and on charts of ranges and
  /// deviations only those about the limits.
  public var rulesApplied: [Rule] { ruleSet.rules.filter(kind.applies) }
}

extension ChartSpec {
  /// Whether the lines of any phase are frozen after its first points.
  var freezesFirst: Bool {
    func freezes(_ baseline: Baseline?) -> Bool {
      if case .first? = baseline { true } else { false }
    }
    return freezes(baseline) || phases.contains { freezes($0.baseline) }
  }

  /// The rows that may set the lines of a phase, where they are frozen after its first points.
  func frozenRows(of phase: Int, points: Range<Int>, ordinals: [Int]?) -> Range<Int>? {
    let own = phase > 0 ? phases[phase - 1].baseline : nil
    guard case .first(let count) = own ?? baseline else { return nil }
    return Analysis.frozen(count, of: points, ordinals: ordinals)
  }
}

/// The choices in which packages and textbooks differ; each default follows the owner of the method.
public struct ChartMethod: Sendable, Hashable, Codable {
  /// Where the centre line of a G chart is drawn.
  public enum GeometricCentre: String, Sendable, Hashable, CaseIterable, Codable {
    /// At the median of the baseline (qicharts2).
    case median
    /// At its mean (Montgomery; Benneyan).
    case mean
  }

  /// Where the centre line of an I chart is drawn.
  public enum IndividualsCentre: String, Sendable, Hashable, CaseIterable, Codable {
    /// At the mean of the baseline (Shewhart; Montgomery; Making Data Count).
    case mean
    /// At its median, which a few wild values do not move (Wheeler).
    case median
  }

  /// Which average of the moving ranges sets the limits of I and MR charts.
  public enum RangeAverage: String, Sendable, Hashable, CaseIterable, Codable {
    /// Their mean R̄: limits at 2.66·R̄ (or 3/1.128), ranges up to 3.267·R̄.
    case mean
    /// Their median R̃: limits at 3.145·R̃, ranges up to 3.865·R̃ (Wheeler).
    case median
  }

  /// What a moving range does where a value is missing between two others.
  public enum Gaps: String, Sendable, Hashable, CaseIterable, Codable {
    /// None is taken across the gap: what neighbours differ by is not what values months apart differ by.
    case breaks = "break"
    /// It is taken across, as if the two were neighbours.
    case bridges = "bridge"
  }

  /// Whether moving ranges of 3.267 times their mean or more are left out once (Nelson 1982); nil for what the owner of
  /// the rule set does.
  ///
  /// Of consequence for I, I′, P′ and U′ charts.
  public var screensMovingRanges: Bool?
  /// Three sigma of an I chart, in mean moving ranges; nil for what the owner of the rule set takes: 3/1.128, or 2.66.
  public var individualsWidth: Double?
  /// Whether lower limits below 0 are set to 0 when no value is negative: for I and X̄ charts of what cannot be negative.
  ///
  /// Kinds that count always do.
  public var cutsLimitsAtZero: Bool
  /// Whether Laney's σz is never taken below 1, so that a P′ or U′ chart is never narrower than its P or U chart.
  ///
  /// Laney 2002 does not.
  public var keepsSigmaZAtLeastOne: Bool
  public var geometricCentre: GeometricCentre
  /// Whether a subgroup without any value takes one degree of freedom from the pooled deviation of X̄ and S charts.
  ///
  /// qicharts2 does; by Montgomery's formula it has no part.
  public var countsEmptySubgroups: Bool
  /// Where the centre line of an I chart lies.
  public var individualsCentre: IndividualsCentre
  /// Which average of the moving ranges sets the limits of I and MR charts; nil for the same as the centre.
  public var rangeAverage: RangeAverage?
  /// Whether moving ranges are taken across periods without a value: of consequence for I, MR, I′, P′ and U′ charts.
  public var gaps: Gaps

  /// Whether the median of the moving ranges sets limits.
  var usesMedianRange: Bool { rangeAverage.map { $0 == .median } ?? (individualsCentre == .median) }

  public init(
    screensMovingRanges: Bool? = nil, individualsWidth: Double? = nil, cutsLimitsAtZero: Bool = false,
    keepsSigmaZAtLeastOne: Bool = false, geometricCentre: GeometricCentre = .median,
    countsEmptySubgroups: Bool = false, individualsCentre: IndividualsCentre = .mean,
    rangeAverage: RangeAverage? = nil, gaps: Gaps = .breaks
  ) {
    self.screensMovingRanges = screensMovingRanges
    self.individualsWidth = individualsWidth
    self.cutsLimitsAtZero = cutsLimitsAtZero
    self.keepsSigmaZAtLeastOne = keepsSigmaZAtLeastOne
    self.geometricCentre = geometricCentre
    self.countsEmptySubgroups = countsEmptySubgroups
    self.individualsCentre = individualsCentre
    self.rangeAverage = rangeAverage
    self.gaps = gaps
  }

  /// Choices that a document does not name, as older ones do not, follow the owner of the method.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let usual = ChartMethod()
    screensMovingRanges = try values.decodeIfPresent(Bool.self, forKey: .screensMovingRanges)
    individualsWidth = try values.decodeIfPresent(Double.self, forKey: .individualsWidth)
    cutsLimitsAtZero = try values.decodeIfPresent(Bool.self, forKey: .cutsLimitsAtZero) ?? usual.cutsLimitsAtZero
    keepsSigmaZAtLeastOne =
      try values.decodeIfPresent(Bool.self, forKey: .keepsSigmaZAtLeastOne) ?? usual.keepsSigmaZAtLeastOne
    geometricCentre =
      try values.decodeIfPresent(GeometricCentre.self, forKey: .geometricCentre) ?? usual.geometricCentre
    countsEmptySubgroups =
      try values.decodeIfPresent(Bool.self, forKey: .countsEmptySubgroups) ?? usual.countsEmptySubgroups
    individualsCentre =
      try values.decodeIfPresent(IndividualsCentre.self, forKey: .individualsCentre) ?? usual.individualsCentre
    rangeAverage = try values.decodeIfPresent(RangeAverage.self, forKey: .rangeAverage)
    gaps = try values.decodeIfPresent(Gaps.self, forKey: .gaps) ?? usual.gaps
  }
}
