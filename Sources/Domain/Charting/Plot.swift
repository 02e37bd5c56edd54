// SPDX-License-Identifier: Apache-2.0

import SPC

/// The space where the data are, between its axes.
struct Plot {
  let chart: Chart
  let columns: Columns
  /// What each signal says; empty where the signals are not told.
  let sentences: [String]
  let targets: TargetLine
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let time: TimeAxis
  let period: Period
  let value: ValueAxis
  let labels: [LineLabel]
  /// Whether the time axis is labelled.
  let showsTime: Bool
  /// Horizontal coordinate of every point of the chart.
  let xs: [Double]

  static let labelSize = 11.5

  init(
    _ subject: Subject, value: ValueAxis, labels: [LineLabel] = [], time: TimeAxis, top: Double, bottom: Double,
    showsTime: Bool = true
  ) {
    chart = subject.chart
    columns = subject.columns
    sentences = subject.sentences
    targets = subject.targets
    period = subject.period
    left = time.left
    right = time.right
    self.top = top
    self.bottom = bottom
    self.time = time
    self.value = value
    self.showsTime = showsTime
    xs = chart.series.days.map(time.x)
    var labels = labels
    LineLabel.spread(
      &labels, top: top + 4, bottom: bottom + 2, y: { Plot.y($0, axis: value, top: top, bottom: bottom) })
    self.labels = labels
  }

  private static func y(_ number: Double, axis: ValueAxis, top: Double, bottom: Double) -> Double {
    let share = number / (axis.maximum - axis.minimum) - axis.minimum / (axis.maximum - axis.minimum)
    return bottom - min(max(share, 0), 1) * (bottom - top)
  }

  func y(_ number: Double) -> Double { Plot.y(number, axis: value, top: top, bottom: bottom) }

  /// Radius of a point's mark: smaller when there are many.
  var radius: Double { min(max((right - left) / Double(columns.count) * 0.34, 1.3), 4) }

  /// Whether points lie closer than pixels, so that not all of them can be seen.
  var isDense: Bool { Double(columns.count) > right - left }

  func drawGrid(into markup: inout Markup, palette: Palette) {
    markup.openPath("grid", stroke: palette.grid)
    markup.set("d") {
      for tick in value.ticks {
        $0.move(left, y(tick))
        $0.horizontal(right)
      }
    }
    markup.close()
    markup.openPath("axis", stroke: palette.muted)
    markup.set("d") {
      $0.move(left, bottom)
      $0.horizontal(right)
      for tick in time.ticks {
        $0.move(time.x(tick.day), bottom)
        $0.write("v4")
      }
    }
    markup.close()
    beginTickLabels(into: &markup, palette: palette, anchor: "end")
    for tick in value.ticks { markup.writeText(value.tickLabel(tick), x: left - 6, y: y(tick) + 4) }
    markup.end("g")
    guard showsTime else {
      markup.newline()
      return
    }
    beginTickLabels(into: &markup, palette: palette, anchor: "middle")
    for tick in time.ticks {
      let x = time.x(tick.day)
      markup.writeText(tick.label, x: x, y: bottom + 17)
      if let year = tick.year { markup.writeText(year, x: x, y: bottom + 31, isBold: true) }
    }
    markup.end("g")
    markup.newline()
  }

  private func beginTickLabels(into markup: inout Markup, palette: Palette, anchor: StaticString) {
    markup.open("g")
    markup.set("class", "muted")
    markup.set("fill", plain: palette.muted)
    markup.set("font-size", Plot.labelSize)
    markup.set("text-anchor", anchor)
    markup.content()
  }
}
