// SPDX-License-Identifier: Apache-2.0

extension Chart {
  /// Index of the latest point that has a value and is not excluded.
  var latest: Int? {
    values.indices.reversed().first { !values[$0].isNaN && !spec.exclusions.contains($0) }
  }

  /// The target in force at the latest point, or at the end of the series.
  public var targetInForce: Double? {
    if spec.targets.isEmpty { return nil }
    return (latest ?? values.indices.last).flatMap { spec.targets.value(on: series.days[$0]) }
  }

  /// Whether the latest phase has the points that the rule set asks of a chart with icons.
  private var hasIcons: Bool {
    guard spec.kind.hasLimits, let icons = spec.ruleSet.icons, let phase = phases.last else { return false }
    return !phase.points.isEmpty && latestPhaseValues >= icons.minimumPoints
  }

  /// The icon of the latest point, by the mark with precedence.
  func variationIcon() -> Variation? {
    guard hasIcons, let latest else { return nil }
    let mark = mark(at: latest)
    switch (mark?.meaning, mark?.side) {
    case (nil, _): return .commonCause
    case (.improvement, .low): return .improvementLow
    case (.improvement, _): return .improvementHigh
    case (.concern, .low): return .concernLow
    case (.concern, _): return .concernHigh
    case (.neutral, .low): return .neutralLow
    case (.neutral, .high): return .neutralHigh
    // A pattern about both sides has no icon of its own.
    case (.neutral, _): return .commonCause
    }
  }

  func assuranceIcon() -> Assurance? { hasIcons ? verdict : nil }

  /// The target in force against the latest limits of the latest phase, whatever the rule set.
  ///
  /// A target on a limit, or without limits to compare it with, may be hit or missed.
  public var verdict: Assurance? {
    guard spec.kind.hasLimits, spec.direction != .neutral, let target = targetInForce, let phase = phases.last else {
      return nil
    }
    guard let row = phase.points.reversed().first(where: { limit(3, at: $0) != nil }), let upper = limit(3, at: row)
    else { return .hitOrMiss }
    if target > upper, !Tolerance.areEqual(target, upper) { return spec.direction == .up ? .fail : .pass }
    if let lower = limit(-3, at: row), target < lower, !Tolerance.areEqual(target, lower) {
      return spec.direction == .up ? .pass : .fail
    }
    return .hitOrMiss
  }
}
