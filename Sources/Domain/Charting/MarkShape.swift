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
  var className: String {
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
  func path(x: Double, y: Double, radius: Double) -> String {
    func point(_ dx: Double, _ dy: Double) -> String {
      Markup.number(x + dx * radius) + " " + Markup.number(y + dy * radius)
    }
    switch self {
    case .common, .excluded:
      let r = Markup.number(radius)
      return "M\(point(-1, 0))a\(r) \(r) 0 1 1 \(Markup.number(2 * radius)) 0"
        + "a\(r) \(r) 0 1 1 \(Markup.number(-2 * radius)) 0z"
    case .improvement: return "M\(point(0, -1.35))L\(point(1.35, 0)) \(point(0, 1.35)) \(point(-1.35, 0))z"
    case .concern: return "M\(point(0, -1.35))L\(point(1.3, 0.95)) \(point(-1.3, 0.95))z"
    case .neutral:
      return "M\(point(-1.02, -1.02))H\(Markup.number(x + 1.02 * radius))V"
        + "\(Markup.number(y + 1.02 * radius))H\(Markup.number(x - 1.02 * radius))z"
    }
  }
}
