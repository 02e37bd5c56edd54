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
  var hasIcons: Bool {
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

  /// The icon for the target: the verdict of `targetAssessment`, where the rule set has icons.
  func assuranceIcon() -> Assurance? {
    hasIcons && spec.direction != .neutral ? standing(countsAll: false)?.verdict : nil
  }
}
