// SPDX-License-Identifier: Apache-2.0

import SPC

/// What stands at the right end of a line: what it is, and where it lies.
struct LineLabel {
  enum Line {
    case centre, limit, target, trajectory
  }

  let line: Line
  var text: String
  let number: Double
  /// Vertical middle, once spread.
  var y = 0.0

  /// Distance between neighbours.
  static let spacing = 14.0

  /// The latest centre line and limits, and the target.
  static func labels(of subject: Subject, axis: ValueAxis, isNarrow: Bool) -> [LineLabel] {
    let (chart, columns) = (subject.chart, subject.columns)
    var labels: [LineLabel] = []
    if let centre = chart.phases.last?.centreLine {
      labels.append(
        LineLabel(
          line: .centre, text: chart.spec.centreStatistic.title + " " + axis.label(centre), number: centre))
    }
    if let rows = chart.phases.last?.points,
      let row = rows.last(where: { !columns.upperLimits[$0].isNaN && !columns.lowerLimits[$0].isNaN })
    {
      let (upper, lower) = (columns.upperLimits[row], columns.lowerLimits[row])
      labels.append(
        LineLabel(line: .limit, text: (isNarrow ? "Upper " : "Upper limit ") + axis.label(upper), number: upper))
      labels.append(
        LineLabel(line: .limit, text: (isNarrow ? "Lower " : "Lower limit ") + axis.label(lower), number: lower))
    }
    if let target = subject.targets.steps.last {
      labels.append(LineLabel(line: .target, text: "Target " + axis.exactLabel(target.value), number: target.value))
    }
    // A trajectory that ends before the chart does has no place at its end.
    if let end = subject.targets.trajectory.last, end.day == chart.series.days.last {
      labels.append(
        LineLabel(
          line: .trajectory, text: (isNarrow ? "Path " : "Trajectory ") + axis.label(end.value), number: end.value))
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
      let (className, colour, weight): (StaticString, String, StaticString) =
        switch label.line {
        case .centre: ("ink", palette.ink, "600")
        case .limit: ("muted", palette.muted, "400")
        case .target: ("target-text", palette.target, "600")
        case .trajectory: ("target-text", palette.target, "400")
        }
      markup.openText(className, x: right + 6, y: label.y + 4, fill: colour, size: Plot.labelSize)
      markup.set("font-weight", weight)
      markup.close(text: label.text)
    }
    for note in lineNotes() {
      markup.open("text")
      if note.isTarget { markup.set("class", "target-text halo") } else { markup.set("class", "ink halo") }
      markup.set("x", note.x)
      markup.set("y", note.y)
      markup.set("fill", plain: note.isTarget ? palette.target : palette.ink)
      markup.set("stroke", plain: palette.paper)
      markup.set("stroke-width", "3")
      markup.set("paint-order", "stroke")
      markup.set("font-size", LineNote.size)
      markup.set("font-weight", "600")
      markup.close(text: note.text)
    }
    markup.newline()
  }
}
