// SPDX-License-Identifier: Apache-2.0

/// Why points are no series.
///
/// Indices count from 0.
public enum SeriesError: Error, Sendable, Hashable {
  /// Two points are of the same day.
  case duplicateDay(index: Int, day: Day)
  /// A point is earlier than the one before it.
  case outOfOrder(index: Int, day: Day, previous: Day)
  /// A number is infinite or not a number. `field` is `value` or `denominator`.
  case notFinite(index: Int, day: Day, field: String)
  /// A denominator is below 0.
  case negativeDenominator(index: Int, day: Day, denominator: Double)
}

extension SeriesError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .duplicateDay(_, let day): "There are two points for \(day); a series has one point a day."
    case .outOfOrder(_, let day, let previous): "\(day) comes after \(previous); points must be in order of days."
    case .notFinite(_, let day, let field): "The \(field) of \(day) is not a finite number."
    case .negativeDenominator(_, let day, let denominator):
      "The denominator of \(day) is \(plainFigure(denominator)); it must be 0 or more."
    }
  }
}
