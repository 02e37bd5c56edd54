// SPDX-License-Identifier: Apache-2.0

import SPC

/// The key to the marks: only those that are there, and none when all points are common cause.
struct Key {
  private struct Entry {
    let shape: MarkShape?
    let text: String
    let width: Double
  }

  private let rows: [[Entry]]

  static let lineHeight = 18.0
  private static let size = 11.0
  private static let symbol = 16.0
  private static let gap = 14.0

  var lines: Int { rows.count }

  init(chart: Chart, width: Double) {
    var shapes: [MarkShape] = []
    let plotted = chart.points.filter { $0.value != nil }
    for shape in [MarkShape.improvement, .concern, .neutral]
    where plotted.contains(where: { $0.mark != nil && MarkShape($0.mark?.meaning) == shape }) {
      shapes.append(shape)
    }
    if !shapes.isEmpty, plotted.contains(where: { $0.mark == nil && !$0.isExcluded }) { shapes.insert(.common, at: 0) }
    if plotted.contains(where: \.isExcluded) { shapes.append(.excluded) }
    var entries = shapes.map { ($0 as MarkShape?, $0.title) }
    if chart.signals.contains(where: { !$0.rule.marksPoints }) {
      entries.append((nil, "\(chart.spec.kind.centreLineTitle.lowercased()) crossed too seldom for chance"))
    }
    var rows: [[Entry]] = []
    var room = 0.0
    for (shape, text) in entries {
      let wanted = Key.symbol + TextMetrics.width(text, size: Key.size) + Key.gap
      if rows.isEmpty || wanted - Key.gap > room {
        rows.append([])
        room = width
      }
      rows[rows.count - 1].append(Entry(shape: shape, text: text, width: wanted))
      room -= wanted
    }
    self.rows = rows
  }

  /// Draws the rows, the last one with its baseline at `bottom`.
  func draw(into markup: inout Markup, palette: Palette, x left: Double, bottom: Double) {
    for (index, row) in rows.enumerated() {
      let y = bottom - Double(rows.count - 1 - index) * Key.lineHeight
      var x = left
      for entry in row {
        if let shape = entry.shape {
          let shade = shape.shade(palette)
          markup.element(
            "path",
            [
              "class": shape.className + (shape == .excluded ? " hollow" : ""),
              "fill": shape == .excluded ? palette.paper : shade.fill, "stroke": shade.outline,
              "d": shape.path(x: x + 6, y: y - 4, radius: 4),
            ])
        } else {
          markup.element(
            "path",
            [
              "class": "centre", "fill": "none", "stroke": palette.centre, "stroke-width": "1.75",
              "stroke-dasharray": "2 3", "d": "M\(Markup.number(x)) \(Markup.number(y - 4))h13",
            ])
        }
        markup.element(
          "text",
          [
            "class": "ink", "x": Markup.number(x + Key.symbol), "y": Markup.number(y), "fill": palette.ink,
            "font-size": Markup.number(Key.size),
          ], text: entry.text)
        x += entry.width
      }
    }
  }
}
