// SPDX-License-Identifier: Apache-2.0

public import SPC

extension CompanionDrawing {
  /// Draws a CUSUM: what has gathered above and below the target, with the decision interval on both sides.
  public func svg(of cusum: CUSUM) -> String {
    let unit = cusum.options.unit
    let interval = cusum.decisionInterval
    let sums = cusum.points.flatMap { [$0.high.map(abs), $0.low.map { -abs($0) }].compactMap(\.self) }
    var sheet = CompanionSheet(
      self, kind: "CUSUM chart", subtitle: unit == "%" ? "per cent, added up" : unit, description: cusum.summary,
      values: sums + (interval.map { [$0, -$0] } ?? []) + [0], unit: unit, rightRoom: 96,
      caption:
        "CUSUM · k = \(plainFigure(cusum.options.allowance)) σ, h = \(plainFigure(cusum.options.decisionInterval)) σ · "
        + "\(cusum.reference.baselineValues) values set mean and σ")
    guard let first = cusum.points.first, !sums.isEmpty else {
      sheet.empty()
      return sheet.finish()
    }
    let time = TimeAxis(
      days: cusum.points.map(\.day), period: cusum.period, left: sheet.left, right: sheet.right)
    sheet.days(time)
    sheet.line(
      [(sheet.left, sheet.y(0)), (sheet.right, sheet.y(0))], className: "centre", stroke: sheet.palette.centre)
    if let interval {
      for value in [interval, -interval] {
        sheet.line(
          [(sheet.left, sheet.y(value)), (sheet.right, sheet.y(value))], className: "limit",
          stroke: sheet.palette.limit,
          dash: "5 3")
      }
      sheet.labels([
        ("h \(sheet.axis.label(interval))", interval, "muted", sheet.palette.muted, false),
        ("above", interval / 2, "ink", sheet.palette.ink, false),
        ("below", -interval / 2, "ink", sheet.palette.ink, false),
        ("−h", -interval, "muted", sheet.palette.muted, false),
      ])
    }
    let flagged = Dictionary(
      cusum.signals.flatMap { signal in signal.members.map { ($0, signal) } }, uniquingKeysWith: { first, _ in first })
    for isHigh in [true, false] {
      let sum = { (point: CUSUM.Point) in isHigh ? point.high.map(abs) : point.low.map { -abs($0) } }
      sheet.line(
        cusum.points.map { point in sum(point).map { (time.x(point.day), sheet.y($0)) } }, className: "line",
        stroke: sheet.palette.line)
      for (index, point) in cusum.points.enumerated() {
        guard let value = sum(point) else { continue }
        let signal = flagged[index].flatMap { ($0.side == .high) == isHigh ? $0 : nil }
        if value == 0, signal == nil { continue }
        sheet.mark(
          MarkShape(signal?.meaning), x: time.x(point.day), y: sheet.y(value), radius: signal == nil ? 2.4 : 3.6,
          tooltip: cusum.period.name(of: point.day) + ": " + sheet.axis.label(value)
            + (signal.map { ". " + $0.sentence } ?? ""))
      }
    }
    _ = first
    return sheet.finish()
  }

  /// Draws an EWMA: the weighted average of all values so far, within its limits, over the values themselves.
  public func svg(of ewma: EWMA) -> String {
    let unit = ewma.options.unit
    var numbers: [Double] = []
    for point in ewma.points {
      numbers += [point.value, point.average, point.lowerLimit, point.upperLimit].compactMap(\.self)
    }
    var sheet = CompanionSheet(
      self, kind: "EWMA chart", subtitle: unit == "%" ? "per cent" : unit, description: ewma.summary,
      values: numbers.isEmpty ? [0, 1] : numbers, unit: unit, rightRoom: 104,
      caption: "EWMA · λ = \(plainFigure(ewma.options.weight)), L = \(plainFigure(ewma.options.width)) · "
        + "\(ewma.reference.baselineValues) values set mean and σ")
    guard !numbers.isEmpty else {
      sheet.empty()
      return sheet.finish()
    }
    let time = TimeAxis(days: ewma.points.map(\.day), period: ewma.period, left: sheet.left, right: sheet.right)
    sheet.days(time)
    for limit in [\EWMA.Point.lowerLimit, \EWMA.Point.upperLimit] {
      sheet.line(
        ewma.points.map { point in point[keyPath: limit].map { (time.x(point.day), sheet.y($0)) } }, className: "limit",
        stroke: sheet.palette.limit, dash: "5 3")
    }
    if let mean = ewma.reference.mean {
      sheet.line(
        [(sheet.left, sheet.y(mean)), (sheet.right, sheet.y(mean))], className: "centre", stroke: sheet.palette.centre)
      var labels = [("Mean \(sheet.axis.label(mean))", mean, "ink", sheet.palette.ink, true)]
      if let high = ewma.points.last(where: { $0.upperLimit != nil })?.upperLimit {
        labels.append(("Limit \(sheet.axis.label(high))", high, "muted", sheet.palette.muted, false))
      }
      sheet.labels(labels)
    }
    // The values themselves, small and without marks of their own.
    let dots = ewma.points.compactMap { point in
      point.value.map { MarkShape.common.path(x: time.x(point.day), y: sheet.y($0), radius: 1.6) }
    }
    sheet.path(dots.joined(), className: "limit", stroke: sheet.palette.limit)
    sheet.line(
      ewma.points.map { point in point.average.map { (time.x(point.day), sheet.y($0)) } }, className: "line",
      stroke: sheet.palette.line, width: "1.75")
    let flagged = Dictionary(
      ewma.signals.flatMap { signal in signal.members.map { ($0, signal) } }, uniquingKeysWith: { first, _ in first })
    for (index, point) in ewma.points.enumerated() {
      guard let average = point.average else { continue }
      let signal = flagged[index]
      sheet.mark(
        MarkShape(signal?.meaning), x: time.x(point.day), y: sheet.y(average), radius: signal == nil ? 2.4 : 3.6,
        tooltip: ewma.period.name(of: point.day) + ": " + sheet.axis.label(average)
          + (signal.map { ". " + $0.sentence } ?? ""))
    }
    return sheet.finish()
  }
}
