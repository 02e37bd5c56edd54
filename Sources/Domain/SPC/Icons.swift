// SPDX-License-Identifier: Apache-2.0

extension Variation {
  /// The icon of the latest point that has a value and is not excluded, by the mark with precedence.
  init?(of points: [ChartPoint], spec: ChartSpec) {
    guard spec.ruleSet.definesIcons, spec.kind.hasLimits,
      let latest = points.last(where: { $0.value != nil && !$0.isExcluded })
    else { return nil }
    switch (latest.mark?.meaning, latest.mark?.side) {
    case (.improvement, .low): self = .improvementLow
    case (.improvement, _): self = .improvementHigh
    case (.concern, .low): self = .concernLow
    case (.concern, _): self = .concernHigh
    case (.neutral, .low): self = .neutralLow
    case (.neutral, _): self = .neutralHigh
    case (nil, _): self = .commonCause
    }
  }
}

extension Assurance {
  /// The target against the latest limits of the latest phase.
  ///
  /// A target on a limit, or without limits to compare it with, may be hit or missed.
  init?(of points: [ChartPoint], phase: Int, spec: ChartSpec) {
    guard spec.kind.hasLimits, spec.direction != .neutral, let target = spec.target, let last = points.last else {
      return nil
    }
    self = .hitOrMiss
    let latest = points.last { $0.phase == phase && $0.lowerLimit != nil } ?? last
    guard let lower = latest.lowerLimit, let upper = latest.upperLimit else { return }
    if target > upper, !Tolerance.areEqual(target, upper) {
      self = spec.direction == .up ? .fail : .pass
    } else if target < lower, !Tolerance.areEqual(target, lower) {
      self = spec.direction == .up ? .pass : .fail
    }
  }
}
