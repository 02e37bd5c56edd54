// SPDX-License-Identifier: Apache-2.0

import SPC

/// Where the panels of small multiples go, and how one of them is drawn.
struct PanelGrid {
  let width: Double
  let height: Double
  private let subjects: [Subject]
  private let axes: [ValueAxis]
  private let isCommon: Bool
  private let shadesLimits: Bool
  private let columns: Int
  private let titleLines: [String]
  private let subtitle: String
  private let key: Key?
  /// Of the first row.
  private let top: Double
  private let panelWidth: Double
  private let panelHeight: Double
  /// What stands left of the first column, and left of each plot.
  private let labelWidth: Double
  /// The days that all panels span; nil without any.
  private let days: ClosedRange<Day>?

  private static let margin = 12.0
  private static let gap = 16.0
  private static let titleSize = 11.0
  private static let labelSize = 9.0
  /// A panel is not narrower than this, where the drawing leaves it the room.
  private static let leastWidth = 140.0

  init(_ subjects: [Subject], settings: SmallMultiples) {
    let sizes = ChartDrawing.sizes
    width = Double(min(max(settings.width, sizes.lowerBound), sizes.upperBound))
    panelHeight = Double(min(max(settings.panelHeight, 80), 1000))
    self.subjects = subjects
    shadesLimits = settings.shadesLimits
    isCommon = settings.axes == .common
    let room = width - 2 * PanelGrid.margin
    let steps = max(1, Int((panelHeight - 50) / 30))
    if isCommon, let first = subjects.first {
      let axis = first.axis(for: subjects.flatMap(\.shown), steps: steps)
      axes = subjects.map { _ in axis }
    } else {
      axes = subjects.map { $0.axis(steps: steps) }
    }
    let firsts = subjects.compactMap(\.chart.series.days.first)
    let lasts = subjects.compactMap(\.chart.series.days.last)
    if let first = firsts.min(), let last = lasts.max() { days = first...last } else { days = nil }
    // One axis need not be measured for every panel.
    let measured = isCommon ? axes.prefix(1) : axes[...]
    labelWidth = min(
      room / 3,
      (measured.flatMap { axis in
        [axis.ticks.first, axis.ticks.last].compactMap(\.self).map {
          TextMetrics.width(axis.tickLabel($0), size: PanelGrid.labelSize)
        }
      }.max() ?? 0) + 4)
    let fitting = Int((room - labelWidth + PanelGrid.gap) / (PanelGrid.leastWidth + PanelGrid.gap))
    columns = max(1, min(settings.columns ?? max(fitting, 1), max(subjects.count, 1), Int(room / 60)))
    // With common axes only the first column has labels of values.
    let free = room - (isCommon ? labelWidth : 0) - Double(columns - 1) * PanelGrid.gap
    panelWidth = free / Double(columns)

    titleLines = TextMetrics.lines(settings.title, size: Sheet.titleSize, bold: true, width: room, atMost: 2)
    subtitle = TextMetrics.shortened(PanelGrid.subtitle(subjects), size: Sheet.textSize, width: room)
    top = PanelGrid.margin + 10 + Double(titleLines.count) * 19 + (subtitle.isEmpty ? 0 : 18)
    key = subjects.isEmpty ? nil : Key(subjects, marksCommon: false, width: room)
    let rows = (subjects.count + columns - 1) / columns
    height =
      top + Double(rows) * panelHeight + Double(key?.lines ?? 0) * Key.lineHeight + (rows == 0 ? 24 : 14)
  }

  /// What all charts have in common.
  private static func subtitle(_ subjects: [Subject]) -> String {
    guard let first = subjects.first?.chart.spec else { return "" }
    let specs = subjects.map(\.chart.spec)
    var parts: [String] = []
    if !first.unit.isEmpty, specs.allSatisfy({ $0.unit == first.unit }) {
      parts.append(first.unit == "%" ? "per cent" : first.unit)
    }
    if specs.allSatisfy({ $0.direction == first.direction }) {
      switch first.direction {
      case .up: parts.append("higher is better ↑")
      case .down: parts.append("lower is better ↓")
      case .neutral: break
      }
    }
    if specs.allSatisfy({ $0.kind == first.kind }) { parts.append(first.kind.title) }
    if specs.allSatisfy({ $0.ruleSet.id == first.ruleSet.id }) { parts.append(first.ruleSet.title + " rules") }
    return parts.joined(separator: " · ")
  }

  func drawHeading(into markup: inout Markup, palette: Palette) {
    var y = PanelGrid.margin + 13
    for line in titleLines {
      markup.openText("ink", x: PanelGrid.margin, y: y, fill: palette.ink, size: Sheet.titleSize)
      markup.set("font-weight", "600")
      markup.close(text: line)
      y += 19
    }
    if !subtitle.isEmpty {
      markup.openText("muted", x: PanelGrid.margin, y: y - 1, fill: palette.muted, size: Sheet.textSize)
      markup.close(text: subtitle)
    }
    markup.newline()
  }

  /// What the marks mean; the shapes are those of all panels.
  func drawKey(into markup: inout Markup, palette: Palette) {
    key?.draw(into: &markup, palette: palette, x: PanelGrid.margin, bottom: height - 12)
  }

  /// Draws one panel.
  func draw(_ index: Int, title: String, icons: PanelIcons, into markup: inout Markup, palette: Palette) {
    let subject = subjects[index]
    let column = index % columns
    let row = index / columns
    let left = PanelGrid.margin + (isCommon ? labelWidth : 0) + Double(column) * (panelWidth + PanelGrid.gap)
    let right = left + panelWidth
    let top = top + Double(row) * panelHeight
    icons.draw(subject.chart, into: &markup, right: right, top: top - 2)
    let titleRoom = panelWidth - icons.width(of: subject.chart)
    markup.openText("ink", x: left, y: top + 12, fill: palette.ink, size: PanelGrid.titleSize)
    markup.set("font-weight", "600")
    markup.close(
      text: TextMetrics.shortened(title, size: PanelGrid.titleSize, bold: true, width: titleRoom))
    guard subject.columns.known > 0, let days = isCommon ? days : PanelGrid.days(of: subject) else {
      markup.openText("muted", x: left, y: top + panelHeight / 2, fill: palette.muted, size: PanelGrid.titleSize)
      markup.close(text: TextMetrics.shortened("No data yet", size: PanelGrid.titleSize, width: panelWidth))
      return
    }
    let time = TimeAxis(
      first: days.lowerBound, last: days.upperBound, left: left + (isCommon ? 0 : labelWidth), right: right, inset: 5)
    let plot = Plot(subject, value: axes[index], time: time, top: top + 22, bottom: top + panelHeight - 24)
    plot.drawPanelAxes(
      into: &markup, palette: palette, labelsValues: !isCommon || column == 0,
      // Of common axes the lowest panel of each column tells the time.
      labelsTime: !isCommon || index + columns >= subjects.count, size: PanelGrid.labelSize)
    plot.drawLines(into: &markup, palette: palette, shadesLimits: shadesLimits)
    plot.drawPanelPoints(into: &markup, palette: palette)
  }

  private static func days(of subject: Subject) -> ClosedRange<Day>? {
    guard let first = subject.chart.series.days.first, let last = subject.chart.series.days.last else { return nil }
    return first...last
  }
}
