// SPDX-License-Identifier: Apache-2.0

import SPC

/// Title, unit and icons, at the top of a drawing.
struct SheetHeading {
  private let chart: Chart
  private let titleLines: [String]
  private let subtitle: String
  private let width: Double
  /// Side of the icons; 0 without icons.
  private let iconSize: Double
  /// Where it ends.
  let bottom: Double

  /// Baseline of the first line.
  private static let top = Sheet.margin + 13

  init(_ subject: Subject, drawing: ChartDrawing, width: Double, height: Double) {
    chart = subject.chart
    self.width = width
    // An icon of a chart that has no limits yet would promise too much.
    let hasIcons = drawing.showsIcons && chart.variation != nil && height >= 220 && subject.columns.hasLimits
    iconSize = hasIcons ? 34 : 0
    let iconsWidth = hasIcons ? (chart.assurance == nil ? 1 : 2) * (iconSize + 6) : 0
    let room = width - 2 * Sheet.margin - iconsWidth
    titleLines =
      drawing.showsTitle
      ? TextMetrics.lines(
        drawing.title, size: Sheet.titleSize, bold: true, width: room, atMost: height < 260 ? 1 : 2)
      : []
    subtitle = TextMetrics.shortened(SheetHeading.subtitle(chart.spec), size: Sheet.textSize, width: room)
    bottom = max(
      SheetHeading.top + Double(titleLines.count) * 19 + (titleLines.isEmpty ? -3 : -2), hasIcons ? iconSize + 16 : 0)
  }

  /// The unit and the direction.
  private static func subtitle(_ spec: ChartSpec) -> String {
    var parts: [String] = []
    if !spec.unit.isEmpty { parts.append(spec.unit == "%" ? "per cent" : spec.unit) }
    switch spec.direction {
    case .up: parts.append("higher is better ↑")
    case .down: parts.append("lower is better ↓")
    case .neutral: break
    }
    return parts.joined(separator: " · ")
  }

  func draw(into markup: inout Markup, palette: Palette) {
    var y = SheetHeading.top
    for line in titleLines {
      markup.openText("ink", x: Sheet.margin, y: y, fill: palette.ink, size: Sheet.titleSize)
      markup.set("font-weight", "600")
      markup.close(text: line)
      y += 19
    }
    if !subtitle.isEmpty {
      markup.openText("muted", x: Sheet.margin, y: y - 1, fill: palette.muted, size: Sheet.textSize)
      markup.close(text: subtitle)
    }
    if iconSize > 0, let variation = chart.variation {
      var x = width - Sheet.margin - iconSize
      if let assurance = chart.assurance {
        IconDrawing.draw(
          assurance, title: chart.targetAssessment?.sentence ?? assurance.title, into: &markup, x: x,
          y: Sheet.margin - 2, size: iconSize)
        x -= iconSize + 6
      }
      IconDrawing.draw(variation, into: &markup, x: x, y: Sheet.margin - 2, size: iconSize)
    }
    markup.newline()
  }
}
