// SPDX-License-Identifier: Apache-2.0

/// The values of one measure over time: what a chart is made of.
///
/// Days ascend strictly, so that a point's index always means the same point; numbers are finite. A value that is
/// missing (nobody counted) is nil, which is something else than 0.
public struct Series: Sendable, Hashable {
  /// One value, or one numerator with its denominator.
  public struct Point: Sendable, Hashable {
    /// The day, or the first day of the week, month or quarter, that the value is of.
    public var day: Day
    /// The value or, with a denominator, the numerator; nil when it is missing.
    public var value: Double?
    /// What the numerator is out of (patients, bed days); nil for plain values and when it is missing.
    public var denominator: Double?
    /// What people should know about this point; shown with it.
    public var note: String

    public init(day: Day, value: Double?, denominator: Double? = nil, note: String = "") {
      self.day = day
      self.value = value
      self.denominator = denominator
      self.note = note
    }
  }

  public let points: [Point]

  /// A series without points.
  public init() { points = [] }

  /// A series of these points.
  ///
  /// - Throws: `SeriesError` for days that do not ascend strictly, numbers that are not finite and negative
  ///   denominators. A denominator of 0 is accepted: such a point has no value.
  public init(_ points: [Point]) throws(SeriesError) {
    var previous: Day?
    for (index, point) in points.enumerated() {
      if let previous, point.day <= previous {
        throw point.day == previous
          ? .duplicateDay(index: index, day: point.day)
          : .outOfOrder(index: index, day: point.day, previous: previous)
      }
      previous = point.day
      if let value = point.value, !value.isFinite { throw .notFinite(index: index, day: point.day, field: "value") }
      if let denominator = point.denominator {
        guard denominator.isFinite else { throw .notFinite(index: index, day: point.day, field: "denominator") }
        guard denominator >= 0 else {
          throw .negativeDenominator(index: index, day: point.day, denominator: denominator)
        }
      }
    }
    self.points = points
  }

  /// Whether any point has a denominator.
  ///
  /// If so, every value is a numerator, on any kind of chart.
  public var hasDenominators: Bool { points.contains { $0.denominator != nil } }
}

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
    case .notFinite(_, let day, let field): "The \(field) of \(day) is no finite number."
    case .negativeDenominator(_, let day, let denominator):
      "The denominator of \(day) is \(plainFigure(denominator)); it must be 0 or more."
    }
  }
}
