// SPDX-License-Identifier: Apache-2.0

import SPC

/// The space where the data are, between its axes.
struct Plot {
  let chart: Chart
  let columns: Columns
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let time: TimeAxis
  let period: Period
  let value: ValueAxis
  let labels: [LineLabel]
  /// Horizontal coordinate of every point of the chart.
  let xs: [Double]

  static let labelSize = 11.5

  /// Lays out the space within those borders, labels included.
  init(
    chart: Chart, columns: Columns, period: Period, left: Double, right: Double, top: Double, bottom: Double,
    isNarrow: Bool
  ) {
    self.chart = chart
    self.columns = columns
    self.period = period
    self.top = top
    self.bottom = max(bottom, top + 20)
    var shown = columns.extremes
    shown += chart.phases.compactMap(\.centreLine)
    if let target = chart.targetInForce { shown.append(target) }
    let value = ValueAxis(
      values: shown, steps: max(2, Int((self.bottom - top) / 38)), unit: chart.spec.unit,
      ceiling: chart.spec.kind.isProportion ? chart.spec.multiplier : nil)
    self.value = value
    let tickWidth = value.ticks.map { TextMetrics.width(value.tickLabel($0), size: Plot.labelSize) }.max() ?? 0
    self.left = left + min(tickWidth, (right - left) / 4) + 6
    var labels = LineLabel.labels(of: chart, columns: columns, axis: value, isNarrow: isNarrow)
    let labelWidth = labels.map { TextMetrics.width($0.text, size: Plot.labelSize, bold: true) }.max() ?? 0
    self.right = right - min(labelWidth + 6, (right - left) / 3)
    let days = chart.series.days
    time = TimeAxis(days: days, period: period, left: self.left, right: self.right)
    xs = days.map(time.x)
    LineLabel.spread(
      &labels, top: top + 4, bottom: self.bottom + 2,
      y: { [top, bottom = self.bottom] in Plot.y($0, axis: value, top: top, bottom: bottom) })
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

  func draw(into markup: inout Markup, palette: Palette, shadesLimits: Bool) {
    drawGrid(into: &markup, palette: palette)
    drawLines(into: &markup, palette: palette, shadesLimits: shadesLimits)
    drawPoints(into: &markup, palette: palette)
    drawLabels(into: &markup, palette: palette)
  }

  private func drawGrid(into markup: inout Markup, palette: Palette) {
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
    for tick in value.ticks { drawTickLabel(value.tickLabel(tick), into: &markup, x: left - 6, y: y(tick) + 4) }
    markup.end("g")
    beginTickLabels(into: &markup, palette: palette, anchor: "middle")
    for tick in time.ticks {
      let x = time.x(tick.day)
      drawTickLabel(tick.label, into: &markup, x: x, y: bottom + 17)
      if let year = tick.year { drawTickLabel(year, into: &markup, x: x, y: bottom + 31, isBold: true) }
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

  private func drawTickLabel(
    _ text: String, into markup: inout Markup, x: Double, y: Double, isBold: Bool = false
  ) {
    markup.open("text")
    markup.set("x", x)
    markup.set("y", y)
    if isBold { markup.set("font-weight", "600") }
    markup.close(text: text)
  }
}
