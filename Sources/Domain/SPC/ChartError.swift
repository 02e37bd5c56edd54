// SPDX-License-Identifier: Apache-2.0

/// Why a chart cannot be made of a series.
///
/// Indices count from 0.
///
/// No points, missing values, a single point, equal values and denominators of 0 are no errors: they give a chart with
/// what can be said, and `Chart.cautions` for what cannot.
public enum ChartError: Error, Sendable, Hashable {
  /// No rule set has that name, or not that version.
  case unknownRuleSet(String)
  /// The kind needs denominators and the series has none at all.
  case denominatorsMissing(kind: ChartKind)
  /// The kind needs several values for each point.
  case subgroupsMissing(kind: ChartKind)
  /// A count on a chart of counts (P, P′, U, U′, C, G) is below 0.
  case negativeCount(index: Int, day: Day, count: Double)
  /// A time between events on a T chart is 0 or less.
  case timeNotPositive(index: Int, day: Day, time: Double)
  /// A numerator on a P or P′ chart is greater than its denominator.
  case numeratorOverDenominator(index: Int, day: Day, numerator: Double, denominator: Double)
  /// The quotient of a value and its denominator, or its product with the multiplier, is no finite number.
  case valueTooLarge(index: Int, day: Day)
  /// The multiplier is not a finite number above 0.
  case multiplierNotPositive(Double)
  /// The target is not a finite number.
  case targetNotFinite
  /// The known centre line is not finite, or no proportion or rate where it must be one.
  case knownCentreLineOutOfRange(Double)
  /// The width of an I chart is no finite number above 0.
  case widthNotPositive(Double)
  /// Chosen points are to set the lines, but none is chosen.
  case baselineEmpty
  /// A point chosen to set the lines is no point of the series.
  case baselineOutOfRange(index: Int, points: Int)
  /// Fewer points frozen than the rule set allows.
  case freezeTooShort(points: Int, minimum: Int)
  /// A phase starts before the second point, or after the last.
  case phaseStartOutOfRange(start: Int, points: Int)
  /// A phase does not start after the one before it.
  case phaseStartsNotAscending(start: Int)
  /// An excluded point is no point of the series.
  case exclusionOutOfRange(index: Int, points: Int)
}

extension ChartError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownRuleSet(let text):
      "There is no rule set “\(text)”; there are \(RuleSet.available.map(\.id.description).joined(separator: ", "))."
    case .denominatorsMissing(let kind): "A \(kind.title) needs a denominator for every value; this series has none."
    case .subgroupsMissing(let kind):
      "An \(kind.title) needs several values for every point; this series has single values."
    case .timeNotPositive(_, let day, let time):
      "The time between events of \(day) is \(plainFigure(time)); on a T chart times must be above 0. Where events are of "
        + "one day, give their times of day and let the times between be computed from them, or use a G chart."
    case .widthNotPositive(let width):
      "The width of I charts is \(plainFigure(width)); it must be a finite number above 0."
    case .baselineEmpty: "Chosen points are to set the lines, but none is chosen; choose at least one, or none for all."
    case .baselineOutOfRange(let index, let points):
      "Point index \(index) is chosen to set the lines; the series has \(points) points, counted from 0."
    case .negativeCount(_, let day, let count):
      "The count of \(day) is \(plainFigure(count)); counts must be 0 or more."
    case .numeratorOverDenominator(_, let day, let numerator, let denominator):
      "The numerator of \(day), \(plainFigure(numerator)), is greater than its denominator, "
        + "\(plainFigure(denominator)); a proportion is 1 at most."
    case .valueTooLarge(_, let day): "The value of \(day) is too large to be drawn."
    case .multiplierNotPositive(let multiplier):
      "The multiplier is \(plainFigure(multiplier)); it must be a finite number above 0."
    case .targetNotFinite: "The target is not a finite number."
    case .knownCentreLineOutOfRange(let centre):
      "A known centre line of \(plainFigure(centre)) is outside the range of this kind of chart."
    case .freezeTooShort(let points, let minimum):
      "Limits are to be frozen after \(points) points; this rule set needs at least \(minimum)."
    case .phaseStartOutOfRange(let start, let points):
      "A phase starts at point index \(start); with \(points) points, phases can start at 1 to \(max(points - 1, 1))."
    case .phaseStartsNotAscending(let start):
      "The phase at point index \(start) does not start after the one before; starts must ascend."
    case .exclusionOutOfRange(let index, let points):
      "Point index \(index) is excluded; the series has \(points) points, counted from 0."
    }
  }
}
