// SPDX-License-Identifier: Apache-2.0

/// A place in a cleaned label, and what may stand there.
///
/// The bytes are those of an array that outlives it, so that a pattern which may fail costs no more than a copy of two
/// numbers.
struct LabelCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }
  /// Whether white space is next, as it stands in a label that has not been cleaned.
  var isAtBlank: Bool { index < bytes.count && (bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index])) }
  /// Whether a character is next that is not ASCII, which only a label has that has not been cleaned.
  var isAtOtherScript: Bool { index < bytes.count && bytes[index] >= 0x80 }

  func isAt(_ byte: UInt8) -> Bool { index < bytes.count && bytes[index] == byte }

  /// A number and how many digits it has, at most nine; nil where it does not begin with a digit.
  mutating func digits() -> (value: Int, count: Int) {
    let start = index
    var value = 0
    while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39, index - start < 9 {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return (value, index - start)
  }

  /// A number with so many digits, not followed by another digit.
  mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var copy = self
    let (value, count) = copy.digits()
    guard digits.contains(count) else { return nil }
    self = copy
    return value
  }

  mutating func number(_ digits: Int) -> Int? { number(digits...digits) }

  /// A year of four digits (1990 to 2099) or, where it may be short, of two (00 to 69 are 2000 to 2069).
  mutating func year(canBeShort: Bool = false) -> Int? {
    var copy = self
    let (value, count) = copy.digits()
    guard count == 4 || canBeShort && count == 2, let year = Self.year(value, digits: count) else { return nil }
    self = copy
    return year
  }

  static func year(_ value: Int, digits: Int) -> Int? {
    if digits == 4 { return (1990...2099).contains(value) ? value : nil }
    return value < 70 ? 2000 + value : 1900 + value
  }

  mutating func eat(_ byte: UInt8) -> Bool {
    guard isAt(byte) else { return false }
    index += 1
    return true
  }

  mutating func eat(_ text: StaticString) -> Bool {
    let end = index + text.utf8CodeUnitCount
    guard end <= bytes.count, text.withUTF8Buffer({ $0.elementsEqual(bytes[index..<end]) }) else { return false }
    index = end
    return true
  }

  /// What divides the numbers of a date: a dash, a slash or a point.
  mutating func mark() -> UInt8? {
    guard index < bytes.count, (UInt8(ascii: "-")...UInt8(ascii: "/")).contains(bytes[index]) else { return nil }
    index += 1
    return bytes[index - 1]
  }

  /// One of some characters.
  mutating func any(_ set: StaticString) -> UInt8? {
    guard index < bytes.count, set.withUTF8Buffer({ $0.contains(bytes[index]) }) else { return nil }
    index += 1
    return bytes[index - 1]
  }

  /// One or more of some characters.
  mutating func some(_ set: StaticString) -> Bool {
    guard any(set) != nil else { return false }
    skip(set)
    return true
  }

  mutating func skip(_ set: StaticString) {
    while any(set) != nil {}
  }

  /// One or more zeros up to the end.
  mutating func zeros() -> Bool { some("0") && isAtEnd }

  /// Letters up to the next other character.
  mutating func word() -> LabelWord? {
    let start = index
    while index < bytes.count, (0x61...0x7A).contains(bytes[index] | 0x20) { index += 1 }
    return LabelWord(bytes[start..<index])
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
    _ = eat("st") || eat("nd") || eat("rd") || eat("th")
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
    guard let first = copy.year(canBeShort: true) else { return nil }
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
