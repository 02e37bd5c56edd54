// SPDX-License-Identifier: Apache-2.0

import SPC

/// The values, joined by a line that breaks where one is missing, each with a mark that tells about it.
extension Plot {
  func drawPoints(into markup: inout Markup, palette: Palette) {
    markup.element(
      "path",
      [
        "class": "line", "fill": "none", "stroke": palette.line, "stroke-width": radius < 2 ? "1" : "1.5",
        "stroke-linejoin": "round", "d": valueLine(),
      ])
    // Common cause first, so that signals lie on top of it.
    for shape in [MarkShape.common, .excluded, .neutral, .improvement, .concern] {
      let rows = chart.points.indices.filter { MarkShape(of: chart.points[$0]) == shape }
      guard !rows.isEmpty else { continue }
      let shade = shape.shade(palette)
      markup.begin(
        "g",
        [
          "class": shape.className, "fill": shade.fill, "stroke": shade.outline,
          "stroke-width": radius < 2 ? "0.5" : "1",
        ])
      for row in rows {
        let point = chart.points[row]
        guard let number = point.value else { continue }
        let size = shape == .common ? radius : max(radius * 1.15, 2.2)
        let own = point.isExcluded ? MarkShape(point.mark?.meaning) : shape
        if point.isExcluded {
          markup.begin(
            "path",
            [
              "class": own.className + " hollow", "fill": palette.paper, "stroke": own.shade(palette).outline,
              "stroke-width": "1.5", "d": own.path(x: xs[row], y: y(number), radius: size),
            ])
        } else {
          markup.begin("path", ["d": own.path(x: xs[row], y: y(number), radius: size)])
        }
        markup.element("title", text: tooltip(row))
        markup.end()
      }
      markup.end()
      markup.newline()
    }
  }

  private func valueLine() -> String {
    var path = ""
    var isDrawing = false
    for (row, point) in chart.points.enumerated() {
      guard let number = point.value else {
        isDrawing = false
        continue
      }
      path += (isDrawing ? "L" : "M") + Markup.number(xs[row]) + " " + Markup.number(y(number))
      isDrawing = true
    }
    return path
  }

  /// What a point says when asked.
  private func tooltip(_ row: Int) -> String {
    let point = chart.points[row]
    var text = chart.period.name(of: point.day) + ": " + value.fullLabel(point.value ?? 0)
    if let numerator = point.numerator, let denominator = point.denominator {
      text += " (\(plainFigure(numerator)) of \(plainFigure(denominator)))"
    }
    for signal in point.signals.lazy.map({ chart.signals[$0] }) where signal.rule.marksPoints {
      text += "\n" + chart.sentence(for: signal)
    }
    if point.isExcluded { text += "\nLeft out of the lines." }
    if !point.note.isEmpty { text += "\n" + point.note }
    return text.first?.isLowercase == true ? text.prefix(1).uppercased() + text.dropFirst() : text
  }
}

extension MarkShape {
  /// The group a point is drawn in.
  init(of point: ChartPoint) {
    self = point.isExcluded ? .excluded : MarkShape(point.mark?.meaning)
  }
}
