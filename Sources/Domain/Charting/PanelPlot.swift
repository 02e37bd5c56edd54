// SPDX-License-Identifier: Apache-2.0

import SPC

/// A plot that is one of many: axes with their ends alone, and marks for signals only.
extension Plot {
  func drawPanelAxes(
    into markup: inout Markup, palette: Palette, labelsValues: Bool, labelsTime: Bool, size: Double
  ) {
    markup.openPath("axis", stroke: palette.muted)
    markup.set("d") {
      $0.move(left, top)
      $0.vertical(bottom)
      $0.horizontal(right)
    }
    markup.close()
    func label(_ text: String, x: Double, y: Double, anchor: StaticString) {
      markup.openText("muted", x: x, y: y, fill: palette.muted, size: size)
      markup.set("text-anchor", anchor)
      markup.close(text: text)
    }
    if labelsValues, let low = value.ticks.first, let high = value.ticks.last {
      label(value.tickLabel(high), x: left - 3, y: top + 5, anchor: "end")
      label(value.tickLabel(low), x: left - 3, y: bottom + 2, anchor: "end")
    }
    guard labelsTime else { return }
    let first = Plot.endLabel(time.first, of: time)
    label(first, x: left, y: bottom + 12, anchor: "start")
    let last = Plot.endLabel(time.last, of: time)
    let taken = TextMetrics.width(first, size: size) + TextMetrics.width(last, size: size)
    if first != last, taken + 8 <= right - left { label(last, x: right, y: bottom + 12, anchor: "end") }
  }

  /// An end of the time axis: the month where the axis spans several, else the day.
  private static func endLabel(_ day: Day, of time: TimeAxis) -> String {
    let span = time.first.distance(to: time.last)
    if span > 3650 { return String(day.year) }
    let label = TimeAxis.dayLabel(day) + " " + String(day.year)
    return span > 92 ? String(label.drop { $0 != " " }.dropFirst()) : label
  }

  func drawPanelPoints(into markup: inout Markup, palette: Palette) {
    markup.openPath("line", stroke: palette.line)
    markup.set("stroke-width", "1")
    markup.set("stroke-linejoin", "round")
    markup.set("d") { writeValueLine(into: &$0) }
    markup.close()
    let rows = isDense ? visibleMarks() : Array(0..<columns.count)
    // A single value makes no line.
    let shapes: [MarkShape] =
      columns.known == 1
      ? [.common, .excluded, .neutral, .improvement, .concern] : [.excluded, .neutral, .improvement, .concern]
    for shape in shapes where columns.present.contains(shape) {
      let shade = shape.shade(palette)
      markup.open("g")
      markup.set("class", shape.className)
      markup.set("fill", plain: shade.fill)
      markup.set("stroke", plain: shade.outline)
      markup.set("stroke-width", "0.5")
      markup.content()
      drawSilently(shape, at: rows, into: &markup, palette: palette, radius: min(max(radius, 1.8), 2.6))
      markup.end("g")
    }
  }
}
