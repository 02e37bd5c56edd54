// SPDX-License-Identifier: Apache-2.0

import SPC

/// Centre line, limits, target and phase borders.
extension Plot {
  func drawLines(into markup: inout Markup, palette: Palette, shadesLimits: Bool) {
    if shadesLimits {
      markup.element("path", ["class": "band", "fill": palette.band, "d": band()])
    }
    markup.element(
      "path",
      [
        "class": "limit", "fill": "none", "stroke": palette.limit, "stroke-width": "1.25", "stroke-dasharray": "5 3",
        "d": steps { $0.upperLimit } + steps { $0.lowerLimit },
      ])
    for (index, phase) in chart.phases.enumerated() {
      let drifts = chart.signals.contains { $0.phase == index && !$0.rule.marksPoints }
      let path = steps(in: phase.points) { $0.centreLine }
      guard !path.isEmpty else { continue }
      if drifts {
        markup.element(
          "path",
          [
            "class": "centre", "fill": "none", "stroke": palette.centre, "stroke-width": "1.75",
            "stroke-dasharray": "2 3", "d": path,
          ])
      } else {
        markup.element(
          "path",
          ["class": "centre", "fill": "none", "stroke": palette.centre, "stroke-width": "1.5", "d": path])
      }
    }
    let borders = chart.phases.dropFirst().map { phase in
      "M\(Markup.number(leftEdge(phase.points.lowerBound))) \(Markup.number(top))V\(Markup.number(bottom))"
    }
    if !borders.isEmpty {
      markup.element(
        "path",
        [
          "class": "axis", "fill": "none", "stroke": palette.muted, "stroke-dasharray": "1 3", "d": borders.joined(),
        ])
    }
    if let target = chart.targetInForce {
      let y = Markup.number(y(target))
      markup.element(
        "path",
        [
          "class": "target", "fill": "none", "stroke": palette.target, "stroke-width": "1.5",
          "stroke-dasharray": "10 4", "d": "M\(Markup.number(left)) \(y)H\(Markup.number(right))",
        ])
    }
    markup.newline()
  }

  /// The coordinate where the lines of a point begin: half way to the point before.
  func leftEdge(_ index: Int) -> Double {
    if index > 0 { return (xs[index - 1] + xs[index]) / 2 }
    let half = xs.count > 1 ? (xs[1] - xs[0]) / 2 : 20
    return max(left, xs[0] - half)
  }

  /// The coordinate where the lines of a point end.
  private func rightEdge(_ index: Int) -> Double {
    if index + 1 < xs.count { return leftEdge(index + 1) }
    let half = xs.count > 1 ? (xs[index] - xs[index - 1]) / 2 : 20
    return min(right, xs[index] + half)
  }

  private func steps(_ line: (ChartPoint) -> Double?) -> String {
    chart.phases.map { steps(in: $0.points, line) }.joined()
  }

  /// A line that goes level by every point and steps between them; it breaks where it is not defined.
  private func steps(in rows: Range<Int>, _ line: (ChartPoint) -> Double?) -> String {
    var path = ""
    var level: String?
    for row in rows {
      guard let number = line(chart.points[row]) else {
        if level != nil { path += "H" + Markup.number(leftEdge(row)) }
        level = nil
        continue
      }
      let y = Markup.number(y(number))
      if let current = level {
        if current != y { path += "H\(Markup.number(leftEdge(row)))V\(y)" }
      } else {
        path += "M\(Markup.number(leftEdge(row))) \(y)"
      }
      level = y
    }
    if level != nil { path += "H" + Markup.number(rightEdge(rows.upperBound - 1)) }
    return path
  }

  /// The area between the limits.
  private func band() -> String {
    var path = ""
    for phase in chart.phases {
      // Stretches of rows with the same limits, to be walked forth along the upper and back along the lower ones.
      var stretches: [(from: String, to: String, high: String, low: String)] = []
      func close() {
        guard let first = stretches.first else { return }
        path += "M\(first.from) \(first.high)"
        for stretch in stretches { path += "V\(stretch.high)H\(stretch.to)" }
        for stretch in stretches.reversed() { path += "V\(stretch.low)H\(stretch.from)" }
        path += "z"
        stretches.removeAll()
      }
      for row in phase.points {
        guard let low = chart.points[row].lowerLimit, let high = chart.points[row].upperLimit else {
          close()
          continue
        }
        let (top, bottom) = (Markup.number(y(high)), Markup.number(y(low)))
        let to = Markup.number(rightEdge(row))
        if let last = stretches.last, last.high == top, last.low == bottom {
          stretches[stretches.count - 1].to = to
        } else {
          stretches.append((Markup.number(leftEdge(row)), to, top, bottom))
        }
      }
      close()
    }
    return path
  }
}
