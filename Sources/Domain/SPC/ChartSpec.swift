// SPDX-License-Identifier: Apache-2.0

/// Which way a measure should go.
public enum Direction: String, Sendable, Hashable, CaseIterable {
  /// Higher is better.
  case up
  /// Lower is better.
  case down
  /// Neither is better: a special cause is neither improvement nor concern.
  case neutral
}

/// Everything about a chart but its data.
public struct ChartSpec: Sendable, Hashable {
  public var kind: ChartKind
  /// What counts as a special cause.
  public var ruleSet: RuleSet
  public var direction: Direction
  /// Where the value should be, in the unit shown, so after multiplication.
  ///
  /// Changes no line.
  public var target: Double?
  /// Values, centre line and limits are shown multiplied by this: 100 for per cent, 1000 for a rate per 1,000.
  public var multiplier: Double
  /// The unit shown, for sentences and labels only; `%` with a multiplier of 100.
  public var unit: String
  /// Number of points from the start of each phase that alone set its centre line and limits; nil for all of them.
  ///
  /// Points that are missing or excluded are counted too, though they set nothing.
  public var freeze: Int?
  /// Index, from 0, of the first point of every phase after the first; ascending.
  ///
  /// Phases are computed apart.
  public var phases: [Int]
  /// Indices of points that have no part in centre line, limits and runs.
  ///
  /// They are drawn, and can be outside a limit.
  public var exclusions: Set<Int>
  /// Whether moving ranges of 3.267 times their mean or more are left out once (Nelson 1982); nil for what the owner of
  /// the rule set does.
  ///
  /// Of consequence for I, P′ and U′ charts.
  public var screenMovingRanges: Bool?
  /// A centre line known in advance, in the unit shown, in place of the one that the data would give.
  public var knownCentreLine: Double?
  /// Whether lower limits below 0 are set to 0 when no value is negative: for I charts of what cannot be negative.
  ///
  /// P and U charts always do.
  public var cutsLimitsAtZero: Bool

  public init(
    kind: ChartKind, ruleSet: RuleSet = .anhoej, direction: Direction = .neutral, target: Double? = nil,
    multiplier: Double = 1, unit: String = "", freeze: Int? = nil, phases: [Int] = [], exclusions: Set<Int> = [],
    screenMovingRanges: Bool? = nil, knownCentreLine: Double? = nil, cutsLimitsAtZero: Bool = false
  ) {
    self.kind = kind
    self.ruleSet = ruleSet
    self.direction = direction
    self.target = target
    self.multiplier = multiplier
    self.unit = unit
    self.freeze = freeze
    self.phases = phases
    self.exclusions = exclusions
    self.screenMovingRanges = screenMovingRanges
    self.knownCentreLine = knownCentreLine
    self.cutsLimitsAtZero = cutsLimitsAtZero
  }
}
