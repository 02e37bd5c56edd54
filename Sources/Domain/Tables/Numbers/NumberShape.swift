// SPDX-License-Identifier: Apache-2.0

/// A text that has the form of a number, with its parts found.
struct NumberShape {
  /// The decimal mark, if there is one.
  private(set) var mark: UInt8?
  /// Digits before and after the mark.
  private(set) var whole = 0
  private(set) var fraction = 0
  private var firstDigit: UInt8 = 0
  private var hasExponent = false
  /// All digits as one number, and whether they fit.
  private(set) var digits: UInt64 = 0
  private var fits = true
  private var isNegative = false

  /// Nil when the text is no number.
  init?(_ text: ArraySlice<UInt8>) {
    guard let shape = text.withUnsafeBufferPointer({ NumberShape($0) }) else { return nil }
    self = shape
  }

  private init?(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    func byte() -> UInt8? { index < text.count ? text[index] : nil }
    /// Takes digits, and says how many they are.
    func number() -> Int {
      let start = index
      while let next = byte(), next >= UInt8(ascii: "0") && next <= UInt8(ascii: "9") {
        if digits < 100_000_000_000_000 {
          digits = digits * 10 + UInt64(next - UInt8(ascii: "0"))
        } else {
          fits = false
        }
        index += 1
      }
      return index - start
    }

    if let sign = byte(), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      index += 1
    }
    firstDigit = byte() ?? 0
    whole = number()
    if let next = byte(), next == UInt8(ascii: ".") || next == UInt8(ascii: ",") {
      mark = next
      index += 1
      fraction = number()
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
    guard index == text.count else { return nil }
  }

  /// Whether it is a whole number without a mark.
  var isPlain: Bool { mark == nil && !hasExponent }

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
