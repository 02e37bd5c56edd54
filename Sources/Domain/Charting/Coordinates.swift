// SPDX-License-Identifier: Apache-2.0

/// Numbers and the commands of paths.
extension Markup {
  /// A coordinate in hundredths: what of it is written.
  @inline(__always)
  static func hundredths(_ value: Double) -> Int64 {
    guard abs(value) < 1e12 else { return 0 }
    // To the nearest, halves away from zero, without a call for it.
    return Int64(value < 0 ? value * 100 - 0.5 : value * 100 + 0.5)
  }

  /// A coordinate with at most two decimal places, always written alike; 0 for what is no coordinate.
  @inline(__always)
  mutating func write(number value: Double) { write(hundredths: Markup.hundredths(value)) }

  mutating func write(hundredths: Int64) {
    if hundredths < 0 { write(byte: UInt8(ascii: "-")) }
    let magnitude = hundredths.magnitude
    let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 100)
    write(whole: whole)
    if rest == 0 { return }
    write(byte: UInt8(ascii: "."))
    let (tens, ones) = rest.quotientAndRemainder(dividingBy: 10)
    write(digit: tens)
    if ones != 0 { write(digit: ones) }
  }

  mutating func write(whole: UInt64) {
    if whole < 10 {
      write(digit: whole)
    } else if whole < 100 {
      write(digit: whole / 10)
      write(digit: whole % 10)
    } else if whole < 1000 {
      write(digit: whole / 100)
      write(digit: whole / 10 % 10)
      write(digit: whole % 10)
    } else {
      write(whole: whole / 10)
      write(digit: whole % 10)
    }
  }

  @inline(__always)
  mutating func write(digit: UInt64) { write(byte: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)) }

  /// A coordinate as text.
  static func number(_ value: Double) -> String {
    var markup = Markup()
    markup.write(number: value)
    return markup.text
  }

  @inline(__always)
  mutating func move(_ x: Double, _ y: Double) {
    write(byte: UInt8(ascii: "M"))
    pair(x, y)
  }

  @inline(__always)
  mutating func line(_ x: Double, _ y: Double) {
    write(byte: UInt8(ascii: "L"))
    pair(x, y)
  }

  @inline(__always)
  mutating func pair(_ x: Double, _ y: Double) {
    write(number: x)
    write(byte: UInt8(ascii: " "))
    write(number: y)
  }

  @inline(__always)
  mutating func horizontal(_ x: Double) {
    write(byte: UInt8(ascii: "H"))
    write(number: x)
  }

  @inline(__always)
  mutating func vertical(_ y: Double) {
    write(byte: UInt8(ascii: "V"))
    write(number: y)
  }
}

/// The beginnings of elements that charts consist of.
extension Markup {
  /// A line of that style class.
  mutating func openPath(_ className: StaticString, stroke: String) {
    write("<path class=\"")
    write(className)
    write("\" fill=\"none\" stroke=\"")
    write(plain: stroke)
    write("\"")
  }

  /// A line of text of that style class.
  mutating func openText(_ className: StaticString, x: Double, y: Double, fill: String, size: Double) {
    write("<text class=\"")
    write(className)
    write("\" x=\"")
    write(number: x)
    write("\" y=\"")
    write(number: y)
    write("\" fill=\"")
    write(plain: fill)
    write("\" font-size=\"")
    write(number: size)
    write("\"")
  }

  /// A line of text that takes everything but its place from the group it is in.
  mutating func writeText(_ text: String, x: Double, y: Double, isBold: Bool = false) {
    write("<text x=\"")
    write(number: x)
    write("\" y=\"")
    write(number: y)
    if isBold { write("\" font-weight=\"600") }
    write("\">")
    write(escaped: text)
    write("</text>")
  }
}
