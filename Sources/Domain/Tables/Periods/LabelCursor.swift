// SPDX-License-Identifier: Apache-2.0

/// A place in a cleaned label, and what may stand there.
struct LabelCursor {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  /// A number with so many digits, not followed by another digit.
  mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var end = index
    var value = 0
    while end < bytes.count, bytes[end] >= 0x30, bytes[end] <= 0x39, end - index < 9 {
      value = value * 10 + Int(bytes[end] - 0x30)
      end += 1
    }
    guard digits.contains(end - index) else { return nil }
    index = end
    return value
  }

  mutating func number(_ digits: Int) -> Int? { number(digits...digits) }

  /// A year of four digits (1990 to 2099) or of two (00 to 69 are 2000 to 2069).
  mutating func year(_ digits: [Int]) -> Int? {
    for count in digits {
      var copy = self
      guard let value = copy.number(count) else { continue }
      guard let year = Self.year(value, digits: count) else { return nil }
      self = copy
      return year
    }
    return nil
  }

  static func year(_ value: Int, digits: Int) -> Int? {
    if digits == 4 { return (1990...2099).contains(value) ? value : nil }
    return value < 70 ? 2000 + value : 1900 + value
  }

  mutating func eat(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  mutating func eat(_ text: String) -> Bool {
    guard bytes[index...].starts(with: text.utf8) else { return false }
    index += text.utf8.count
    return true
  }

  /// One of some characters.
  mutating func any(_ set: String) -> UInt8? {
    guard index < bytes.count, set.utf8.contains(bytes[index]) else { return nil }
    index += 1
    return bytes[index - 1]
  }

  /// One or more of some characters.
  mutating func some(_ set: String) -> Bool {
    guard any(set) != nil else { return false }
    skip(set)
    return true
  }

  mutating func skip(_ set: String) {
    while any(set) != nil {}
  }

  /// One or more zeros up to the end.
  mutating func zeros() -> Bool { some("0") && isAtEnd }

  private mutating func word() -> String? {
    var end = index
    while end < bytes.count, bytes[end] >= 0x61, bytes[end] <= 0x7A { end += 1 }
    guard end > index else { return nil }
    defer { index = end }
    return String(decoding: bytes[index..<end], as: UTF8.self)
  }

  /// The name of a month, perhaps with a dot.
  mutating func month() -> Int? {
    var copy = self
    guard let word = copy.word(), let month = PeriodNames.month[word] else { return nil }
    _ = copy.eat(UInt8(ascii: "."))
    self = copy
    return month
  }

  /// The name of a day of the week and a blank, where they are there.
  mutating func weekday() {
    var copy = self
    guard let word = copy.word(), PeriodNames.weekdays.contains(word) else { return }
    _ = copy.eat(UInt8(ascii: ","))
    if copy.eat(" ") { self = copy }
  }

  mutating func ordinal() {
    for end in ["st", "nd", "rd", "th"] where eat(end) { return }
  }

  /// `q1`, `qtr1`, `qtr 1`.
  mutating func quarter() -> Int? {
    var copy = self
    guard copy.eat("q") else { return nil }
    if copy.eat("tr") { _ = copy.eat(" ") }
    guard let quarter = copy.number(1), (1...4).contains(quarter) else { return nil }
    self = copy
    return quarter
  }

  /// `2023/24`, `fy 2023-2024`: its first year.
  mutating func financialYear() -> Int? {
    var copy = self
    if copy.eat("fy") { _ = copy.eat(" ") }
    let start = copy.index
    guard let first = copy.year([4, 2]) else { return nil }
    let isShort = copy.index - start == 2
    guard copy.any("-/") != nil else { return nil }
    let secondStart = copy.index
    guard let second = copy.number(4) ?? copy.number(2) else { return nil }
    let isSecondShort = copy.index - secondStart == 2
    guard !(isShort && !isSecondShort), second == (isSecondShort ? (first + 1) % 100 : first + 1) else { return nil }
    self = copy
    return first
  }

  /// Nothing more, or a time of day that is midnight.
  mutating func midnight(afterT: Bool) -> Bool {
    if isAtEnd { return true }
    guard eat(" ") || afterT && eat("t"), eat("00:00") else { return false }
    if eat(":00"), eat(".") { guard some("0") else { return false } }
    if afterT { _ = eat("z") || eat("+00:00") }
    return isAtEnd
  }
}
