// SPDX-License-Identifier: Apache-2.0

/// How far apart the points of a series lie, as told by their days.
public enum Period: String, Sendable, Hashable, CaseIterable, Codable {
  case day, week, month, quarter, year
  /// None of these, or fewer than two points.
  case irregular
  /// Points are numbered and have no days, such as cases in the order of their coming.
  case sequence

  /// Those that days can be brought together by.
  public static let calendar: [Period] = [.day, .week, .month, .quarter, .year]

  /// The longest period on whose starts all the days can lie; gaps are allowed.
  ///
  /// Months, quarters and years are told by days that are all the same day of the month, or where a month is too short
  /// for it, its last: 31 January, 28 February, 31 March.
  public init(of days: some Collection<Day>) {
    guard let first = days.first, days.count > 1 else {
      self = .irregular
      return
    }
    let start = first.date
    let startMonth = first.monthNumber
    var sameDayOfMonth = true
    // The 29th to the 31st, or in a shorter month its last day.
    var mayBeMonthEnds = start.day >= 28
    var latestOfMonth = start.day
    var wholeQuarters = true
    var wholeYears = true
    var wholeWeeks = true
    var shortest = Int.max
    var previous = first
    for day in days.dropFirst() {
      let step = previous.distance(to: day)
      shortest = min(shortest, step)
      if step % 7 != 0 { wholeWeeks = false }
      if sameDayOfMonth || mayBeMonthEnds {
        let (year, month, dayOfMonth) = day.date
        if dayOfMonth != start.day { sameDayOfMonth = false }
        if dayOfMonth < 28 { mayBeMonthEnds = false }
        latestOfMonth = max(latestOfMonth, dayOfMonth)
        let months = year * 12 + month - 1 - startMonth
        if months % 3 != 0 { wholeQuarters = false }
        if months % 12 != 0 { wholeYears = false }
      }
      previous = day
    }
    if mayBeMonthEnds, !sameDayOfMonth {
      var month = Int.min
      mayBeMonthEnds = days.allSatisfy { day in
        defer { month = day.monthNumber }
        let date = day.date
        return month != day.monthNumber
          && date.day == min(latestOfMonth, Day.length(month: date.month, year: date.year))
      }
    }
    if sameDayOfMonth || mayBeMonthEnds {
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
    let singular = self == .irregular ? "point" : self == .sequence ? "case" : rawValue
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
    case .sequence: return "case \(day.daysSinceEpoch)"
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
    case .irregular, .sequence: true
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
