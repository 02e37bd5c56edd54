// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Charting

@Suite("drawings of few and of very many points")
struct ManyPointsTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private func series(_ count: Int) throws -> Series {
    var generator = Generator(state: 4)
    return try Series(
      (0..<count).map { index in
        let denominator = Double(Int.random(in: 200...400, using: &generator))
        let share = Double.random(in: 0.1...0.2, using: &generator) + (index % 97 < 12 ? 0.06 : 0)
        return Series.Point(
          day: Day(daysSinceEpoch: index - 3000), value: (denominator * share).rounded(), denominator: denominator)
      })
  }

  @Test("a drawing stays small however many points it has", arguments: [5, 500, 10_000, 200_000])
  func size(count: Int) throws {
    let chart = try Chart(
      series(count), spec: ChartSpec(kind: .p, ruleSet: .nelson, direction: .down, multiplier: 100, unit: "%"))
    let svg = ChartDrawing(title: "Many").svg(of: chart)
    #expect(svg.utf8.count < 900_000)
    let reader = try DrawingReader(svg)
    #expect(count > 10_000 || reader.elements["title", default: 0] > min(count, 300))
  }

  private func plot(_ chart: Chart) -> Plot {
    let subject = Subject(chart)
    let time = TimeAxis(days: chart.series.days, period: subject.period, left: 40, right: 340)
    return Plot(subject, value: subject.axis(steps: 5), time: time, top: 20, bottom: 220)
  }

  @Test("no signal is thinned away: each has a mark of its shape where its first point is")
  func signals() throws {
    let plot = try plot(
      Chart(series(3000), spec: ChartSpec(kind: .p, ruleSet: .makingDataCount, direction: .down)))
    let marks = plot.visibleMarks()
    let signals = plot.chart.signals.filter(\.rule.marksPoints)
    #expect(plot.isDense && signals.count > 20 && marks.count < 2000)
    for signal in signals {
      let row = signal.members[0]
      let hasMark = marks.contains { mark in
        plot.columns.shapes[mark] == plot.columns.shapes[row] && abs(plot.xs[mark] - plot.xs[row]) < Plot.cell
          && abs(plot.y(plot.columns.values[mark]) - plot.y(plot.columns.values[row])) < Plot.cell
      }
      #expect(hasMark)
    }
  }

  @Test("a thinned line reaches as high and as low as all of its points")
  func extremes() throws {
    let plot = try plot(Chart(series(5000), spec: ChartSpec(kind: .run)))
    var markup = Markup()
    plot.drawPoints(into: &markup, palette: .light)
    let values = plot.columns.values
    for extreme in [values.min() ?? 0, values.max() ?? 0] {
      #expect(markup.text.contains(" " + Markup.number(plot.y(extreme))))
    }
  }

  @Test("even points that are all signals, at all places, make no megabytes")
  func allSignals() throws {
    let points = (0..<10_000).map {
      Series.Point(day: Day(daysSinceEpoch: $0), value: $0 % 2 == 0 ? Double($0 * 7919 % 1000) : -Double($0 % 1000))
    }
    let spec = ChartSpec(kind: .i, ruleSet: .nelson, direction: .up, baseline: .first(2))
    let svg = try ChartDrawing(title: "Wild").svg(of: Chart(Series(points), spec: spec))
    #expect(svg.utf8.count < 1_000_000)
  }
}
