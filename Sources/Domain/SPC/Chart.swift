// SPDX-License-Identifier: Apache-2.0

/// A chart as numbers and words: everything that a drawing of it shows, and why.
///
/// ```swift
/// let chart = try Chart(series, spec: ChartSpec(kind: .p, ruleSet: .makingDataCount, direction: .down, multiplier: 100))
/// print(chart.summary)
/// ```
/// All values, lines and limits are in the unit shown, after multiplication. Indices count from 0. Numbers are computed
/// when the chart is made, words when they are asked for.
public struct Chart: Sendable {
  public let spec: ChartSpec
  /// What it was computed from.
  public let series: Series
  /// At least one, unless there are no points.
  public let phases: [Phase]
  /// Every special cause found, in order of phases, then rules, then time.
  public let signals: [Signal]
  /// Making Data Count's variation icon: what the latest point shows.
  ///
  /// Nil where not defined: no limits, no value, too few points, or a rule set without icons.
  public internal(set) var variation: Variation?
  /// Whether the process as it is will meet the target: Making Data Count's assurance icon.
  ///
  /// Nil where not defined: no target, no limits, too few points, a neutral direction, or a rule set without icons; and
  /// where the latest values contradict what the limits say. `targetAssessment` has it in words.
  public internal(set) var assurance: Assurance?

  /// What is plotted, before multiplication; NaN when missing.
  let values: [Double]
  let lines: Lines
  let membership: Membership
  /// How many values of the latest phase take part in patterns.
  let latestPhaseValues: Int

  /// One for every point of the series, in its order.
  public var points: ChartPoints { ChartPoints(chart: self) }

  /// How far apart the points lie, for words and labels; found out anew each time it is asked for.
  public var period: Period { series.period }

  /// Whether something is missing between each point and the value before it, so that no line joins them; nil when that is
  /// so of none.
  package var followsGap: [Bool]? {
    guard series.isOrdered,
      let segments = Gaps.segments(
        of: series.days, values: series.plottedValues, areEvents: spec.kind.isOfEvents || series.isSequence)
    else { return nil }
    return segments.indices.map { $0 > 0 && segments[$0] != segments[$0 - 1] }
  }
}

/// A special cause: a pattern that chance alone makes unlikely.
public struct Signal: Sendable, Hashable, Codable {
  public let rule: Rule
  public let ruleSet: RuleSetID
  /// Index into `Chart.phases`.
  public let phase: Int
  /// Indices into `Chart.points`, ascending, at least one.
  public let members: [Int]
  public let side: Side
  public let meaning: Meaning
}

/// Which way a special cause points.
public enum Side: String, Sendable, Hashable, Codable {
  /// Above the centre line or a limit, or rising.
  case high
  /// Below the centre line or a limit, or falling.
  case low
  /// Neither: too few crossings, or a pattern about both sides.
  case neither
}

/// What a special cause means for the measure.
public enum Meaning: String, Sendable, Hashable, Codable {
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

/// A stretch of points with its own centre line and limits.
public struct Phase: Sendable, Hashable {
  /// Its points.
  public let points: Range<Int>
  /// Why it began; empty for the first.
  public let reason: String
  public let centreLine: Double?
  /// How many values set the centre line and the limits.
  public let baselineValues: Int
  /// Nil when no point of the phase is off the centre line.
  public let runs: RunsAnalysis?
  /// The points that may set the lines, where they are frozen after the first ones.
  let frozen: Range<Int>?

  /// With fewer values than this, limits are trial limits.
  ///
  /// There is no consensus; twelve is what most of the field works with.
  public static let firmBaseline = 12

  /// Whether so few values set its lines that they may move a good deal yet.
  public var isTrial: Bool { baselineValues < Phase.firmBaseline }
}

/// Why a point stands out.
public struct Mark: Sendable, Hashable, Codable {
  public let rule: Rule
  public let side: Side
  public let meaning: Meaning
}

/// Making Data Count's variation icons.
public enum Variation: String, Sendable, Hashable, CaseIterable, Codable {
  case commonCause = "common_cause"
  case improvementHigh = "improvement_high"
  case improvementLow = "improvement_low"
  case concernHigh = "concern_high"
  case concernLow = "concern_low"
  case neutralHigh = "neutral_high"
  case neutralLow = "neutral_low"
}

/// Making Data Count's assurance icons.
public enum Assurance: String, Sendable, Hashable, CaseIterable, Codable {
  /// The target should be met every time.
  case pass
  /// The target will not be met.
  case fail
  /// Chance decides each time.
  case hitOrMiss = "hit_or_miss"
}

extension Chart: Hashable {
  public static func == (left: Chart, right: Chart) -> Bool {
    left.spec == right.spec && left.series == right.series && left.signals == right.signals
      && left.phases == right.phases && left.variation == right.variation && left.assurance == right.assurance
      && left.points.elementsEqual(right.points)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(spec)
    hasher.combine(series)
  }
}
