// SPDX-License-Identifier: Apache-2.0

/// How numbers are written in one file.
///
/// A decimal point is always read. A decimal comma is read where the separator is a semicolon or a tab, because
/// spreadsheets of the countries that write `1,5` separate cells so. Thousands separators are never read: `1,234` is
/// one and a bit in one country and over a thousand in another, and a wrong guess would look right on a chart.
package struct NumberText: Sendable {
  /// A text that is no number, and what to write instead.
  package struct Refusal: Error, Hashable {
    package var message: String
    package var accepted: String
  }

  private enum Mark {
    case point, comma
  }

  private let separator: UInt8
  /// The decimal mark that this file has used, and the line where it first did.
  private var mark: (mark: Mark, line: Int)?

  package init(separator: UInt8) {
    self.separator = separator
  }

  /// Reads a number: an optional sign, digits with at most one decimal mark, and an optional exponent (`1.5e3`).
  ///
  /// - Parameter text: The cell, without blanks at its ends.
  package mutating func parse(_ text: ArraySlice<UInt8>, line: Int) -> Result<Double, Refusal> {
    if text.isEmpty { return .failure(Refusal(message: "The cell is empty.", accepted: Self.accepted)) }
    guard let shape = Shape(text) else { return .failure(Self.refusal(of: text)) }

    if let index = shape.markIndex {
      let mark: Mark = text[index] == UInt8(ascii: ",") ? .comma : .point
      if mark == .comma && separator == UInt8(ascii: ",") {
        return .failure(Self.commaRefusal(text, looksGrouped: shape.looksGrouped))
      }
      if mark == .comma && separator == UInt8(ascii: "\t") && shape.looksGrouped {
        return .failure(
          Refusal(
            message: "The comma may be a decimal comma or a thousands separator.",
            accepted: "The number without a thousands separator, or with a decimal point: "
              + "\(Self.without(mark: index, text)) or \(Self.withPoint(index, text))."))
      }
      if let used = self.mark, used.mark != mark {
        let (here, there) = mark == .comma ? ("comma", "point") : ("point", "comma")
        return .failure(
          Refusal(
            message: "The number has a decimal \(here), but the one in line \(used.line) has a decimal \(there).",
            accepted: "One decimal mark in the whole file, and no thousands separators."))
      }
      if self.mark == nil { self.mark = (mark, line) }
    }

    guard let value = shape.value(of: text), value.isFinite else {
      return .failure(Refusal(message: "The number is too large to be held.", accepted: "A number below 1.7e308."))
    }
    return .success(value)
  }

  static let accepted = "A number such as 12, 12.5 or -3."

  // MARK: What is wrong with a text that is no number

  private static func refusal(of text: ArraySlice<UInt8>) -> Refusal {
    let word = String(decoding: text.prefix(20), as: UTF8.self)
    if ["nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"].contains(word.lowercased()) {
      return Refusal(message: "The value is not a finite number.", accepted: accepted)
    }
    if text.last == UInt8(ascii: "%"), Shape(text.dropLast()) != nil {
      return Refusal(message: "The number has a per cent sign.", accepted: "The number alone, without the sign.")
    }
    if let bare = ungrouped(text) {
      return Refusal(message: "The number has thousands separators.", accepted: "The number without them: \(bare).")
    }
    return Refusal(message: "This is not a number.", accepted: accepted)
  }

  private static func commaRefusal(_ text: ArraySlice<UInt8>, looksGrouped: Bool) -> Refusal {
    if looksGrouped, let bare = ungrouped(text) {
      return Refusal(message: "The number has a thousands separator.", accepted: "The number without it: \(bare).")
    }
    return Refusal(
      message: "The number has a decimal comma, but the columns of this file are separated by commas.",
      accepted: "A decimal point such as 1.5, or a file with semicolons between its columns.")
  }

  /// The number without its thousands separators (comma, point, apostrophe, blank), where it has them.
  private static func ungrouped(_ text: ArraySlice<UInt8>) -> String? {
    guard text.count <= 40 else { return nil }
    let string = String(decoding: text, as: UTF8.self)
    let blanks: Set<Character> = [",", ".", "'", "’", " ", "\u{A0}", "\u{202F}", "\u{2009}"]
    let marks = string.filter { blanks.contains($0) }
    guard let last = marks.last, let first = marks.first, marks.dropLast().allSatisfy({ $0 == first }) else {
      return nil
    }
    // With two kinds of mark, the last is the decimal mark; with one kind, all of them group.
    let decimalMark: Character? = last == first ? nil : last
    let bare = string.filter { !blanks.contains($0) || $0 == decimalMark }
    let plain = String(bare.map { $0 == decimalMark ? "." : $0 })
    return Shape(Array(plain.utf8)[...]) == nil ? nil : plain
  }

  private static func without(mark index: Int, _ text: ArraySlice<UInt8>) -> String {
    String(decoding: text[..<index] + text[(index + 1)...], as: UTF8.self)
  }

  private static func withPoint(_ index: Int, _ text: ArraySlice<UInt8>) -> String {
    String(decoding: text[..<index] + [UInt8(ascii: ".")] + text[(index + 1)...], as: UTF8.self)
  }
}

/// A text that has the form of a number, with its parts found.
private struct Shape {
  /// Index of the decimal mark, if there is one.
  private(set) var markIndex: Int?
  /// Digits before and after the mark.
  private var whole = 0
  private var fraction = 0
  private var firstDigit: UInt8 = 0
  private var hasExponent = false
  /// All digits as one number, and whether they fit.
  private var digits: UInt64 = 0
  private var fits = true
  private var isNegative = false

  /// Nil when the text is no number.
  init?(_ text: ArraySlice<UInt8>) {
    var index = text.startIndex
    func byte() -> UInt8? { index < text.endIndex ? text[index] : nil }

    if let sign = byte(), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      index += 1
    }
    while let next = byte() {
      if next >= UInt8(ascii: "0") && next <= UInt8(ascii: "9") {
        if whole + fraction == 0 { firstDigit = next }
        if markIndex == nil { whole += 1 } else { fraction += 1 }
        if digits < 100_000_000_000_000 {
          digits = digits * 10 + UInt64(next - UInt8(ascii: "0"))
        } else {
          fits = false
        }
      } else if (next == UInt8(ascii: ".") || next == UInt8(ascii: ",")) && markIndex == nil {
        markIndex = index
      } else {
        break
      }
      index += 1
    }
    guard whole + fraction > 0 else { return nil }
    if let exponent = byte(), exponent | 0x20 == UInt8(ascii: "e") {
      hasExponent = true
      index += 1
      if let sign = byte(), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { index += 1 }
      let start = index
      while let next = byte(), next >= UInt8(ascii: "0") && next <= UInt8(ascii: "9") { index += 1 }
      guard index > start else { return nil }
    }
    guard index == text.endIndex else { return nil }
  }

  /// One to three digits, a mark and three digits: what a number with one thousands separator looks like.
  var looksGrouped: Bool {
    (1...3).contains(whole) && fraction == 3 && firstDigit != UInt8(ascii: "0") && !hasExponent
  }

  /// The nearest `Double`; infinite when it is too large.
  func value(of text: ArraySlice<UInt8>) -> Double? {
    // Both operands are exact, so that the one division rounds once: the result is the nearest value.
    if fits && !hasExponent && fraction <= 15 {
      let magnitude = Double(digits) / Self.powersOfTen[fraction]
      return isNegative ? -magnitude : magnitude
    }
    return Double(String(decoding: text, as: UTF8.self).replacing(",", with: "."))
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
