// SPDX-License-Identifier: Apache-2.0

public import SPC

extension CompanionDrawing {
  /// Draws a Pareto chart: bars from the largest on, and the line of their shares added up.
  public func svg(of pareto: Pareto) -> String {
    let unit = pareto.options.unit
    var sheet = CompanionSheet(
      self, kind: "Pareto chart", subtitle: unit, description: pareto.summary,
      values: pareto.total > 0 ? [0, pareto.total] : [0, 1], unit: unit, rightRoom: 44,
      caption:
        "Pareto chart · line: shares added up, up to 100% · strong bars: those that make up \(figure(pareto.options.threshold * 100, places: 0))%"
    )
    guard !pareto.bars.isEmpty, pareto.total > 0 else {
      sheet.empty()
      return sheet.finish()
    }
    let step = (sheet.right - sheet.left) / Double(pareto.bars.count)
    for (index, bar) in pareto.bars.enumerated() {
      let x = sheet.left + (Double(index) + 0.5) * step
      let half = max(step * 0.38, 0.5)
      sheet.markup.begin(
        "path",
        [
          "class": bar.isVital ? "ink" : "muted", "fill": bar.isVital ? sheet.palette.ink : sheet.palette.muted,
          "fill-opacity": bar.isVital ? "0.85" : "0.35",
          "d": "M\(Markup.number(x - half)) \(Markup.number(sheet.bottom))V\(Markup.number(sheet.y(bar.amount)))"
            + "H\(Markup.number(x + half))V\(Markup.number(sheet.bottom))z",
        ])
      sheet.markup.element(
        "title",
        text: "\(bar.name): \(sheet.axis.label(bar.amount)), \(figure(bar.share * 100, places: 1))%; "
          + "\(figure(bar.cumulativeShare * 100, places: 1))% with those before")
      sheet.markup.end()
    }
    sheet.ticks(
      pareto.bars.enumerated().map { index, bar in
        let room = max(step - 6, 40)
        return (
          sheet.left + (Double(index) + 0.5) * step, TextMetrics.shortened(bar.name, size: Sheet.textSize, width: room)
        )
      })
    sheet.line(
      pareto.bars.enumerated().map { index, bar in
        (sheet.left + (Double(index) + 0.5) * step, sheet.y(bar.cumulativeShare * pareto.total))
      }, className: "line", stroke: sheet.palette.line, width: "2")
    let threshold = pareto.options.threshold
    sheet.line(
      [(sheet.left, sheet.y(threshold * pareto.total)), (sheet.right, sheet.y(threshold * pareto.total))],
      className: "limit", stroke: sheet.palette.limit, dash: "5 3")
    sheet.labels(
      [0.5, threshold, 1].map {
        ("\(figure($0 * 100, places: 0))%", $0 * pareto.total, "muted", sheet.palette.muted, $0 == threshold)
      })
    return sheet.finish()
  }
}
