// SPDX-License-Identifier: Apache-2.0

/// A chart as numbers and words: everything that a drawing of it shows, and why.
///
/// ```swift
/// let chart = try Chart(series, spec: ChartSpec(kind: .p, ruleSet: .makingDataCount, direction: .down, multiplier: 100))
/// print(chart.summary)
/// ```
/// All values, lines and limits are in the unit shown, after multiplication. Indices count from 0.
public struct Chart: Sendable, Hashable {
  public let spec: ChartSpec
  /// How far apart the points lie, for words and labels.
  public let period: Period
  /// One for every point of the series, in its order.
  public let points: [ChartPoint]
  /// At least one, unless there are no points.
  public let phases: [Phase]
  /// Every special cause found, in order of phases, then rules, then time.
  public let signals: [Signal]
  /// Making Data Count's variation icon: what the latest point shows.
  ///
  /// Nil where not defined: no limits, no value, or a rule set without icons.
  public let variation: Variation?
  /// Making Data Count's assurance icon: whether the process as it is will meet the target.
  ///
  /// Nil where not defined: no target, no limits, a neutral direction, or a rule set without icons.
  public let assurance: Assurance?
  /// What the chart says, in one or two sentences for people who have never seen one.
  public let summary: String
  /// What to keep in mind when reading it, a sentence each.
  public let cautions: [String]
}

/// One point of a chart.
public struct ChartPoint: Sendable, Hashable {
  public let day: Day
  /// Nil when missing, or without a denominator above 0 where the value is a quotient.
  public let value: Double?
  /// As in the series, not multiplied.
  public let numerator: Double?
  /// As in the series, not multiplied; nil for plain values.
  public let denominator: Double?
  /// Nil where the phase has no value that could set it.
  public let centreLine: Double?
  /// Three-sigma limits, cut to what is possible.
  ///
  /// Nil on a run chart and where not defined.
  public let lowerLimit: Double?
  public let upperLimit: Double?
  /// Near limits, two thirds of the way to the limits.
  public let nearLowerLimit: Double?
  public let nearUpperLimit: Double?
  /// The limits before any cut at 0 or at 1.
  public let uncutLowerLimit: Double?
  public let uncutUpperLimit: Double?
  /// Index into `Chart.phases`.
  public let phase: Int
  /// Whether it had a part in setting centre line and limits.
  public let isBaseline: Bool
  public let isExcluded: Bool
  public let note: String
  /// Indices into `Chart.signals` of the signals that it is a member of.
  public let signals: [Int]
  /// How to mark it, by the rule that has precedence; nil when no rule flags this very point.
  public let mark: Mark?
}

/// Why a point stands out.
public struct Mark: Sendable, Hashable {
  public let rule: Rule
  public let side: Side
  public let meaning: Meaning
}

/// Which way a special cause points.
public enum Side: String, Sendable, Hashable {
  /// Above the centre line or a limit, or rising.
  case high
  /// Below the centre line or a limit, or falling.
  case low
  /// Neither: too few crossings.
  case neither
}

/// What a special cause means for the measure.
public enum Meaning: String, Sendable, Hashable {
  /// It is in the direction wanted.
  case improvement
  /// It is against the direction wanted.
  case concern
  /// No direction is wanted, or it has none.
  case neutral

  init(_ side: Side, direction: Direction) {
    switch (side, direction) {
    case (.high, .up), (.low, .down): self = .improvement
    case (.high, .down), (.low, .up): self = .concern
    default: self = .neutral
    }
  }
}

/// A special cause: a pattern that chance alone makes unlikely.
public struct Signal: Sendable, Hashable {
  public let rule: Rule
  public let ruleSet: RuleSetID
  /// Index into `Chart.phases`.
  public let phase: Int
  /// Indices into `Chart.points`, ascending, at least one.
  public let members: [Int]
  public let side: Side
  public let meaning: Meaning
  /// What it says, in a sentence.
  public let sentence: String
}

/// A stretch of points with its own centre line and limits.
public struct Phase: Sendable, Hashable {
  /// Its points.
  public let points: Range<Int>
  public let centreLine: Double?
  /// How many values set the centre line and the limits.
  public let baselineValues: Int
  /// Nil when no point of the phase is off the centre line.
  public let runs: RunsAnalysis?
}

/// Making Data Count's variation icons.
public enum Variation: String, Sendable, Hashable, CaseIterable {
  case commonCause = "common_cause"
  case improvementHigh = "improvement_high"
  case improvementLow = "improvement_low"
  case concernHigh = "concern_high"
  case concernLow = "concern_low"
  case neutralHigh = "neutral_high"
  case neutralLow = "neutral_low"
}

/// Making Data Count's assurance icons.
public enum Assurance: String, Sendable, Hashable, CaseIterable {
  /// The target will be met.
  case pass
  /// The target will not be met.
  case fail
  /// Chance decides each time.
  case hitOrMiss = "hit_or_miss"
}
