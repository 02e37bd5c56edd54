// SPDX-License-Identifier: Apache-2.0

/// How far apart the points of a series lie, as told by their days.
public enum Period: String, Sendable, Hashable, CaseIterable, Codable {
  case day, week, month, quarter, year
  /// None of these, or fewer than two points.
  case irregular

  /// The longest period on whose starts all the days can lie; gaps are allowed.
  ///
  /// Months, quarters and years are told by days that are all the same day of the month.
  public init(of days: some Collection<Day>) {
    guard let first = days.first, days.count > 1 else {
      self = .irregular
      return
    }
    let start = first.date
    let startMonth = first.monthNumber
    var sameDayOfMonth = true
    var wholeQuarters = true
    var wholeYears = true
    var wholeWeeks = true
    var shortest = Int.max
    var previous = first
    for day in days.dropFirst() {
      let step = previous.distance(to: day)
      shortest = min(shortest, step)
      if step % 7 != 0 { wholeWeeks = false }
      if sameDayOfMonth {
        if day.day == start.day {
          let months = day.monthNumber - startMonth
          if months % 3 != 0 { wholeQuarters = false }
          if months % 12 != 0 { wholeYears = false }
        } else {
          sameDayOfMonth = false
        }
      }
      previous = day
    }
    if sameDayOfMonth {
      self = wholeYears ? .year : wholeQuarters ? .quarter : .month
    } else if wholeWeeks {
      self = .week
    } else if shortest <= 3 {
      self = .day
    } else {
      self = .irregular
    }
  }

  /// What a point is called: `month`, `months`; `point`, `points` when irregular.
  public func noun(_ count: Int) -> String {
    let singular = self == .irregular ? "point" : rawValue
    return count == 1 ? singular : singular + "s"
  }

  /// The name of the period that begins on a day: `April 2020`, `6 April 2020`, `week of 6 April 2020`.
  public func name(of day: Day) -> String {
    let (year, month, dayOfMonth) = day.date
    let name = Period.monthNames[month - 1]
    switch self {
    case .day, .irregular: return "\(dayOfMonth) \(name) \(year)"
    case .week: return "week of \(dayOfMonth) \(name) \(year)"
    case .month: return dayOfMonth == 1 ? "\(name) \(year)" : "\(dayOfMonth) \(name) \(year)"
    case .quarter: return "quarter from \(name) \(year)"
    case .year: return month == 1 && dayOfMonth == 1 ? String(year) : "year from \(name) \(year)"
    }
  }

  /// The same within a sentence: `the week of 6 April 2020`.
  package func phrase(of day: Day) -> String {
    let isArticleDue = self == .week || self == .quarter || (self == .year && (day.month > 1 || day.day > 1))
    return (isArticleDue ? "the " : "") + name(of: day)
  }

  /// Whether the second day begins the period right after the first.
  func isNext(_ first: Day, _ second: Day) -> Bool {
    switch self {
    case .irregular: true
    case .day: first.distance(to: second) == 1
    case .week: first.distance(to: second) == 7
    case .month: second.monthNumber - first.monthNumber == 1
    case .quarter: second.monthNumber - first.monthNumber == 3
    case .year: second.monthNumber - first.monthNumber == 12
    }
  }

  /// English names of the months, January first.
  package static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
}
