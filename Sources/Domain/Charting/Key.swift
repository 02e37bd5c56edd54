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

  /// - Parameter marksCommon: whether common cause has marks of its own.
  init(_ subjects: [Subject], marksCommon: Bool = true, width: Double) {
    let present = subjects.dropFirst().reduce(subjects[0].columns.present) { $0.union($1.columns.present) }
    var shapes: [MarkShape] = []
    for shape in [MarkShape.improvement, .concern, .neutral] where present.contains(shape) { shapes.append(shape) }
    if !shapes.isEmpty, marksCommon, present.contains(.common) { shapes.insert(.common, at: 0) }
    if present.contains(.excluded) { shapes.append(.excluded) }
    var entries = shapes.map { ($0 as MarkShape?, $0.title) }
    var patterns: [String] = []
    for subject in subjects { Key.addPatterns(of: subject.chart, to: &patterns) }
    entries += patterns.map { (nil, TextMetrics.shortened($0, size: Key.size, width: width - Key.symbol)) }
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

  /// What a dotted centre line stands for: patterns that say nothing of single points.
  private static func addPatterns(of chart: Chart, to texts: inout [String]) {
    let line = chart.spec.centreStatistic.title.lowercased()
    for signal in chart.signals where !signal.rule.marksPoints {
      let text =
        switch signal.rule.pattern {
        case .crossings: "crosses the \(line) less often than expected by chance"
        case .runCount: "fewer or more runs about the \(line) than expected by chance"
        default: "runs and crossings of the \(line) not expected by chance"
        }
      if !texts.contains(text) { texts.append(text) }
    }
  }

  /// Draws the rows, the last one with its baseline at `bottom`.
  func draw(into markup: inout Markup, palette: Palette, x left: Double, bottom: Double) {
    for (index, row) in rows.enumerated() {
      let y = bottom - Double(rows.count - 1 - index) * Key.lineHeight
      var x = left
      for entry in row {
        if let shape = entry.shape {
          let shade = shape.shade(palette)
          markup.open("path")
          markup.set("class") {
            $0.write(shape.className)
            if shape == .excluded { $0.write(" hollow") }
          }
          markup.set("fill", plain: shape == .excluded ? palette.paper : shade.fill)
          markup.set("stroke", plain: shade.outline)
          markup.set("d") { shape.write(into: &$0, x: x + 6, y: y - 4, radius: 4) }
          markup.close()
        } else {
          markup.openPath("centre", stroke: palette.centre)
          markup.set("stroke-width", "1.75")
          markup.set("stroke-dasharray", "2 3")
          markup.set("d") {
            $0.move(x, y - 4)
            $0.write("h13")
          }
          markup.close()
        }
        markup.openText("ink", x: x + Key.symbol, y: y, fill: palette.ink, size: Key.size)
        markup.close(text: entry.text)
        x += entry.width
      }
    }
  }
}
