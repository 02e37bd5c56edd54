// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Charting

@Suite("axes and labels")
struct AxisTests {
  @Test("labels of the time axis do not touch, for 1 to 500 points of any period and width")
  func timeLabels() {
    let steps: [(Period, (Int) -> Day)] = [
      (.day, { Day(daysSinceEpoch: 18_990 + $0) }),
      (.week, { Day(daysSinceEpoch: 18_990 + 7 * $0) }),
      (.month, { Day(year: 2001 + $0 / 12, month: $0 % 12 + 1, day: 1) ?? .latest }),
      (.quarter, { Day(year: 2001 + $0 / 4, month: $0 % 4 * 3 + 1, day: 1) ?? .latest }),
      (.year, { Day(year: 1500 + $0, month: 1, day: 1) ?? .latest }),
      (.irregular, { Day(daysSinceEpoch: $0 * $0 * 3 - 7000) }),
    ]
    for (period, day) in steps {
      for count in [1, 2, 3, 5, 8, 13, 24, 36, 60, 120, 500] {
        for width in [80.0, 220, 300, 560, 1100, 3800] {
          let axis = TimeAxis(days: (0..<count).map(day), period: period, left: 40, right: 40 + width)
          #expect(!axis.ticks.isEmpty)
          for text in [\TimeAxis.Tick.label as KeyPath<TimeAxis.Tick, String>, \.yearText] {
            var end = -Double.infinity
            for tick in axis.ticks where !tick[keyPath: text].isEmpty {
              let half = TextMetrics.width(tick[keyPath: text], size: TimeAxis.labelSize) / 2
              #expect(axis.x(tick.day) - half > end, "\(period) \(count) \(width) \(tick)")
              end = axis.x(tick.day) + half
              #expect(axis.x(tick.day) >= axis.left && axis.x(tick.day) <= axis.right)
            }
          }
        }
      }
    }
  }

  @Test("distances on the time axis are those in time")
  func trueTime() {
    let days = [0, 1, 31, 400].map { Day(daysSinceEpoch: 18_000 + $0) }
    let axis = TimeAxis(days: days, period: .irregular, left: 0, right: 500)
    let xs = days.map(axis.x)
    #expect(abs((xs[2] - xs[0]) / (xs[1] - xs[0]) - 31) < 1e-6)
    #expect(abs((xs[3] - xs[0]) / (xs[1] - xs[0]) - 400) < 1e-6)
  }

  @Test("the value axis holds all values between round ticks")
  func valueAxis() {
    for seed in 0..<2000 {
      let scale = [1e-6, 0.01, 1, 100, 1e5][seed % 5]
      // Five numbers from -1 to 3, spread differently each time.
      let values = (1...5).map { (Double((seed * 7919 + $0 * $0 * 104_729) % 10_007) / 10_007 * 4 - 1) * scale }
      let axis = ValueAxis(values: values, steps: 2 + seed % 11, unit: "")
      #expect(values.allSatisfy { $0 >= axis.minimum && $0 <= axis.maximum }, "\(values)")
      #expect((2...15).contains(axis.ticks.count), "\(values)")
      let labels = axis.ticks.map(axis.tickLabel)
      #expect(Set(labels).count == labels.count, "\(labels)")
    }
  }

  @Test("a share goes from 0 to 100% at most, and a count starts at 0 when near it")
  func natural() {
    let share = ValueAxis(values: [95, 100, 98], steps: 5, unit: "%", ceiling: 100)
    #expect(share.maximum == 100 && share.minimum >= 90)
    #expect(share.tickLabel(share.ticks[0]).hasSuffix("%"))
    #expect(ValueAxis(values: [3, 10], steps: 5, unit: "").minimum == 0)
    #expect(ValueAxis(values: [25_000, 30_000], steps: 5, unit: "").minimum > 20_000)
    #expect(ValueAxis(values: [0, 0], steps: 5, unit: "").minimum == 0)
    #expect(ValueAxis(values: [7], steps: 5, unit: "").ticks.count > 1)
  }

  @Test("labels of lines keep apart, in order and within bounds")
  func lineLabels() {
    for numbers in [[5.0, 5, 5, 5], [0, 1, 2, 100], [0, 0, 100, 100], [50], [99, 100, 98, 97], [10, 90, 11, 12]] {
      var labels = numbers.map { LineLabel(line: .limit, text: "\($0)", number: $0) }
      LineLabel.spread(&labels, top: 0, bottom: 200, y: { 200 - 2 * $0 })
      for (a, b) in zip(labels, labels.dropFirst()) {
        #expect(b.y - a.y >= LineLabel.spacing - 1e-9)
        #expect(a.number >= b.number)
      }
      #expect(labels.allSatisfy { $0.y >= 0 && $0.y <= 200 })
    }
  }

  @Test("text that does not fit is shortened, and fits")
  func shortening() {
    let text = "The quick brown fox jumps over the lazy dog again and again"
    for width in stride(from: 20.0, to: 500, by: 7) {
      let lines = TextMetrics.lines(text, size: 12, width: width, atMost: 2)
      #expect(lines.count <= 2)
      #expect(lines.allSatisfy { TextMetrics.width($0, size: 12) <= width })
    }
    #expect(TextMetrics.lines("", size: 12, width: 100, atMost: 2).isEmpty)
  }

  @Test(
    "coordinates are written alike everywhere",
    arguments: [
      (0, "0"), (1, "1"), (-1.5, "-1.5"), (0.005, "0.01"), (3.14159, "3.14"), (-0.001, "0"), (100.099, "100.1"),
    ]
      as [(Double, String)])
  func coordinates(value: Double, text: String) {
    #expect(Markup.number(value) == text)
  }

  @Test("figures are written for people")
  func figures() {
    #expect(figure(1234567.891, places: 1) == "1,234,567.9")
    #expect(figure(-0.04, places: 1) == "0.0")
    #expect(figure(-12, places: 0) == "−12")
    #expect(plainFigure(95) == "95" && plainFigure(0.125) == "0.125" && plainFigure(-1250.5) == "−1,250.5")
    #expect(quantity("5", unit: "%") == "5%" && quantity("5", unit: "£") == "£5")
    #expect(quantity("5", unit: "days") == "5 days" && quantity("5", unit: "") == "5")
  }

  @Test(
    "a currency stands before the number, behind the minus sign, in every unit that begins with one",
    arguments: [
      ("£", "40", "£40", "£"), ("€", "−40", "−€40", "€"), ("$", "-1.5", "−$1.5", "$"), ("¥", "7", "¥7", "¥"),
      ("£ per patient", "1,200", "£1,200 per patient", "£"), ("€/day", "3", "€3/day", "€"),
      ("£m", "1.2", "£1.2m", "£m"),
      ("£ million", "−2", "−£2 million", "£"), ("£000", "40", "40 £000", ""), ("£'000", "40", "40 £'000", ""),
      ("GBP", "40", "40 GBP", ""), ("% of patients", "4", "4% of patients", ""), ("per £", "4", "4 per £", ""),
      ("minutes", "−4", "−4 minutes", ""), ("A$", "4", "4 A$", ""),
    ])
  func currencies(unit: String, number: String, written: String, beside: String) {
    #expect(quantity(number, unit: unit) == written)
    #expect(shortUnit(unit) == beside)
  }
}

extension TimeAxis.Tick {
  fileprivate var yearText: String { year ?? "" }
}
