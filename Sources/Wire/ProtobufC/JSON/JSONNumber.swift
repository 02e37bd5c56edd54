// SPDX-License-Identifier: Apache-2.0

/// Numbers as JSON writes them.
enum JSONNumber {
  /// How many bytes at the start form a number by the grammar of RFC 8259; nil for none.
  static func length(_ text: UnsafeRawBufferPointer) -> Int? {
    var index = 0
    func digits() -> Int {
      var count = 0
      while index + count < text.count, isDigit(text[index + count]) { count += 1 }
      return count
    }
    if index < text.count, text[index] == UInt8(ascii: "-") { index += 1 }
    let whole = digits()
    guard whole > 0 else { return nil }
    // A leading zero stands alone.
    if text[index] == UInt8(ascii: "0"), whole > 1 { return nil }
    index += whole
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      let fraction = digits()
      guard fraction > 0 else { return nil }
      index += fraction
    }
    if index < text.count, text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E") {
      index += 1
      if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
      let exponent = digits()
      guard exponent > 0 else { return nil }
      index += exponent
    }
    return index
  }

  /// The value of a number that is whole, exactly: `12`, `-3`, `1.50e2`.
  ///
  /// Nil for any other, and for one beyond 64 bits.
  /// - Parameter text: a number by the grammar.
  static func integer(_ text: UnsafeRawBufferPointer) -> (isNegative: Bool, magnitude: UInt64)? {
    var isNegative = false
    var digits: [UInt8] = []
    var scale = 0  // digits after the point
    var exponent = 0
    var index = 0
    if text[0] == UInt8(ascii: "-") {
      isNegative = true
      index = 1
    }
    var isFraction = false
    while index < text.count {
      let byte = text[index]
      index += 1
      if isDigit(byte) {
        digits.append(byte - UInt8(ascii: "0"))
        if isFraction { scale += 1 }
      } else if byte == UInt8(ascii: ".") {
        isFraction = true
      } else {
        guard let value = self.exponent(text, from: index) else { return isZero(digits) ? (isNegative, 0) : nil }
        exponent = value
        break
      }
    }
    if isZero(digits) { return (isNegative, 0) }
    // value = digits · 10^shift
    var shift = exponent - scale
    while shift < 0 {
      guard digits.popLast() == 0 else { return nil }
      shift += 1
    }
    var magnitude: UInt64 = 0
    for digit in digits {
      guard let next = appending(digit, to: magnitude) else { return nil }
      magnitude = next
    }
    for _ in 0..<shift {
      guard let next = appending(0, to: magnitude) else { return nil }
      magnitude = next
    }
    return (isNegative, magnitude)
  }

  private static func exponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    var isNegative = false
    if text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var value = 0
    while index < text.count {
      value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
      // No number that long fits into 64 bits; and none shifts by more than the text is long.
      guard value <= 1_000_000_000 else { return nil }
      index += 1
    }
    return isNegative ? -value : value
  }

  private static func appending(_ digit: UInt8, to value: UInt64) -> UInt64? {
    let (product, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
    return overflow || carry ? nil : sum
  }

  private static func isZero(_ digits: [UInt8]) -> Bool { digits.allSatisfy { $0 == 0 } }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
