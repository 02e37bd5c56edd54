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

/// A number with its unit: `13.2%`, `£40`, `12 minutes`, or the number alone.
package func quantity(_ number: String, unit: String) -> String {
  switch unit {
  case "": number
  case "%": number + unit
  case "£", "$", "€": unit + number
  default: number + " " + unit
  }
}
