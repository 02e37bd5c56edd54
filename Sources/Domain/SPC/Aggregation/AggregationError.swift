// SPDX-License-Identifier: Apache-2.0

/// Why rows cannot be brought together.
///
/// Rows count from 1, as people do.
public enum AggregationError: Error, Sendable, Hashable {
  /// A number is infinite or not a number. `field` is `value` or `denominator`.
  case notFinite(row: Int, field: String, value: Double)
  /// A denominator is below 0.
  case negativeDenominator(row: Int, denominator: Double)
  /// Some rows have a denominator and this one, which has a value, has none.
  case denominatorMissing(row: Int, day: Day)
  /// A sum is too large to be a finite number.
  case tooLarge(day: Day, field: String)
  /// Rows can be brought together by day, week, month, quarter or year.
  case irregularPeriod
  /// The first month of the year is not 1 to 12.
  case firstMonthOutOfRange(Int)
  /// A number that must not be fallen short of is below 0, or not finite.
  case minimumOutOfRange(Double)
  /// A time of day is not from 0 up to, but not, 1.
  case fractionOutOfRange(day: Day, fraction: Double)
  /// Events are not in order of time, or not after the start.
  case eventOutOfOrder(row: Int, day: Day)
  /// A count is no whole number, below 0 or too large.
  case notACount(row: Int, field: String, value: Double, most: Double)
  /// A row has more events than opportunities.
  case eventsOverOpportunities(row: Int, events: Double, opportunities: Double)
}

extension AggregationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFinite(let row, let field, let value):
      "The \(field) of row \(row) is \(value); it must be a finite number."
    case .negativeDenominator(let row, let denominator):
      "The denominator of row \(row) is \(plainFigure(denominator)); it must be 0 or more."
    case .denominatorMissing(let row, let day):
      "Row \(row), of \(day), has a value but no denominator, while others have one; give one to each, or to none."
    case .tooLarge(let day, let field): "The \(field)s of the period from \(day) add up to no finite number."
    case .irregularPeriod: "Rows can be brought together by day, week, month, quarter or year, not by “irregular”."
    case .firstMonthOutOfRange(let month): "The year begins with month \(month); it must be 1 to 12."
    case .minimumOutOfRange(let minimum):
      "The least number to be shown is \(plainFigure(minimum)); it must be a finite number, 0 or more."
    case .fractionOutOfRange(let day, let fraction):
      "The time of day on \(day) is \(plainFigure(fraction)) of a day; it must be 0 or more and below 1."
    case .eventOutOfOrder(let row, let day):
      "Event \(row), of \(day), is earlier than what comes before it; events must be in order of time."
    case .notACount(let row, let field, let value, let most):
      "The \(field) of row \(row) is \(plainFigure(value)); it must be a whole number from 0 to \(plainFigure(most))."
    case .eventsOverOpportunities(let row, let events, let opportunities):
      "Row \(row) has \(plainFigure(events)) events out of \(plainFigure(opportunities)) opportunities; "
        + "there cannot be more events than opportunities."
    }
  }
}
