// SPDX-License-Identifier: Apache-2.0

package import SPC

/// A label of a period with everything that it may mean: at most two of the ways to read it.
///
/// Twelve bytes, so that the labels of a long file can wait until all of them have been seen.
package struct PeriodLabel: Sendable, Hashable {
  /// The bits of the readings that read it; 0 for a text that is no period.
  package private(set) var readings: UInt16 = 0
  /// First day by the first and by the last of the readings.
  private var first: Int32 = 0
  private var last: Int32 = 0

  package static let unreadable = PeriodLabel()

  init() {}

  mutating func add(_ reading: PeriodReading, _ day: Day?) {
    guard let day else { return }
    if readings == 0 { first = day.daysSinceEpoch }
    readings |= reading.bit
    last = day.daysSinceEpoch
  }

  /// The first day of the period, read so.
  package func start(_ reading: PeriodReading) -> Day {
    let isFirst = readings & (reading.bit - 1) == 0
    return Day(daysSinceEpoch: Int(isFirst ? first : last))
  }

  /// Whether it is a day that day-first and month-first dates agree about.
  var isSafeDay: Bool { readings == Self.days && first == last }
  /// Whether it is a day that may be another.
  var isDoubtfulDay: Bool { readings == Self.days && first != last }

  private static let days = PeriodReading.dayFirst.bit | PeriodReading.monthFirst.bit

  /// Reads a label in every way there is.
  ///
  /// - Parameter text: The cell, without blanks at its ends.
  package init(_ text: ArraySlice<UInt8>) {
    // What most files have needs no look at anything else.
    if let day = Self.plainDay(text) {
      readings = Self.days
      first = day.daysSinceEpoch
      last = first
      return
    }
    if let (year, month) = Self.plainMonth(text) {
      add(.month, Day(year: year, month: month, day: 1))
      if month == (year + 1) % 100 { add(.financialYear, Day(year: year, month: 4, day: 1)) }
      return
    }
    guard text.count <= 60 else { return }
    let clean = Self.clean(text)
    guard !clean.isEmpty else { return }
    LabelReader(clean).read(into: &self)
  }

  /// `YYYY-MM-DD` of 1990 to 2099.
  private static func plainDay(_ text: ArraySlice<UInt8>) -> Day? {
    guard text.count == 10 else { return nil }
    return text.withUnsafeBufferPointer { bytes in
      guard bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
      func number(_ range: Range<Int>) -> Int {
        var value = 0
        for index in range {
          let digit = Int(bytes[index]) - 0x30
          guard digit >= 0, digit <= 9 else { return -1 }
          value = value * 10 + digit
        }
        return value
      }
      let year = number(0..<4)
      guard (1990...2099).contains(year) else { return nil }
      return Day(year: year, month: number(5..<7), day: number(8..<10))
    }
  }

  /// `YYYY-MM` of 1990 to 2099, with a month that there is.
  private static func plainMonth(_ text: ArraySlice<UInt8>) -> (year: Int, month: Int)? {
    guard text.count == 7, text[text.startIndex + 4] == 0x2D else { return nil }
    var digits = 0
    for (place, byte) in text.enumerated() where place != 4 {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      digits = digits * 10 + Int(byte - 0x30)
    }
    guard (1...12).contains(digits % 100), (1990...2099).contains(digits / 100) else { return nil }
    return (digits / 100, digits % 100)
  }

  /// Lower case ASCII, with one dash, one apostrophe and single blanks; what has no place in a label becomes 1.
  private static func clean(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var clean: [UInt8] = []
    clean.reserveCapacity(text.count)
    func append(_ byte: UInt8) {
      switch byte {
      case 0x41...0x5A: clean.append(byte | 0x20)
      case 0x09...0x0D, 0x20: if clean.last != 0x20 && !clean.isEmpty { clean.append(0x20) }
      default: clean.append(byte)
      }
    }
    if text.allSatisfy({ $0 < 0x80 }) {
      for byte in text { append(byte) }
    } else {
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        switch scalar.value {
        case 0..<0x80: append(UInt8(scalar.value))
        case 0x2010...0x2014, 0x2212, 0xFE63: append(UInt8(ascii: "-"))
        case 0x2018, 0x2019: append(UInt8(ascii: "'"))
        case 0xFF01...0xFF5E: append(UInt8(scalar.value - 0xFEE0))
        // Marks that have no width, as copied pages bring them.
        case 0x200B...0x200F, 0xFEFF: break
        default:
          if scalar.properties.isWhitespace {
            append(0x20)
          } else if let digit = scalar.properties.numericType == .decimal ? scalar.properties.numericValue : nil {
            append(0x30 + UInt8(digit))
          } else {
            append(1)
          }
        }
      }
    }
    if clean.last == 0x20 { clean.removeLast() }
    return clean
  }
}
