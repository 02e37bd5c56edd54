// SPDX-License-Identifier: Apache-2.0

/// A number for people to read: as few digits as tell it from every other, with commas between the thousands.
package func plainFigure(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  for places in 0...6 {
    let text = figure(value, places: places)
    if Double(text.filter { $0 != "," && $0 != "−" }) == abs(value) { return text }
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
  let digits = String(Int64(scaled))
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
  let whole = padded.dropLast(places)
  var text = value < 0 && scaled > 0 ? "−" : ""
  for (offset, digit) in whole.enumerated() {
    if offset > 0, (whole.count - offset) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  if places > 0 { text += "." + padded.suffix(places) }
  return text
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
