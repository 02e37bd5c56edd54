// SPDX-License-Identifier: Apache-2.0

public import SPC

extension CompanionDrawing {
  /// Draws a histogram, with the median.
  public func svg(of histogram: Histogram) -> String {
    let most = histogram.bins.map { Double($0.count) }.max() ?? 1
    var sheet = CompanionSheet(
      self, kind: "Histogram", subtitle: "number of values", description: histogram.summary, values: [0, most],
      unit: "",
      rightRoom: 14,
      caption: "Histogram · \(histogram.count) values in \(histogram.bins.count) bins"
        + (histogram.missing > 0 ? " · \(histogram.missing) missing" : ""))
    guard let first = histogram.bins.first, let last = histogram.bins.last, last.upper > first.lower else {
      sheet.empty()
      return sheet.finish()
    }
    let unit = histogram.options.unit
    let horizontal = ValueAxis(
      values: [first.lower, last.upper], steps: max(2, Int((sheet.right - sheet.left) / 80)), unit: unit)
    let (left, right) = (sheet.left, sheet.right)
    func x(_ value: Double) -> Double { left + (value - first.lower) / (last.upper - first.lower) * (right - left) }
    for bin in histogram.bins where bin.count > 0 {
      let shade = MarkShape.common.shade(sheet.palette)
      sheet.markup.begin(
        "path",
        [
          "class": "common", "fill": shade.fill, "stroke": shade.outline, "stroke-width": "1",
          "d":
            "M\(Markup.number(x(bin.lower))) \(Markup.number(sheet.bottom))V\(Markup.number(sheet.y(Double(bin.count))))"
            + "H\(Markup.number(x(bin.upper)))V\(Markup.number(sheet.bottom))z",
        ])
      sheet.markup.element(
        "title", text: "\(horizontal.label(bin.lower)) to \(horizontal.label(bin.upper)): \(bin.count)")
      sheet.markup.end()
    }
    sheet.ticks(
      horizontal.ticks.filter { $0 >= first.lower && $0 <= last.upper }.map { (x($0), horizontal.tickLabel($0)) })
    if !unit.isEmpty { sheet.axisName(unit == "%" ? "per cent" : unit) }
    if let median = histogram.median {
      sheet.line(
        [(x(median), sheet.top), (x(median), sheet.bottom)], className: "centre", stroke: sheet.palette.centre,
        width: "1.5", dash: "2 3")
      let label = "Median \(horizontal.label(median))"
      let isRight = x(median) + TextMetrics.width(label, size: Sheet.textSize) + 8 < sheet.right
      sheet.text(
        label, x: x(median) + (isRight ? 5 : -5), y: sheet.top + 10, className: "ink", fill: sheet.palette.ink,
        anchor: isRight ? "start" : "end", weight: "600")
    }
    return sheet.finish()
  }

  /// Draws a scatter plot, with its line where that is shown.
  public func svg(of scatter: Scatter) -> String {
    let options = scatter.options
    let pairs = scatter.points.compactMap { point in
      point.x.flatMap { x in point.y.map { (x: x, y: $0, label: point.label) } }
    }
    let rho = scatter.spearman.map { rho in
      let p = rho.pValue < 0.001 ? "p < 0.001" : "p = \(figure(rho.pValue, places: 3))"
      return "Spearman's ρ = \(figure(rho.coefficient, places: 2)) (\(p))"
    }
    var sheet = CompanionSheet(
      self, kind: "Scatter plot", subtitle: options.yName + (options.yUnit.isEmpty ? "" : " (\(options.yUnit))"),
      description: scatter.summary, values: pairs.isEmpty ? [0, 1] : pairs.map(\.y), unit: options.yUnit, rightRoom: 14,
      caption: ["Scatter plot", "\(scatter.pairs) pairs", rho].compactMap(\.self).joined(separator: " · "))
    guard let low = pairs.map(\.x).min(), let high = pairs.map(\.x).max() else {
      sheet.empty()
      return sheet.finish()
    }
    let horizontal = ValueAxis(
      values: [low, high], steps: max(2, Int((sheet.right - sheet.left) / 80)), unit: options.xUnit)
    let span = horizontal.maximum - horizontal.minimum
    let (left, right) = (sheet.left, sheet.right)
    func x(_ value: Double) -> Double { left + (value / span - horizontal.minimum / span) * (right - left) }
    sheet.ticks(horizontal.ticks.map { (x($0), horizontal.tickLabel($0)) })
    sheet.axisName(options.xName + (options.xUnit.isEmpty ? "" : " (\(options.xUnit))"))
    if let line = scatter.line {
      sheet.line(
        [(x(low), sheet.y(line.y(at: low))), (x(high), sheet.y(line.y(at: high)))], className: "centre",
        stroke: sheet.palette.centre, width: "1.5", dash: "6 3")
    }
    for pair in pairs {
      let place = "\(horizontal.label(pair.x)), \(sheet.axis.label(pair.y))"
      sheet.mark(
        .common, x: x(pair.x), y: sheet.y(pair.y), isInKey: false,
        tooltip: pair.label.isEmpty ? place : "\(pair.label): \(place)")
    }
    return sheet.finish()
  }
}
