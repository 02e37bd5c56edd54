// SPDX-License-Identifier: Apache-2.0

import RealModule
import SPC

/// The vertical axis: its range and its ticks at round numbers.
struct ValueAxis {
  let minimum: Double
  let maximum: Double
  let ticks: [Double]
  /// Decimal places that tell one tick from the next.
  let tickPlaces: Int
  /// Decimal places for single values.
  let valuePlaces: Int
  let unit: String

  /// An axis that shows all these values in at most so many steps.
  ///
  /// It begins at 0 when the values are not far from it, and does not go below 0 or above `ceiling` for values that do
  /// not either.
  init(values: [Double], steps: Int, unit: String, ceiling: Double? = nil) {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    let lowest = low
    if low == high {
      let room = low == 0 ? 1 : abs(low) * 0.1
      low -= room
      high += room
      if lowest >= 0 { low = max(low, 0) }
      if let ceiling, lowest <= ceiling { high = min(high, ceiling) }
    }
    if low > 0, low < 0.4 * high { low = 0 }
    let step = ValueAxis.step(span: high - low, steps: max(steps, 1))
    let first = (low / step).rounded(.down)
    let last = max((high / step).rounded(.up), first + 1)
    minimum = first * step
    maximum = last * step
    var ticks: [Double] = []
    // Two more than asked for is the most that rounding can bring; huge numbers may leave no step to count.
    for index in 0...min(Int(max(0, min(last - first, 100))), 100) { ticks.append((first + Double(index)) * step) }
    self.ticks = ticks
    let magnitude = Double.log10(step)
    let floor = magnitude.isFinite ? Int(magnitude.rounded(.down)) : 0
    let leading = step / Double.pow(10, Double(floor))
    let extra = abs(leading - 2.5) < 0.01 ? 1 : 0
    tickPlaces = max(0, extra - floor)
    // Three digits of the largest value at least.
    let largest = Double.log10(max(abs(low), abs(high)))
    let digits = largest.isFinite ? 2 - Int(largest.rounded(.down)) : 0
    valuePlaces = max(0, digits, tickPlaces == 0 ? 0 : tickPlaces + 1)
    self.unit = unit
  }

  /// 1, 2, 2.5 or 5 times a power of ten: the smallest that covers the span in so many steps.
  private static func step(span: Double, steps: Int) -> Double {
    let rough = max(span / Double(steps), .leastNormalMagnitude * 1e20)
    let power = Double.pow(10, Double.log10(rough).rounded(.down))
    for factor in [1, 2, 2.5, 5, 10] where factor * power >= rough * (1 - 1e-9) { return factor * power }
    return 10 * power
  }

  func tickLabel(_ tick: Double) -> String { quantity(number(tick, places: tickPlaces), unit: tickUnit) }

  /// A value with its unit where that is short.
  func label(_ value: Double) -> String { quantity(number(value, places: valuePlaces), unit: tickUnit) }

  /// A number that somebody chose, with no more digits than it has.
  func exactLabel(_ value: Double) -> String { quantity(plainFigure(value), unit: tickUnit) }

  /// The same without a unit.
  func write(_ value: Double, into markup: inout Markup) {
    if value == 0 {
      markup.write("0")
    } else if valuePlaces > 9 || abs(value) >= 1e12 {
      markup.write(escaped: ValueAxis.scientific(value))
    } else {
      markup.write(figure: value, places: valuePlaces)
    }
  }

  /// Units that go beside every tick; others stand once, in the heading.
  private var tickUnit: String { shortUnit(unit) }

  private func number(_ value: Double, places: Int) -> String {
    if value == 0 { return "0" }
    if places > 9 || abs(value) >= 1e12 { return ValueAxis.scientific(value) }
    return figure(value, places: places)
  }

  /// Three digits and a power of ten.
  private static func scientific(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let exponent = Double.log10(abs(value)).rounded(.down)
    let mantissa = value / Double.pow(10, exponent / 2) / Double.pow(10, exponent - exponent / 2)
    return figure(mantissa, places: 2) + "e" + String(Int(exponent))
  }
}
