// SPDX-License-Identifier: Apache-2.0

import SPC

/// Where everything goes in one drawing.
struct Sheet {
  let chart: Chart
  let drawing: ChartDrawing
  let width: Double
  let height: Double
  /// Whether labels must be short.
  let isNarrow: Bool
  let titleLines: [String]
  let subtitle: String
  let caption: [String]
  let key: Key
  /// Baselines of the first line of the heading, and of the caption.
  private let titleTop: Double
  /// The space for the data.
  ///
  /// Nil when there is nothing to plot.
  let plot: Plot?
  /// Side of the icons in the heading; 0 without icons.
  let iconSize: Double

  static let titleSize = 15.0
  static let textSize = 11.5
  static let captionSize = 10.5
  static let margin = 12.0

  init(chart: Chart, columns: Columns, period: Period, drawing: ChartDrawing, width: Double, height: Double) {
    self.chart = chart
    self.drawing = drawing
    self.width = width
    self.height = height
    isNarrow = width < 480
    // An icon of a chart that has no limits yet would promise too much.
    let hasIcons = chart.variation != nil && height >= 220 && columns.hasLimits
    iconSize = hasIcons ? 34 : 0
    let iconsWidth = hasIcons ? (chart.assurance == nil ? 1 : 2) * (iconSize + 6) : 0
    let textWidth = width - 2 * Self.margin
    titleLines =
      drawing.showsTitle
      ? TextMetrics.lines(
        drawing.title, size: Self.titleSize, bold: true, width: textWidth - iconsWidth, atMost: height < 260 ? 1 : 2)
      : []
    subtitle = TextMetrics.shortened(Sheet.subtitle(chart), size: Self.textSize, width: textWidth - iconsWidth)
    let showsCaption = height >= 240
    caption =
      showsCaption
      ? TextMetrics.lines(
        Sheet.caption(chart, columns), size: Self.captionSize, width: textWidth, atMost: isNarrow ? 2 : 1) : []
    key = Key(chart: chart, shapes: columns.present, width: textWidth)

    titleTop = Self.margin + 13
    let headingBottom = max(
      titleTop + Double(titleLines.count) * 19 + (titleLines.isEmpty ? -3 : -2), hasIcons ? iconSize + 16 : 0)
    let captionHeight = Double(caption.count) * 14
    let footHeight = captionHeight + Double(key.lines) * Key.lineHeight + (showsCaption ? 8 : 4)
    // Two lines of labels below the plot.
    let bottom = height - footHeight - 34
    let top = headingBottom + 18
    plot =
      columns.known == 0
      ? nil
      : Plot(
        chart: chart, columns: columns, period: period, left: Self.margin, right: width - Self.margin, top: top,
        bottom: bottom, isNarrow: isNarrow)
  }

  /// The unit and the direction.
  private static func subtitle(_ chart: Chart) -> String {
    var parts: [String] = []
    if !chart.spec.unit.isEmpty { parts.append(chart.spec.unit == "%" ? "per cent" : chart.spec.unit) }
    switch chart.spec.direction {
    case .up: parts.append("higher is better ↑")
    case .down: parts.append("lower is better ↓")
    case .neutral: break
    }
    return parts.joined(separator: " · ")
  }

  /// How the chart was made, so that two charts that disagree can be told apart.
  private static func caption(_ chart: Chart, _ columns: Columns) -> String {
    var parts = [chart.spec.kind.title, chart.spec.ruleSet.title + " rules"]
    let lines = chart.spec.kind.hasLimits ? "limits" : "median"
    let used = chart.phases.reduce(0) { $0 + $1.baselineValues }
    let total = columns.known
    if chart.phases.count > 1 { parts.append("\(chart.phases.count) phases") }
    if used == total {
      if total > 0 { parts.append("\(lines) from \(total) \(total == 1 ? "value" : "values")") }
    } else if case .first = chart.spec.baseline, chart.phases.count == 1 {
      parts.append("\(lines) from the first \(used) of \(total)")
    } else {
      parts.append("\(lines) from \(used) of \(total)")
    }
    return parts.joined(separator: " · ")
  }

  func draw(into markup: inout Markup, palette: Palette) {
    drawHeading(into: &markup, palette: palette)
    if let plot {
      plot.draw(into: &markup, palette: palette, shadesLimits: drawing.shadesLimits)
    } else {
      drawEmpty(into: &markup, palette: palette)
    }
    drawFoot(into: &markup, palette: palette)
  }

  private func drawHeading(into markup: inout Markup, palette: Palette) {
    var y = titleTop
    for line in titleLines {
      markup.openText("ink", x: Self.margin, y: y, fill: palette.ink, size: Self.titleSize)
      markup.set("font-weight", "600")
      markup.close(text: line)
      y += 19
    }
    if !subtitle.isEmpty {
      markup.openText("muted", x: Self.margin, y: y - 1, fill: palette.muted, size: Self.textSize)
      markup.close(text: subtitle)
    }
    if iconSize > 0, let variation = chart.variation {
      var x = width - Self.margin - iconSize
      if let assurance = chart.assurance {
        IconDrawing.draw(assurance, into: &markup, x: x, y: Self.margin - 2, size: iconSize)
        x -= iconSize + 6
      }
      IconDrawing.draw(variation, into: &markup, x: x, y: Self.margin - 2, size: iconSize)
    }
    markup.newline()
  }

  private func drawEmpty(into markup: inout Markup, palette: Palette) {
    let lines: [(String, String, Double, String)] = [
      ("ink", palette.ink, 15, "No data yet"),
      ("muted", palette.muted, 12, "The chart appears with the first value."),
    ]
    for (index, line) in lines.enumerated() {
      markup.element(
        "text",
        [
          "class": line.0, "x": Markup.number(width / 2), "y": Markup.number(height / 2 + Double(index) * 21),
          "fill": line.1, "font-size": Markup.number(line.2), "text-anchor": "middle",
        ], text: TextMetrics.shortened(line.3, size: line.2, width: width - 8))
    }
    markup.newline()
  }

  private func drawFoot(into markup: inout Markup, palette: Palette) {
    let captionTop = height - 8 - Double(caption.count - 1) * 14
    key.draw(
      into: &markup, palette: palette, x: Self.margin,
      bottom: captionTop - (caption.isEmpty ? -3 : 16))
    for (index, line) in caption.enumerated() {
      markup.openText(
        "muted", x: Self.margin, y: captionTop + Double(index) * 14, fill: palette.muted, size: Self.captionSize)
      markup.close(text: line)
    }
    markup.newline()
  }
}
