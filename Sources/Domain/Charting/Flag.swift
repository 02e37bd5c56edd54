// SPDX-License-Identifier: Apache-2.0

import SPC

/// A numbered flag: an annotation, or the beginning of a phase that has a reason.
struct Flag {
  /// What its outline tells.
  enum Shape: Hashable {
    case annotation(ChartAnnotation.Kind)
    /// A shield.
    case phase
    /// Flags of several shapes that lie too close to be told apart: a box with their numbers.
    case several
  }

  /// From 1, in order of time.
  let number: Int
  let day: Day
  /// The first point of the phase that it tells of.
  let row: Int?
  let shape: Shape
  let text: String

  /// All flags of a chart, in order of time.
  static func flags(of chart: Chart, annotations: [ChartAnnotation]) -> [Flag] {
    var flags: [Flag] = []
    for (index, phase) in chart.phases.enumerated() where !phase.reason.isEmpty {
      let row = phase.points.lowerBound
      flags.append(
        Flag(
          number: 0, day: chart.series.days[row], row: row, shape: .phase, text: "Phase \(index + 1): \(phase.reason)"))
    }
    for annotation in annotations {
      let reference = annotation.reference.isEmpty ? "" : " (\(annotation.reference))"
      flags.append(
        Flag(
          number: 0, day: annotation.day, row: nil, shape: .annotation(annotation.kind),
          text: "\(annotation.kind.title): \(annotation.text)\(reference)"))
    }
    let sorted = flags.enumerated().sorted { ($0.element.day, $0.offset) < ($1.element.day, $1.offset) }
    return sorted.enumerated().map { place, flag in
      Flag(
        number: place + 1, day: flag.element.day, row: flag.element.row, shape: flag.element.shape,
        text: flag.element.text)
    }
  }
}

extension Flag.Shape {
  /// The outline around a centre, `width` wide.
  func write(into markup: inout Markup, x: Double, y: Double, width: Double) {
    let half = width / 2
    let tall = Flag.Shape.height / 2
    switch self {
    case .annotation(.note):
      // Round ends, which make a circle of a flag that is as wide as tall.
      let flat = max(width - 2 * tall, 0)
      markup.move(x - flat / 2, y - tall)
      markup.write("h")
      markup.write(number: flat)
      for sign in [1.0, -1] {
        markup.write("a")
        markup.pair(tall, tall)
        markup.write(" 0 0 1 0 ")
        markup.write(number: sign * 2 * tall)
        if sign > 0 {
          markup.write("h")
          markup.write(number: -flat)
        }
      }
    case .annotation(.event), .several:
      markup.move(x - half, y - tall)
      markup.horizontal(x + half)
      markup.vertical(y + tall)
      markup.horizontal(x - half)
    case .annotation(.change):
      markup.move(x, y - tall - 2)
      markup.line(x + half + 2, y)
      markup.line(x, y + tall + 2)
      markup.line(x - half - 2, y)
    case .annotation(.pdsa):
      markup.move(x - half + 3, y - tall)
      markup.horizontal(x + half - 3)
      markup.line(x + half + 1, y)
      markup.line(x + half - 3, y + tall)
      markup.horizontal(x - half + 3)
      markup.line(x - half - 1, y)
    case .phase:
      markup.move(x - half, y - tall)
      markup.horizontal(x + half)
      markup.vertical(y + tall - 4)
      markup.line(x, y + tall + 2)
      markup.line(x - half, y + tall - 4)
    }
    markup.write("z")
  }

  /// Of the outline, but for its points.
  static let height = 14.0

  /// Draws the outline with what stands in it.
  func draw(_ label: String, into markup: inout Markup, palette: Palette, x: Double, y: Double, width: Double) {
    markup.open("path")
    markup.set("class", "flag")
    markup.set("fill", plain: palette.paper)
    markup.set("stroke", plain: palette.muted)
    markup.set("stroke-width", "1.25")
    markup.set("d") { write(into: &$0, x: x, y: y, width: width) }
    markup.close()
    markup.openText("ink", x: x, y: y + 3.5, fill: palette.ink, size: FlagRow.labelSize)
    markup.set("font-weight", "600")
    markup.set("text-anchor", "middle")
    markup.close(text: label)
  }
}
