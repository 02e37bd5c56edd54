// SPDX-License-Identifier: Apache-2.0

/// A calendar day of the proleptic Gregorian calendar, without a time of day and without a time zone.
///
/// Kept as the number of days since 1970-01-01, so that comparing and subtracting days is plain arithmetic. Years run
/// from 1 to 9999. The calendar arithmetic is Howard Hinnant's "chrono-compatible low-level date algorithms".
public struct Day: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01; negative before that.
  public let daysSinceEpoch: Int32

  /// 0001-01-01, the earliest day there is.
  public static let earliest = Day(unchecked: -719_162)
  /// 9999-12-31, the latest day there is.
  public static let latest = Day(unchecked: 2_932_896)

  private init(unchecked days: Int32) { daysSinceEpoch = days }

  /// The day so many days after 1970-01-01; a number outside the calendar gives its first or last day.
  public init(daysSinceEpoch: Int) {
    let low = Int(Day.earliest.daysSinceEpoch)
    let high = Int(Day.latest.daysSinceEpoch)
    self.init(unchecked: Int32(min(max(daysSinceEpoch, low), high)))
  }

  /// The day of that date; nil if the calendar has no such day, or the year is not within 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Day.length(month: month, year: year)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(unchecked: Int32(era * 146_097 + dayOfEra - 719_468))
  }

  /// The day written as `YYYY-MM-DD`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count == 10, digits[4] == UInt8(ascii: "-"), digits[7] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var result = 0
      for byte in digits[range] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        result = result * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return result
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Year, month (1 to 12) and day of the month.
  public var date: (year: Int, month: Int, day: Int) {
    let days = Int(daysSinceEpoch) + 719_468
    let era = days / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  public var year: Int { date.year }
  /// 1 to 12.
  public var month: Int { date.month }
  /// Day of the month, from 1.
  public var day: Int { date.day }

  /// Months since January of the year 0, to tell how many months lie between two days.
  public var monthNumber: Int {
    let (year, month, _) = date
    return year * 12 + month - 1
  }

  /// The day so many days later (earlier if negative), kept within the calendar.
  public func advanced(by days: Int) -> Day {
    Day(daysSinceEpoch: Int(daysSinceEpoch) + min(max(days, -4_000_000), 4_000_000))
  }

  /// How many days later the other day is; negative if it is earlier.
  public func distance(to other: Day) -> Int { Int(other.daysSinceEpoch) - Int(daysSinceEpoch) }

  public static func < (left: Day, right: Day) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

  /// How many days the month (1 to 12) has in that year.
  static func length(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Day: CustomStringConvertible {
  /// `YYYY-MM-DD`.
  public var description: String {
    let (year, month, day) = date
    return "\(Day.padded(year, 4))-\(Day.padded(month, 2))-\(Day.padded(day, 2))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Day: Codable {
  /// From `YYYY-MM-DD`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let day = Day(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "“\(text)” is not a day; one is written YYYY-MM-DD.")
    }
    self = day
  }

  /// As `YYYY-MM-DD`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
