// SPDX-License-Identifier: Apache-2.0

import SPC

/// Where everything goes in one drawing of a chart, or of two with one time axis.
struct Sheet {
  let chart: Chart
  let drawing: ChartDrawing
  let width: Double
  let height: Double
  let heading: SheetHeading
  let caption: [String]
  let key: Key
  let flagKey: FlagKey
  /// The spaces for the data, from top to bottom; none when there is nothing to plot.
  let plots: [Plot]
  let flags: FlagRow?

  static let titleSize = 15.0
  static let textSize = 11.5
  static let captionSize = 10.5
  static let margin = 12.0
  /// Between two plots, for the heading of the lower one.
  private static let between = 30.0
  /// Two lines of labels below the plot.
  private static let timeLabels = 34.0
  /// The least height of a plot for the sake of which the key to the flags becomes shorter.
  private static let leastPlot = 40.0

  init(_ subjects: [Subject], flags allFlags: [Flag], drawing: ChartDrawing, width: Double, height: Double) {
    let first = subjects[0]
    chart = first.chart
    self.drawing = drawing
    self.width = width
    self.height = height
    let isNarrow = width < 480
    let textWidth = width - 2 * Self.margin
    heading = SheetHeading(first, drawing: drawing, width: width, height: height)
    let showsCaption = height >= 240
    caption =
      showsCaption
      ? TextMetrics.lines(
        Sheet.caption(subjects), size: Self.captionSize, width: textWidth, atMost: isNarrow ? 2 : 1) : []
    key = Key(subjects, width: textWidth)
    let plotted = subjects.filter { $0.columns.known > 0 }
    let top = heading.bottom + 18 + (allFlags.isEmpty || plotted.isEmpty ? 0 : FlagRow.height)
    let footHeight =
      Double(caption.count) * 14 + Double(key.lines) * Key.lineHeight + (showsCaption ? 8 : 4)
    // A quarter of the height at most, and no more than leaves room for the plot.
    let room = min(height * 0.25, height - top - footHeight - Sheet.timeLabels - Sheet.leastPlot)
    flagKey = FlagKey(plotted.isEmpty ? [] : allFlags, width: textWidth, atMost: Int(room / FlagKey.lineHeight))
    let bottom = max(
      height - footHeight - Double(flagKey.lines) * FlagKey.lineHeight - Sheet.timeLabels, top + 20)
    plots = Sheet.plots(
      plotted, top: top, bottom: bottom, width: width, isNarrow: isNarrow, last: allFlags.map(\.day).max())
    flags = allFlags.isEmpty ? nil : plots.first.map { FlagRow(allFlags, plot: $0) }
  }

  /// Spaces one above the other, three fifths of the height for the first of two.
  private static func plots(
    _ subjects: [Subject], top: Double, bottom: Double, width: Double, isNarrow: Bool, last: Day?
  ) -> [Plot] {
    guard let first = subjects.first else { return [] }
    let middle = (top + (bottom - top - between) * 0.6).rounded()
    let spans =
      subjects.count == 1
      ? [(top, bottom)] : [(top, max(middle, top + 20)), (middle + between, max(bottom, middle + between + 20))]
    let room = width - 2 * margin
    let axes = zip(subjects, spans).map { $0.axis(steps: max(2, Int(($1.1 - $1.0) / 38))) }
    let labels = zip(subjects, axes).map { subject, axis in
      var labels = LineLabel.labels(of: subject, axis: axis, isNarrow: isNarrow)
      // More lines than fit below each other: limits go first, since they can be read off the axis.
      let span = spans[0].1 - spans[0].0
      while labels.count > 2, Double(labels.count - 1) * LineLabel.spacing > span {
        labels.remove(at: labels.lastIndex { $0.line == .limit } ?? labels.count - 1)
      }
      return labels
    }
    let tickWidth =
      axes.flatMap { axis in axis.ticks.map { TextMetrics.width(axis.tickLabel($0), size: Plot.labelSize) } }.max() ?? 0
    let left = margin + min(tickWidth, room / 4) + 6
    let labelWidth = labels.joined().map { TextMetrics.width($0.text, size: Plot.labelSize, bold: true) }.max() ?? 0
    let labelRoom = min(labelWidth + 6, room / 3)
    let time = TimeAxis(
      days: first.chart.series.days, period: first.period, left: left, right: width - margin - labelRoom, last: last)
    return subjects.indices.map { index in
      let short = labels[index].map { label in
        var label = label
        label.text = TextMetrics.shortened(label.text, size: Plot.labelSize, bold: true, width: labelRoom - 6 + 0.01)
        return label
      }
      return Plot(
        subjects[index], value: axes[index], labels: short, time: time, top: spans[index].0, bottom: spans[index].1,
        showsTime: index == subjects.count - 1)
    }
  }

  /// How the chart was made, so that two charts that disagree can be told apart.
  private static func caption(_ subjects: [Subject]) -> String {
    let (chart, columns) = (subjects[0].chart, subjects[0].columns)
    let kinds =
      subjects.count == 1 ? chart.spec.kind.title : subjects.map(\.chart.spec.kind.title).joined(separator: " and ")
    var parts = [kinds, chart.spec.ruleSet.title + " rules"]
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
    heading.draw(into: &markup, palette: palette)
    if plots.isEmpty { drawEmpty(into: &markup, palette: palette) }
    for (index, plot) in plots.enumerated() {
      if index > 0 { drawHeading(of: plot, into: &markup, palette: palette) }
      plot.drawGrid(into: &markup, palette: palette)
      plot.drawLines(into: &markup, palette: palette, shadesLimits: drawing.shadesLimits)
      flags?.drawLines(into: &markup, palette: palette, through: plot)
      plot.drawPoints(into: &markup, palette: palette)
      plot.drawLabels(into: &markup, palette: palette)
    }
    if let plot = plots.first { flags?.draw(into: &markup, palette: palette, top: plot.top - FlagRow.height - 4) }
    drawFoot(into: &markup, palette: palette)
  }

  /// What the lower of two plots shows.
  private func drawHeading(of plot: Plot, into markup: inout Markup, palette: Palette) {
    markup.openText("muted", x: Self.margin, y: plot.top - 12, fill: palette.muted, size: Self.textSize)
    markup.set("font-weight", "600")
    markup.close(text: plot.chart.spec.kind.longTitle)
  }

  private func drawEmpty(into markup: inout Markup, palette: Palette) {
    let lines: [(className: StaticString, fill: String, size: Double, text: String)] = [
      ("ink", palette.ink, 15, "No data yet"),
      ("muted", palette.muted, 12, "The chart appears with the first value."),
    ]
    for (index, line) in lines.enumerated() {
      markup.openText(
        line.className, x: width / 2, y: height / 2 + Double(index) * 21, fill: line.fill, size: line.size)
      markup.set("text-anchor", "middle")
      markup.close(text: TextMetrics.shortened(line.text, size: line.size, width: width - 8))
    }
    markup.newline()
  }

  private func drawFoot(into markup: inout Markup, palette: Palette) {
    let captionTop = height - 8 - Double(caption.count - 1) * 14
    let keyBottom = caption.isEmpty ? height - 8 : captionTop - 16
    key.draw(into: &markup, palette: palette, x: Self.margin, bottom: keyBottom)
    flagKey.draw(
      into: &markup, palette: palette, x: Self.margin, bottom: keyBottom - Double(key.lines) * Key.lineHeight)
    for (index, line) in caption.enumerated() {
      markup.openText(
        "muted", x: Self.margin, y: captionTop + Double(index) * 14, fill: palette.muted, size: Self.captionSize)
      markup.close(text: line)
    }
    markup.newline()
  }
}

extension ChartKind {
  /// The heading of the lower of two plots.
  var longTitle: String {
    switch self {
    case .mr: "Moving ranges (MR chart)"
    case .s: "Standard deviations within subgroups (S chart)"
    default: title
    }
  }
}
