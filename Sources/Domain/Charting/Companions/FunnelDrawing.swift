// SPDX-License-Identifier: Apache-2.0

public import SPC

extension CompanionDrawing {
  /// Draws a funnel: units by their size, within limits that narrow as they grow.
  ///
  /// Those outside have names as far as there
  /// is room.
  public func svg(of funnel: Funnel) -> String {
    let options = funnel.options
    let shown = funnel.units.filter { $0.value != nil && $0.denominator > 0 }
    var numbers = shown.compactMap(\.value)
    if let target = funnel.target { numbers.append(target) }
    // The ends of the curves at very small units would make everything else flat.
    for unit in shown { if let limits = unit.limits { numbers += [limits.lower998, limits.upper998] } }
    let isShare = options.measure == .proportion
    var sheet = CompanionSheet(
      self, kind: "Funnel plot", subtitle: options.unit == "%" ? "per cent" : options.unit, description: funnel.summary,
      values: numbers.isEmpty ? [0, 1] : numbers, unit: options.unit, ceiling: isShare ? options.multiplier : nil,
      rightRoom: 92, caption: ["Funnel plot", Self.words(options), "\(shown.count) units"].joined(separator: " · "))
    let largest = shown.map(\.denominator).max() ?? 0
    guard let target = funnel.target, largest > 0 else {
      sheet.empty()
      return sheet.finish()
    }
    let horizontal = ValueAxis(values: [0, largest], steps: max(2, Int((sheet.right - sheet.left) / 90)), unit: "")
    let (left, right) = (sheet.left, sheet.right)
    func x(_ denominator: Double) -> Double { left + denominator / horizontal.maximum * (right - left) }
    sheet.ticks(horizontal.ticks.map { (x($0), horizontal.tickLabel($0)) })
    sheet.axisName("size of the unit (denominator)")
    let curves: [(KeyPath<Funnel.Limits, Double>, String)] = [
      (\.lower998, ""), (\.upper998, ""), (\.lower95, "4 3"), (\.upper95, "4 3"),
    ]
    for (limit, dash) in curves {
      let points = funnel.curve.filter { $0.denominator <= horizontal.maximum }.map {
        point -> (x: Double, y: Double)? in
        (x(point.denominator), sheet.y(point.limits[keyPath: limit]))
      }
      sheet.line(points, className: "limit", stroke: sheet.palette.limit, dash: dash)
    }
    sheet.line(
      [(sheet.left, sheet.y(target)), (sheet.right, sheet.y(target))], className: "centre",
      stroke: sheet.palette.centre,
      width: "1.5")
    let isOut = { (unit: Funnel.Verdict) in unit.place == .outside998 }
    for unit in shown.filter({ !isOut($0) }) + shown.filter(isOut) {
      sheet.mark(
        isOut(unit) ? MarkShape(unit.meaning) : .common, x: x(unit.denominator), y: sheet.y(unit.value ?? target),
        tooltip: "\(unit.name): \(sheet.axis.label(unit.value ?? 0)). \(unit.sentence)")
    }
    name(shown.filter(isOut), among: shown, on: &sheet, x)
    var labels = [
      (
        text: (options.benchmark == nil ? "Mean " : "Benchmark ") + sheet.axis.label(target), value: target,
        className: "ink", fill: sheet.palette.ink, isBold: true
      )
    ]
    if let last = funnel.curve.last(where: { $0.denominator <= horizontal.maximum })?.limits {
      for (text, value) in [("99.8%", last.upper998), ("95%", last.upper95)] {
        labels.append((text, value, "muted", sheet.palette.muted, false))
      }
    }
    if options.benchmark != nil { labels[0].text = "Benchmark \(sheet.axis.label(target))" }
    sheet.labels(labels)
    return sheet.finish()
  }

  /// Names beside marks, the farthest out first, none over another name or mark.
  private func name(
    _ units: [Funnel.Verdict], among all: [Funnel.Verdict], on sheet: inout CompanionSheet, _ x: (Double) -> Double
  ) {
    let marks = all.map { (x: x($0.denominator), y: sheet.y($0.value ?? 0)) }
    var taken: [(x: ClosedRange<Double>, y: Double)] = []
    for unit in units.sorted(by: { (abs($0.z ?? 0), $1.name) > (abs($1.z ?? 0), $0.name) }).prefix(40) {
      guard let value = unit.value else { continue }
      let text = TextMetrics.shortened(unit.name, size: 10, width: 120)
      let width = TextMetrics.width(text, size: 10)
      let y = sheet.y(value) + (unit.side == .high ? -8 : 18)
      let start = min(max(x(unit.denominator) - width / 2, sheet.left + 2), sheet.right - width - 2)
      let room = start - 3...start + width + 3
      let covers = marks.contains { room.contains($0.x) && (y - 14...y + 6).contains($0.y) }
      guard !covers, !taken.contains(where: { $0.x.overlaps(room) && abs($0.y - y) < 12 }), y > sheet.top - 8,
        y < sheet.bottom - 3
      else {
        continue
      }
      taken.append((room, y))
      sheet.text(text, x: start, y: y, className: "ink", fill: sheet.palette.ink, size: 10)
    }
  }

  private static func words(_ options: Funnel.Options) -> String {
    switch options.dispersion.model {
    case .none: options.measure == .proportion ? "exact binomial limits" : "exact Poisson limits"
    case .multiplicative: "limits widened by φ"
    case .additive: "limits widened by τ"
    }
  }
}
