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

  /// All of it in one number: no day is as far as two to the power of 24 from 1970.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(readings) << 48 ^ UInt64(bitPattern: Int64(first)) << 24 ^ UInt64(bitPattern: Int64(last)))
  }

  init() {}

  mutating func add(_ reading: PeriodReading, _ day: Day?) {
    guard let day else { return }
    if readings == 0 { first = day.daysSinceEpoch }
    readings |= reading.bit
    last = day.daysSinceEpoch
  }

  /// Adds a day that nobody reads in two ways.
  mutating func addDay(_ day: Day?) {
    add(.dayFirst, day)
    add(.monthFirst, day)
  }

  /// Adds a quarter from 1 to 4, of a year that begins in January or in April.
  mutating func addQuarter(_ year: Int, _ quarter: Int) {
    add(.calendarQuarter, Day(year: year, month: quarter * 3 - 2, day: 1))
    add(.aprilQuarter, LabelReader.aprilQuarter(year, quarter))
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
  package init(_ text: ArraySlice<UInt8>) { self = PeriodLabel(plain: text) ?? PeriodLabel(general: text) }

  /// Reads a label of any form.
  init(general text: ArraySlice<UInt8>) {
    self.init()
    guard text.count <= 60, text.withUnsafeBufferPointer(LabelReader.mayRead) else { return }
    self = PeriodLabel(cleaning: text)
  }

  /// Reads a label that is not long, whatever it begins with.
  init(cleaning text: ArraySlice<UInt8>) {
    Self.clean(text).withUnsafeBufferPointer { LabelReader($0).read(into: &self) }
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
