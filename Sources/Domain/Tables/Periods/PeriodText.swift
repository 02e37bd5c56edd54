// SPDX-License-Identifier: Apache-2.0

package import SPC

/// Reads the period of a row: a day, or a month or quarter, which is named by its first day.
///
/// The accepted forms are those that cannot be read in two ways: `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Qn`, and `DD/MM/YYYY`
/// with all its digits. `3/4/2024` is refused although it looks much like the last one, because who writes it without
/// zeros often means the 4th of March.
package enum PeriodText {
  /// A text that is no period, and what to write instead.
  package struct Refusal: Error, Hashable {
    package var message: String
    package var accepted: String
  }

  package static let accepted = "A day as YYYY-MM-DD or DD/MM/YYYY, a month as YYYY-MM or a quarter as YYYY-Qn."

  /// - Parameters:
  ///   - text: The cell, without blanks at its ends.
  ///   - latest: The last day that is not refused as lying in the future.
  package static func parse(_ text: ArraySlice<UInt8>, latest: Day) -> Result<Day, Refusal> {
    if text.isEmpty { return .failure(Refusal(message: "The cell is empty.", accepted: accepted)) }
    guard let (form, date) = read(text) else { return .failure(refusal(of: text)) }
    guard let day = Day(year: date.year, month: date.month, day: date.day) else {
      return .failure(impossible(date, form))
    }
    guard day <= latest else {
      return .failure(
        Refusal(message: "The period begins in the future.", accepted: "A period that has begun, up to \(latest)."))
    }
    return .success(day)
  }

  /// The day of a text that has one of the forms, whenever it is.
  static func day(_ text: ArraySlice<UInt8>) -> Day? {
    read(text).flatMap { Day(year: $1.year, month: $1.month, day: $1.day) }
  }

  private enum Form {
    case day, month, quarter, dayFirst
  }

  private typealias Date = (year: Int, month: Int, day: Int)

  private static func read(_ text: ArraySlice<UInt8>) -> (Form, Date)? {
    text.count == 7 || text.count == 10 ? text.withUnsafeBufferPointer(read) : nil
  }

  /// Seven or ten bytes.
  private static func read(_ text: UnsafeBufferPointer<UInt8>) -> (Form, Date)? {
    func number(_ offset: Int, _ count: Int) -> Int? {
      var value = 0
      for index in offset..<(offset + count) {
        guard isDigit(text[index]) else { return nil }
        value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
      }
      return value
    }
    func has(_ character: Unicode.Scalar, at offset: Int) -> Bool { text[offset] == UInt8(ascii: character) }

    switch text.count {
    case 10 where has("-", at: 4) && has("-", at: 7):
      guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2) else { return nil }
      return (.day, (year, month, day))
    case 10 where has("/", at: 2) && has("/", at: 5):
      guard let day = number(0, 2), let month = number(3, 2), let year = number(6, 4) else { return nil }
      return (.dayFirst, (year, month, day))
    case 7 where has("-", at: 4) && (has("Q", at: 5) || has("q", at: 5)):
      guard let year = number(0, 4), let quarter = number(6, 1) else { return nil }
      return (.quarter, (year, quarter * 3 - 2, 1))
    case 7 where has("-", at: 4):
      guard let year = number(0, 4), let month = number(5, 2) else { return nil }
      return (.month, (year, month, 1))
    default:
      return nil
    }
  }

  private static func impossible(_ date: Date, _ form: Form) -> Refusal {
    if date.year == 0 { return Refusal(message: "There is no year 0.", accepted: "A year from 0001 on.") }
    if form == .quarter {
      return Refusal(message: "A year has quarters 1 to 4.", accepted: "A quarter such as \(padded(date.year))-Q1.")
    }
    guard let month = Month(number: date.month) else {
      if form == .dayFirst, Day(year: date.year, month: date.day, day: date.month) != nil {
        return Refusal(
          message: "There is no month \(date.month); with slashes the day comes first.",
          accepted: "A day as DD/MM/YYYY or YYYY-MM-DD.")
      }
      return Refusal(message: "There is no month \(date.month).", accepted: "A month from 01 to 12.")
    }
    let length = Day.lastDay(of: month.number, in: date.year)
    return Refusal(
      message: "There is no \(date.day) \(month.name) \(date.year).",
      accepted: "A day from 01 to \(length).")
  }

  /// What is wrong with a text that has none of the forms.
  private static func refusal(of text: ArraySlice<UInt8>) -> Refusal {
    let parts = text.split(omittingEmptySubsequences: false) { separators.contains($0) }
    let areNumbers = parts.allSatisfy { !$0.isEmpty && $0.count <= 4 && $0.allSatisfy(isDigit) }
    if parts.count == 3 && areNumbers {
      if !parts.contains(where: { $0.count == 4 }) {
        return Refusal(message: "The year has to have four digits.", accepted: accepted)
      }
      if parts[2].count == 4 {
        return Refusal(
          message: "It is not clear which is the day and which the month.",
          accepted: "A day as YYYY-MM-DD, or as DD/MM/YYYY with all its digits and slashes.")
      }
    }
    if text.count > 10, case .some = read(text.prefix(10)), !isDigit(text[text.startIndex + 10]) {
      return Refusal(message: "There is more than a day.", accepted: "The day alone, without a time: YYYY-MM-DD.")
    }
    if text.count == 5, text.allSatisfy(isDigit) {
      return Refusal(
        message: "This looks like the number under which a spreadsheet keeps a day.",
        accepted: "The column formatted as dates before it is saved: YYYY-MM-DD.")
    }
    return Refusal(message: "This is not a period in a form that can be read.", accepted: accepted)
  }

  private static let separators = Array("/-. ".utf8)

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func padded(_ year: Int) -> String {
    let digits = String(year)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}

/// A month with its English name, for messages.
private struct Month {
  let number: Int
  let name: String

  init?(number: Int) {
    guard (1...12).contains(number) else { return nil }
    self.number = number
    name =
      [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
      ][number - 1]
  }
}

extension Day {
  /// The number of days of a month.
  fileprivate static func lastDay(of month: Int, in year: Int) -> Int {
    (28...31).last { Day(year: year, month: month, day: $0) != nil } ?? 28
  }
}
