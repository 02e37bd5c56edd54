// SPDX-License-Identifier: Apache-2.0

import SPC

/// What stands at the right end of a line: what it is, and where it lies.
struct LineLabel {
  enum Line {
    case centre, limit, target
  }

  let line: Line
  let text: String
  let number: Double
  /// Vertical middle, once spread.
  var y = 0.0

  /// Distance between neighbours.
  static let spacing = 14.0

  /// The latest centre line and limits, and the target.
  static func labels(of chart: Chart, axis: ValueAxis, isNarrow: Bool) -> [LineLabel] {
    var labels: [LineLabel] = []
    if let centre = chart.phases.last?.centreLine {
      labels.append(
        LineLabel(
          line: .centre, text: "\(chart.spec.kind.centreLineTitle) \(axis.label(centre))", number: centre))
    }
    let last = chart.phases.count - 1
    if let point = chart.points.last(where: { $0.phase == last && $0.upperLimit != nil && $0.lowerLimit != nil }),
      let upper = point.upperLimit, let lower = point.lowerLimit
    {
      labels.append(
        LineLabel(line: .limit, text: "\(isNarrow ? "Upper" : "Upper limit") \(axis.label(upper))", number: upper))
      labels.append(
        LineLabel(line: .limit, text: "\(isNarrow ? "Lower" : "Lower limit") \(axis.label(lower))", number: lower))
    }
    if let target = chart.targetInForce {
      labels.append(LineLabel(line: .target, text: "Target \(axis.exactLabel(target))", number: target))
    }
    return labels
  }

  /// Puts labels beside their lines, apart from each other, within the range.
  static func spread(_ labels: inout [LineLabel], top: Double, bottom: Double, y: (Double) -> Double) {
    for index in labels.indices { labels[index].y = y(labels[index].number) }
    labels.sort { $0.y != $1.y ? $0.y < $1.y : $0.number > $1.number }
    guard labels.count > 1 else { return }
    // Neighbours that touch share one middle: the settled groups of isotonic regression.
    var groups: [(middle: Double, count: Int)] = []
    for label in labels {
      groups.append((label.y, 1))
      while groups.count > 1 {
        let (a, b) = (groups[groups.count - 2], groups[groups.count - 1])
        guard b.middle - a.middle < Double(a.count + b.count) / 2 * spacing else { break }
        groups.removeLast(2)
        let count = a.count + b.count
        groups.append(((a.middle * Double(a.count) + b.middle * Double(b.count)) / Double(count), count))
      }
    }
    var index = 0
    for group in groups {
      for place in 0..<group.count {
        labels[index].y = group.middle + (Double(place) - Double(group.count - 1) / 2) * spacing
        index += 1
      }
    }
    for index in labels.indices {
      labels[index].y = max(labels[index].y, top + Double(index) * spacing)
    }
    for (place, index) in labels.indices.reversed().enumerated() {
      labels[index].y = min(labels[index].y, bottom - Double(place) * spacing)
    }
  }
}

extension Plot {
  func drawLabels(into markup: inout Markup, palette: Palette) {
    for label in labels {
      let (className, colour, weight) =
        switch label.line {
        case .centre: ("ink", palette.ink, "600")
        case .limit: ("muted", palette.muted, "400")
        case .target: ("target-text", palette.target, "600")
        }
      markup.element(
        "text",
        [
          "class": className, "x": Markup.number(right + 6), "y": Markup.number(label.y + 4), "fill": colour,
          "font-size": Markup.number(Plot.labelSize), "font-weight": weight,
        ], text: label.text)
    }
    // Earlier phases have their centre on the line itself, where there is room.
    for phase in chart.phases.dropLast() {
      guard let centre = phase.centreLine else { continue }
      let text = value.label(centre)
      let from = leftEdge(phase.points.lowerBound)
      guard leftEdge(phase.points.upperBound) - from > TextMetrics.width(text, size: 10.5) + 14 else { continue }
      markup.element(
        "text",
        [
          "class": "ink halo", "x": Markup.number(from + 4), "y": Markup.number(y(centre) - 5), "fill": palette.ink,
          "stroke": palette.paper, "stroke-width": "3", "paint-order": "stroke", "font-size": "10.5",
          "font-weight": "600",
        ], text: text)
    }
    markup.newline()
  }
}
