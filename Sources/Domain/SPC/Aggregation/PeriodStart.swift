// SPDX-License-Identifier: Apache-2.0

extension Period {
  /// The first day of the period that a day lies in: the day itself, the Monday of its week, the first of its month,
  /// quarter or year; the day itself for `irregular`.
  ///
  /// - Parameter firstMonth: the month (1 to 12) that years begin with, and so quarters too: 4 for the financial year of
  ///   the NHS. Others are taken as 1.
  public func start(of day: Day, firstMonth: Int = 1) -> Day {
    let firstMonth = (1...12).contains(firstMonth) ? firstMonth : 1
    switch self {
    case .day, .irregular, .sequence: return day
    case .week:
      // 1970-01-01 was a Thursday.
      let sinceMonday = (Int(day.daysSinceEpoch) + 3) % 7
      return day.advanced(by: -(sinceMonday < 0 ? sinceMonday + 7 : sinceMonday))
    case .month: return Self.first(ofMonth: day.monthNumber)
    case .quarter: return Self.first(ofMonth: day.monthNumber - (day.month - firstMonth + 12) % 3)
    case .year: return Self.first(ofMonth: day.monthNumber - (day.month - firstMonth + 12) % 12)
    }
  }

  /// The first day of the period after the one that begins on a day.
  func next(after start: Day) -> Day {
    switch self {
    case .day, .irregular, .sequence: start.advanced(by: 1)
    case .week: start.advanced(by: 7)
    case .month: Self.first(ofMonth: start.monthNumber + 1)
    case .quarter: Self.first(ofMonth: start.monthNumber + 3)
    case .year: Self.first(ofMonth: start.monthNumber + 12)
    }
  }

  /// Kept within the calendar.
  private static func first(ofMonth number: Int) -> Day {
    Day(year: number / 12, month: number % 12 + 1, day: 1) ?? (number < 12 ? .earliest : .latest)
  }
}
