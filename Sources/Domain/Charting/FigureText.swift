// SPDX-License-Identifier: Apache-2.0

import SPC

/// Figures and days for people, written straight into a drawing: the same text as `figure`, `plainFigure` and
/// `Period.name` give, without a string for each.
extension Markup {
  /// As `figure`.
  mutating func write(figure value: Double, places: Int) {
    var scale: UInt64 = 1
    for _ in 0..<min(max(places, 0), 9) { scale *= 10 }
    let scaled = (abs(value) * Double(scale)).rounded(.toNearestOrAwayFromZero)
    guard places >= 0, places <= 9, scaled < 9e15 else {
      write(escaped: figure(value, places: places))
      return
    }
    let digits = UInt64(scaled)
    if value < 0, digits > 0 { write("−") }
    write(thousands: digits / scale)
    if places == 0 { return }
    write(byte: UInt8(ascii: "."))
    var rest = digits % scale
    for _ in 0..<places {
      scale /= 10
      write(digit: rest / scale)
      rest %= scale
    }
  }

  /// As `plainFigure`.
  mutating func write(plainFigure value: Double) {
    if value.rounded() == value, abs(value) < 1e15 {
      write(figure: value, places: 0)
    } else {
      write(escaped: plainFigure(value))
    }
  }

  /// With commas between the thousands.
  private mutating func write(thousands number: UInt64) {
    if number < 1000 {
      write(whole: number)
      return
    }
    write(thousands: number / 1000)
    write(byte: UInt8(ascii: ","))
    let rest = number % 1000
    write(digit: rest / 100)
    write(digit: rest / 10 % 10)
    write(digit: rest % 10)
  }

  /// As `Period.name`, with a capital letter.
  mutating func write(nameOf day: Day, _ period: Period) {
    if period == .sequence {
      write(plain: "Case ")
      if day.daysSinceEpoch < 0 { write(byte: UInt8(ascii: "-")) }
      write(whole: UInt64(day.daysSinceEpoch.magnitude))
      return
    }
    let (year, month, dayOfMonth) = day.date
    var saysDay = false
    var saysMonth = true
    switch period {
    case .day, .irregular, .sequence: saysDay = true
    case .week:
      write("Week of ")
      saysDay = true
    case .month: saysDay = dayOfMonth != 1
    case .quarter: write("Quarter from ")
    case .year:
      saysMonth = month != 1 || dayOfMonth != 1
      if saysMonth { write("Year from ") }
    }
    if saysDay {
      write(whole: UInt64(dayOfMonth))
      write(byte: UInt8(ascii: " "))
    }
    if saysMonth {
      write(plain: Period.monthNames[month - 1])
      write(byte: UInt8(ascii: " "))
    }
    write(whole: UInt64(year))
  }
}
