// SPDX-License-Identifier: Apache-2.0

/// `google.protobuf.Timestamp` and `Duration` as canonical JSON writes them: RFC 3339 times, and seconds with an `s`.
enum JSONTime {
  private static let timestampRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  private static let durationLimit: Int64 = 315_576_000_000

  // MARK: Timestamp

  static func text(timestamp seconds: Int64, _ nanos: Int32) -> String? {
    guard timestampRange.contains(seconds), (0...999_999_999).contains(nanos) else { return nil }
    let day = Int(floorDivide(seconds, 86_400))
    let second = Int(seconds - Int64(day) * 86_400)
    let date = civil(fromDay: day)
    return pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2) + "T" + pad(second / 3600, 2) + ":"
      + pad(second / 60 % 60, 2) + ":" + pad(second % 60, 2) + fraction(nanos) + "Z"
  }

  static func timestamp(_ text: String) -> (seconds: Int64, nanos: Int32)? {
    var scanner = Scanner(text)
    guard let year = scanner.digits(4), year >= 1, scanner.take("-"), let month = scanner.digits(2),
      scanner.take("-"), let day = scanner.digits(2), scanner.take("T"), let hour = scanner.digits(2), hour < 24,
      scanner.take(":"), let minute = scanner.digits(2), minute < 60, scanner.take(":"),
      let second = scanner.digits(2), second < 60, let nanos = scanner.fraction(), isDay(year, month, day)
    else { return nil }
    var offset = 0
    if !scanner.take("Z") {
      let isBehind = scanner.take("-")
      guard isBehind || scanner.take("+"), let hours = scanner.digits(2), hours < 24, scanner.take(":"),
        let minutes = scanner.digits(2), minutes < 60
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (isBehind ? -1 : 1)
    }
    let seconds = Int64(self.day(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
    guard scanner.isAtEnd, timestampRange.contains(seconds) else { return nil }
    return (seconds, nanos)
  }

  // MARK: Duration

  static func text(duration seconds: Int64, _ nanos: Int32) -> String? {
    guard (-durationLimit...durationLimit).contains(seconds), (-999_999_999...999_999_999).contains(nanos),
      seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
    else { return nil }
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    return sign + "\(seconds.magnitude)" + fraction(Int32(nanos.magnitude)) + "s"
  }

  static func duration(_ text: String) -> (seconds: Int64, nanos: Int32)? {
    var scanner = Scanner(text)
    let isNegative = scanner.take("-")
    guard let seconds = scanner.digits(1...12), let nanos = scanner.fraction(), scanner.take("s"), scanner.isAtEnd,
      Int64(seconds) < durationLimit || (Int64(seconds) == durationLimit && nanos == 0)
    else { return nil }
    return isNegative ? (-Int64(seconds), -nanos) : (Int64(seconds), nanos)
  }

  /// No, three, six or nine digits, as few as keep the value.
  private static func fraction(_ nanos: Int32) -> String {
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + pad(Int(nanos / 1_000_000), 3) }
    if nanos % 1000 == 0 { return "." + pad(Int(nanos / 1000), 6) }
    return "." + pad(Int(nanos), 9)
  }

  // MARK: The Gregorian calendar

  /// Days since the start of 1970.
  ///
  /// Counting years from March puts the leap day last.
  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(fromDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  private static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
    guard (1...12).contains(month), day >= 1 else { return false }
    let found = civil(fromDay: self.day(year, month, day))
    return found.month == month && found.day == day
  }

  private static func floorDivide<Value: SignedInteger>(_ value: Value, _ divisor: Value) -> Value {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  private static func pad(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Takes a text apart from its front.
  private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Character) -> Bool {
      guard let first = rest.first, first == character.asciiValue else { return false }
      rest = rest.dropFirst()
      return true
    }

    mutating func digits(_ count: Int) -> Int? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(count)
      return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// As many digits as there are, if that is in range.
    mutating func digits(_ range: ClosedRange<Int>) -> Int? {
      let count = rest.prefix { (0x30...0x39).contains($0) }.prefix(range.upperBound + 1).count
      return range.contains(count) ? digits(count) : nil
    }

    /// A point with one to nine digits as nanoseconds, 0 when there is no point.
    mutating func fraction() -> Int32? {
      guard take(".") else { return 0 }
      let before = rest.count
      guard let value = digits(1...9) else { return nil }
      var nanos = value
      for _ in (before - rest.count)..<9 { nanos *= 10 }
      return Int32(nanos)
    }
  }
}
