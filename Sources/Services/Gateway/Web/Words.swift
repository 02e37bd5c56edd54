// SPDX-License-Identifier: Apache-2.0

import SPC

/// Numbers, days and counts as people read them.
enum Words {
  /// A number with as many digits as carry meaning: `21,289`, `12.5`, `0.0342`.
  ///
  /// Shows at most one decimal from 100 up, two from 1 up, and three significant digits below; no trailing zeros.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    guard value.magnitude < 1e15 else { return "\(value)" }
    return fixed(value, decimals: decimals(of: value))
  }

  /// A number of a column, with exactly that many digits behind the point.
  static func number(_ value: Double, decimals: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return number(value) }
    return fixed(value, decimals: decimals, keepsZeros: true)
  }

  /// How many digits behind the point a column of numbers shows: as many as its largest number alone would, and none where
  /// all are whole.
  static func decimals(of values: some Sequence<Double>) -> Int {
    var largest = 0.0
    var areWhole = true
    for value in values where value.isFinite {
      largest = max(largest, value.magnitude)
      if value != value.rounded() { areWhole = false }
    }
    return areWhole ? 0 : decimals(of: largest)
  }

  private static func decimals(of value: Double) -> Int {
    let size = value.magnitude
    if size >= 100 { return 1 }
    if size >= 1 || size == 0 { return 2 }
    var (scaled, places) = (size, 2)
    while scaled < 0.1, places < 12 {
      scaled *= 10
      places += 1
    }
    return places + 1
  }

  /// A number with at most `decimals` digits behind the point, rounded half away from zero, thousands grouped.
  private static func fixed(_ value: Double, decimals: Int, keepsZeros: Bool = false) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let units = UInt64(scaled)
    guard units > 0 || keepsZeros else { return "0" }
    let whole = units / UInt64(scale)
    var fraction = String(units % UInt64(scale))
    fraction = String(repeating: "0", count: decimals - min(decimals, fraction.count)) + fraction
    if decimals == 0 { fraction = "" }
    while !keepsZeros, fraction.hasSuffix("0") { fraction.removeLast() }
    return (value < 0 && units > 0 ? "−" : "") + grouped(whole) + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// A count with thousands grouped: `100,000`.
  static func grouped(_ count: some BinaryInteger) -> String {
    let digits = String(count.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return (count < 0 ? "−" : "") + text
  }

  /// `1 point`, `3 points`.
  static func count(_ count: some BinaryInteger, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// A number with its unit: `12.5%`, `£40`, `3 days`.
  static func quantity(_ value: Double, unit: String) -> String {
    SPC.quantity(number(value), unit: unit)
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// `31 March 2027`; `nil` for what is no month.
  static func day(year: Int32, month: Int32, day: Int32) -> String? {
    guard (1...12).contains(month), day >= 1 else { return nil }
    return "\(day) \(months[Int(month) - 1]) \(year)"
  }

  /// The text with a capital first letter.
  static func capitalised(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The text as a sentence: with one full stop at its end, unless it ends in a mark already.
  static func sentence(_ text: String) -> String {
    guard let last = text.last else { return "" }
    return ".!?…".contains(last) ? text : text + "."
  }
}

/// Text made fit for a place in a URL.
enum URLText {
  /// Percent-encodes all but the unreserved characters of RFC 3986.
  static func queryValue(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }

  /// A segment of a path.
  ///
  /// The same characters are safe there.
  static func segment(_ text: String) -> String {
    queryValue(text)
  }
}
