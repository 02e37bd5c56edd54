// SPDX-License-Identifier: Apache-2.0

import SPC

/// What stands for a point.
///
/// Each meaning has a shape of its own, so that colour is never the only carrier.
enum MarkShape: CaseIterable {
  /// A small circle.
  case common
  /// A diamond.
  case improvement
  /// A triangle.
  case concern
  /// A square.
  case neutral
  /// A ring: plotted, but without part in the lines.
  case excluded

  init(_ meaning: Meaning?) {
    switch meaning {
    case nil: self = .common
    case .improvement: self = .improvement
    case .concern: self = .concern
    case .neutral: self = .neutral
    }
  }

  /// The style class; a ring is coloured like what it would be.
  var className: StaticString {
    switch self {
    case .common, .excluded: "common"
    case .improvement: "improvement"
    case .concern: "concern"
    case .neutral: "neutral"
    }
  }

  func shade(_ palette: Palette) -> Palette.Shade {
    switch self {
    case .common, .excluded: palette.common
    case .improvement: palette.improvement
    case .concern: palette.concern
    case .neutral: palette.neutral
    }
  }

  /// The word in the key.
  var title: String {
    switch self {
    case .common: "common cause"
    case .improvement: "improvement"
    case .concern: "concern"
    case .neutral: "special cause"
    case .excluded: "left out of the lines"
    }
  }

  /// The outline around a centre: about as large as a circle of that radius.
  func write(into markup: inout Markup, x: Double, y: Double, radius: Double) {
    switch self {
    case .common, .excluded:
      markup.move(x - radius, y)
      MarkShape.writeArcs(into: &markup, radius: radius)
      return
    case .improvement:
      markup.move(x, y - 1.35 * radius)
      markup.line(x + 1.35 * radius, y)
      markup.write(" ")
      markup.pair(x, y + 1.35 * radius)
      markup.write(" ")
      markup.pair(x - 1.35 * radius, y)
    case .concern:
      markup.move(x, y - 1.35 * radius)
      markup.line(x + 1.3 * radius, y + 0.95 * radius)
      markup.write(" ")
      markup.pair(x - 1.3 * radius, y + 0.95 * radius)
    case .neutral:
      markup.move(x - 1.02 * radius, y - 1.02 * radius)
      markup.horizontal(x + 1.02 * radius)
      markup.vertical(y + 1.02 * radius)
      markup.horizontal(x - 1.02 * radius)
    }
    markup.write("z")
  }

  /// A circle, from its leftmost point.
  static func writeArcs(into markup: inout Markup, radius: Double) {
    for direction in [2.0, -2] {
      markup.write("a")
      markup.pair(radius, radius)
      markup.write(" 0 1 1 ")
      markup.write(number: direction * radius)
      markup.write(" 0")
    }
    markup.write("z")
  }

  /// The same as text.
  func path(x: Double, y: Double, radius: Double) -> String {
    var markup = Markup()
    write(into: &markup, x: x, y: y, radius: radius)
    return markup.text
  }
}
