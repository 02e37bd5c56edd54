// SPDX-License-Identifier: Apache-2.0

package import SPC

/// One way to read a column of period labels.
///
/// In the order in which one is kept where two of them give equal periods.
package enum PeriodReading: Int, Sendable, Hashable, CaseIterable {
  /// `7/4/2023` is the 7th of April.
  case dayFirst
  /// `7/4/2023` is the 4th of July.
  case monthFirst
  case month
  /// `2023/24`: April to March.
  case financialYear
  /// `Q1 2023/24`: April to June.
  case financialQuarter
  /// `2023 Q1`: January to March.
  case calendarQuarter
  /// `2023 Q1`: April to June.
  case aprilQuarter
  /// `2023-W14`, of ISO 8601.
  case week
  /// `202314`, an ISO week without its letter.
  case yearWeek
  /// `w/e 07/04/2023`, day first.
  case weekOfDayFirst
  /// `w/e 04/07/2023`, month first.
  case weekOfMonthFirst
  /// `2023`: January to December.
  case year
  /// `FY24` begins in April 2024.
  case financialYearStarting
  /// `FY24` ends in March 2024.
  case financialYearEnding
  /// `45017`: the day of Excel's 1900 system.
  case serialDay

  /// The bit that stands for this reading in a ``PeriodLabel/readings``.
  var bit: UInt16 { 1 << UInt16(rawValue) }

  /// How long a period is.
  enum Length: Sendable, Hashable {
    case day, week
    case months(Int)
  }

  var length: Length {
    switch self {
    case .dayFirst, .monthFirst, .serialDay: .day
    case .week, .yearWeek, .weekOfDayFirst, .weekOfMonthFirst: .week
    case .month: .months(1)
    case .financialQuarter, .calendarQuarter, .aprilQuarter: .months(3)
    case .financialYear, .year, .financialYearStarting, .financialYearEnding: .months(12)
    }
  }

  /// The last day of the period that begins on a day.
  package func lastDay(from first: Day) -> Day {
    switch length {
    case .day: return first
    case .week: return first.advanced(by: 6)
    case .months(let count):
      let next = first.monthNumber + count
      return (Day(year: next / 12, month: next % 12 + 1, day: 1) ?? .latest).advanced(by: -1)
    }
  }

  /// What a column read so consists of, in words: `months`.
  package var title: String {
    switch self {
    case .dayFirst: "days, the day before the month"
    case .monthFirst: "days, the month before the day"
    case .month: "months"
    case .financialYear: "financial years, April to March"
    case .financialQuarter: "quarters of financial years, the first of them April to June"
    case .calendarQuarter: "quarters of calendar years, the first of them January to March"
    case .aprilQuarter: "quarters of years that begin in April"
    case .week, .yearWeek: "weeks as ISO 8601 counts them"
    case .weekOfDayFirst: "weeks named by a day, the day before the month"
    case .weekOfMonthFirst: "weeks named by a day, the month before the day"
    case .year: "calendar years"
    case .financialYearStarting: "financial years named by the year in which they begin"
    case .financialYearEnding: "financial years named by the year in which they end"
    case .serialDay: "the numbers under which a spreadsheet keeps days"
    }
  }

  /// A period read so, in words: `1 April 2023`, `the week from 3 April 2023`.
  package func words(for first: Day) -> String {
    let (year, month, day) = first.date
    let name = PeriodNames.months[month - 1]
    switch length {
    case .day: return "\(day) \(name) \(year)"
    case .week: return "the week from \(day) \(name) \(year)"
    case .months(1): return "\(name) \(year)"
    case .months:
      let (lastYear, lastMonth, _) = lastDay(from: first).date
      return "\(name) \(year) to \(PeriodNames.months[lastMonth - 1]) \(lastYear)"
    }
  }
}

/// English names as labels have them.
enum PeriodNames {
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  /// Number of a month (1 to 12) by its name in lower case, whole or short.
  static let month: [LabelWord: Int] = {
    var names: [LabelWord: Int] = [:]
    for (index, name) in months.enumerated() {
      for name in [name.lowercased(), String(name.lowercased().prefix(3))] {
        if let word = LabelWord(name.utf8) { names[word] = index + 1 }
      }
    }
    if let word = LabelWord("sept".utf8) { names[word] = 9 }
    return names
  }()
  static let weekdays = words([
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday",
  ])
  /// Words one of which opens every label that does not open with a digit.
  static let openers = weekdays.union(month.keys).union(
    words(["q", "qtr", "fy", "w", "we", "wc", "wk", "week", "msitae"]))

  private static func words(_ texts: [String]) -> Set<LabelWord> { Set(texts.compactMap { LabelWord($0.utf8) }) }
}
