// SPDX-License-Identifier: Apache-2.0

/// A number for people to read: as few digits as tell it from every other, with commas between the thousands.
package func plainFigure(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1.0
  for places in 0...6 {
    if (value * scale).rounded() / scale == value { return figure(value, places: places) }
    scale *= 10
  }
  return "\(value)"
}

/// A number for people to read with so many decimal places, commas between the thousands and a true minus sign.
///
/// Very large and very small numbers that would not fit come in powers of ten, as `1.5e+20`.
package func figure(_ value: Double, places: Int) -> String {
  let places = min(max(places, 0), 12)
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (abs(value) * scale).rounded(.toNearestOrAwayFromZero)
  guard scaled < 9e15 else { return "\(value)" }
  var rest = UInt64(scaled)
  // From the last digit to the first, then turned round.
  var bytes: [UInt8] = []
  bytes.reserveCapacity(32)
  for _ in 0..<places {
    bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
    rest /= 10
  }
  if places > 0 { bytes.append(UInt8(ascii: ".")) }
  var written = 0
  repeat {
    if written > 0, written % 3 == 0 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
    rest /= 10
    written += 1
  } while rest > 0
  bytes.reverse()
  let text = String(decoding: bytes, as: UTF8.self)
  return value < 0 && scaled > 0 ? "−" + text : text
}

/// A number with its unit: `13.2%`, `£40`, `−£40`, `£40 per patient`, `12 minutes`, or the number alone.
///
/// The one place where it is decided on which side of a number its unit stands.
/// - Parameter number: as ``figure(_:places:)`` writes it, a minus sign first.
package func quantity(_ number: String, unit: String) -> String {
  switch unit {
  case "": return number
  case "%": return number + unit
  default: break
  }
  if let currency = Currency(unit) {
    let isNegative = number.first == "−" || number.first == "-"
    return (isNegative ? "−" : "") + currency.symbol + (isNegative ? String(number.dropFirst()) : number)
      + currency.rest
  }
  return number + (unit.hasPrefix("% ") ? "" : " ") + unit
}

/// What of a unit goes beside every number of an axis: `%`, `£`, `£m`; empty for units that are words, which stand once
/// in a heading.
package func shortUnit(_ unit: String) -> String {
  if unit == "%" { return unit }
  guard let currency = Currency(unit) else { return "" }
  return currency.symbol + (currency.rest.first?.isLetter == true ? String(currency.rest.prefix { $0.isLetter }) : "")
}

/// A unit that is an amount of money: a symbol that stands before the number, and what stands behind it.
private struct Currency {
  let symbol: String
  let rest: String

  /// - Returns: `nil` for other units, and for those that would make another number of it, such as `£000`.
  init?(_ unit: String) {
    // Most units begin with a letter, which decides it.
    guard let byte = unit.utf8.first, byte == UInt8(ascii: "$") || byte >= 0x80, let first = unit.first,
      "£€$¥₹".contains(first)
    else { return nil }
    let rest = unit.dropFirst()
    guard rest.isEmpty || rest.first == " " || rest.first == "/" || rest.first?.isLetter == true else { return nil }
    symbol = String(first)
    self.rest = String(rest)
  }
}
