// SPDX-License-Identifier: Apache-2.0

/// What a person says about how a file is written, where the file alone leaves it open.
package struct ReadingOptions: Sendable, Hashable {
  /// Which comes first in dates such as `04/01/2023`.
  package enum DateOrder: String, Sendable, CaseIterable {
    case day, month
  }
  /// By which of its two years `FY24` is named.
  package enum FinancialYearLabel: String, Sendable, CaseIterable {
    case starting, ending
  }
  package enum DecimalMark: String, Sendable, CaseIterable {
    case point, comma
  }
  /// What the periods are.
  package enum PeriodForm: String, Sendable, CaseIterable {
    case day, week, month, quarter, year
    case financialYear = "financial-year"
  }

  /// Marks for "no value", besides an empty cell; the usual ones where none are given.
  package var missing: [String] = []
  package var dateOrder: DateOrder?
  /// The month in which the year of quarters such as `2023 Q1` begins: 1 or 4.
  package var yearStartMonth: Int?
  package var financialYearLabel: FinancialYearLabel?
  package var decimalMark: DecimalMark?
  package var periodForm: PeriodForm?
  /// How the options are called where they are set, for messages that ask for one.
  package var names = Names.fields

  package init() {}

  /// How the options are called where they are set.
  package enum Names: Sendable, Hashable {
    /// The options of `waymark chart`.
    case commandLine
    /// The fields of an import.
    case fields
  }

  /// The readings of periods that the options leave.
  var allowedReadings: UInt16 {
    var without: [PeriodReading] = []
    switch dateOrder {
    case .day?: without += [.monthFirst, .weekOfMonthFirst]
    case .month?: without += [.dayFirst, .weekOfDayFirst]
    case nil: break
    }
    switch yearStartMonth {
    case 1?: without.append(.aprilQuarter)
    case 4?: without.append(.calendarQuarter)
    default: break
    }
    switch financialYearLabel {
    case .starting?: without.append(.financialYearEnding)
    case .ending?: without.append(.financialYearStarting)
    case nil: break
    }
    if let periodForm {
      let kept: [PeriodReading] =
        switch periodForm {
        case .day: [.dayFirst, .monthFirst, .serialDay]
        case .week: [.week, .yearWeek, .weekOfDayFirst, .weekOfMonthFirst]
        case .month: [.month]
        case .quarter: [.financialQuarter, .calendarQuarter, .aprilQuarter]
        case .year: [.year]
        case .financialYear: [.financialYear, .financialYearStarting, .financialYearEnding]
        }
      without += PeriodReading.allCases.filter { !kept.contains($0) }
    }
    return without.reduce(UInt16.max) { $0 & ~$1.bit }
  }
}

extension ReadingOptions.Names {
  /// How to say one of several things.
  func dateOrder() -> String {
    self == .commandLine ? "--date-order day or --date-order month" : "a date order (day first or month first)"
  }
  func yearStart() -> String {
    self == .commandLine
      ? "--year-start 1 or --year-start 4" : "the month in which the year begins (1 for January, 4 for April)"
  }
  func financialYearLabel() -> String {
    self == .commandLine
      ? "--fy-label starting or --fy-label ending" : "by which year financial years are named (starting or ending)"
  }
  func decimalMark() -> String {
    self == .commandLine ? "--decimal point or --decimal comma" : "the decimal mark (point or comma)"
  }
  func periodForm(_ forms: [ReadingOptions.PeriodForm]) -> String {
    let words = forms.map { self == .commandLine ? "--period-form \($0.rawValue)" : $0.rawValue }
    return (self == .commandLine ? "" : "what the periods are: ") + words.joined(separator: " or ")
  }
  func missing(_ mark: String) -> String {
    self == .commandLine ? "--missing '\(mark)'" : "“\(mark)” among the marks for no value"
  }
}

extension PeriodReading {
  var form: ReadingOptions.PeriodForm {
    switch self {
    case .dayFirst, .monthFirst, .serialDay: .day
    case .week, .yearWeek, .weekOfDayFirst, .weekOfMonthFirst: .week
    case .month: .month
    case .financialQuarter, .calendarQuarter, .aprilQuarter: .quarter
    case .year: .year
    case .financialYear, .financialYearStarting, .financialYearEnding: .financialYear
    }
  }
}
