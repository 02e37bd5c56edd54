// SPDX-License-Identifier: Apache-2.0

import SPC

/// The space where the data are, between its axes.
struct Plot {
  let chart: Chart
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let time: TimeAxis
  let value: ValueAxis
  let labels: [LineLabel]
  /// Horizontal coordinate of every point of the chart.
  let xs: [Double]

  static let labelSize = 11.5

  /// Lays out the space within those borders, labels included; nil when no point has a value.
  init?(chart: Chart, left: Double, right: Double, top: Double, bottom: Double, isNarrow: Bool) {
    guard chart.points.contains(where: { $0.value != nil }) else { return nil }
    self.chart = chart
    self.top = top
    self.bottom = max(bottom, top + 20)
    var shown: [Double] = []
    shown.reserveCapacity(chart.points.count * 4 + 1)
    for point in chart.points {
      for number in [point.value, point.centreLine, point.lowerLimit, point.upperLimit] {
        if let number { shown.append(number) }
      }
    }
    if let target = chart.targetInForce { shown.append(target) }
    let isShare = chart.spec.kind == .p || chart.spec.kind == .pPrime
    let value = ValueAxis(
      values: shown, steps: max(2, Int((self.bottom - top) / 38)), unit: chart.spec.unit,
      ceiling: isShare ? chart.spec.multiplier : nil)
    self.value = value
    let tickWidth = value.ticks.map { TextMetrics.width(value.tickLabel($0), size: Plot.labelSize) }.max() ?? 0
    self.left = left + min(tickWidth, (right - left) / 4) + 6
    var labels = LineLabel.labels(of: chart, axis: value, isNarrow: isNarrow)
    let labelWidth = labels.map { TextMetrics.width($0.text, size: Plot.labelSize, bold: true) }.max() ?? 0
    self.right = right - min(labelWidth + 6, (right - left) / 3)
    time = TimeAxis(days: chart.points.map(\.day), period: chart.period, left: self.left, right: self.right)
    xs = chart.points.map { [time] in time.x($0.day) }
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
  var radius: Double { min(max((right - left) / Double(chart.points.count) * 0.34, 1.3), 4) }

  func draw(into markup: inout Markup, palette: Palette, shadesLimits: Bool) {
    drawGrid(into: &markup, palette: palette)
    drawLines(into: &markup, palette: palette, shadesLimits: shadesLimits)
    drawPoints(into: &markup, palette: palette)
    drawLabels(into: &markup, palette: palette)
  }

  private func drawGrid(into markup: inout Markup, palette: Palette) {
    markup.element(
      "path",
      [
        "class": "grid", "fill": "none", "stroke": palette.grid,
        "d": value.ticks.map { "M\(Markup.number(left)) \(Markup.number(y($0)))H\(Markup.number(right))" }.joined(),
      ])
    markup.element(
      "path",
      [
        "class": "axis", "fill": "none", "stroke": palette.muted,
        "d": "M\(Markup.number(left)) \(Markup.number(bottom))H\(Markup.number(right))"
          + time.ticks.map { "M\(Markup.number(time.x($0.day))) \(Markup.number(bottom))v4" }.joined(),
      ])
    markup.begin(
      "g", ["class": "muted", "fill": palette.muted, "font-size": Markup.number(Plot.labelSize), "text-anchor": "end"])
    for tick in value.ticks {
      markup.element(
        "text", ["x": Markup.number(left - 6), "y": Markup.number(y(tick) + 4)], text: value.tickLabel(tick))
    }
    markup.end()
    markup.begin(
      "g",
      ["class": "muted", "fill": palette.muted, "font-size": Markup.number(Plot.labelSize), "text-anchor": "middle"])
    for tick in time.ticks {
      let x = Markup.number(time.x(tick.day))
      markup.element("text", ["x": x, "y": Markup.number(bottom + 17)], text: tick.label)
      if let year = tick.year {
        markup.element("text", ["x": x, "y": Markup.number(bottom + 31), "font-weight": "600"], text: year)
      }
    }
    markup.end()
    markup.newline()
  }
}
