// SPDX-License-Identifier: Apache-2.0

public import SPC

extension Variation {
  /// The icon as an `<svg>` element of that side in CSS pixels, with its meaning for screen readers.
  ///
  /// - Parameter id: begins the identifiers of its elements; make it unique in the page.
  public func icon(size: Int = 48, id: String) -> String {
    IconDrawing.svg(size: size, id: id, title: title) { markup in
      IconDrawing.draw(self, into: &markup, x: 0, y: 0, size: 64)
    }
  }

  /// What the icon means, in a few words.
  public var title: String {
    switch self {
    case .commonCause: "Common cause: no significant change"
    case .improvementHigh: "Special cause of improvement, by higher values"
    case .improvementLow: "Special cause of improvement, by lower values"
    case .concernHigh: "Special cause for concern, by higher values"
    case .concernLow: "Special cause for concern, by lower values"
    case .neutralHigh: "Special cause: higher values"
    case .neutralLow: "Special cause: lower values"
    }
  }
}

extension Assurance {
  /// The icon as an `<svg>` element of that side in CSS pixels, with its meaning for screen readers.
  ///
  /// - Parameter id: begins the identifiers of its elements; make it unique in the page.
  public func icon(size: Int = 48, id: String) -> String {
    IconDrawing.svg(size: size, id: id, title: title) { markup in
      IconDrawing.draw(self, title: title, into: &markup, x: 0, y: 0, size: 64)
    }
  }

  /// What the icon means, in a few words.
  ///
  /// In a drawing of a chart the icon says what `Chart.targetAssessment` says of it.
  public var title: String {
    switch self {
    case .pass: "The process should meet its target every time"
    case .fail: "The process will not meet its target"
    case .hitOrMiss: "The process will sometimes meet its target, sometimes miss it"
    }
  }
}

/// Our own drawings in the manner of Making Data Count's icons: a ring with dots, and a letter that carries the meaning
/// without the colour.
///
/// On paper of their own, so that they look alike in light and dark.
enum IconDrawing {
  static func svg(size: Int, id: String, title: String, draw: (inout Markup) -> Void) -> String {
    let id = Markup.identifier(id)
    let side = String(min(max(size, 8), 1000))
    var markup = Markup()
    markup.begin(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "id": id, "class": "waymark-icon", "role": "img",
        "aria-labelledby": "\(id)-title", "viewBox": "0 0 64 64", "width": side, "height": side,
        "font-family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
      ])
    markup.element("title", ["id": "\(id)-title"], text: title)
    draw(&markup)
    markup.end()
    return markup.text
  }

  static func draw(_ variation: Variation, into markup: inout Markup, x: Double, y: Double, size: Double) {
    begin(&markup, x: x, y: y, size: size)
    switch variation {
    case .commonCause: markup.write(commonCause)
    case .improvementHigh: markup.write(improvementHigh)
    case .improvementLow: markup.write(improvementLow)
    case .concernHigh: markup.write(concernHigh)
    case .concernLow: markup.write(concernLow)
    case .neutralHigh: markup.write(neutralHigh)
    case .neutralLow: markup.write(neutralLow)
    }
    markup.end("g")
  }

  /// - Parameter title: what it says to screen readers and when pointed at; nil where its surroundings say it.
  static func draw(
    _ assurance: Assurance, title: String?, into markup: inout Markup, x: Double, y: Double, size: Double
  ) {
    begin(&markup, x: x, y: y, size: size)
    if let title { markup.element("title", text: title) }
    switch assurance {
    case .pass: markup.write(pass)
    case .fail: markup.write(fail)
    case .hitOrMiss: markup.write(hitOrMiss)
    }
    markup.end("g")
  }

  private static func begin(_ markup: inout Markup, x: Double, y: Double, size: Double) {
    markup.open("g")
    markup.set("transform") {
      $0.write("translate(")
      $0.pair(x, y)
      $0.write(") scale(")
      $0.write(plain: thousandths(size / 64))
      $0.write(")")
    }
    markup.content()
  }

  // Drawn once each.
  private static let commonCause = inside(of: .commonCause)
  private static let improvementHigh = inside(of: .improvementHigh)
  private static let improvementLow = inside(of: .improvementLow)
  private static let concernHigh = inside(of: .concernHigh)
  private static let concernLow = inside(of: .concernLow)
  private static let neutralHigh = inside(of: .neutralHigh)
  private static let neutralLow = inside(of: .neutralLow)
  private static let pass = inside(of: .pass)
  private static let fail = inside(of: .fail)
  private static let hitOrMiss = inside(of: .hitOrMiss)

  private static func inside(of variation: Variation) -> [UInt8] {
    var markup = Markup()
    let shape: MarkShape
    let letter: String
    /// Heights of the dots, from left to right; the last ones are the special cause.
    let heights: [Double]
    var special = 3
    switch variation {
    case .commonCause:
      (shape, letter, heights) = (.common, "", [36, 27, 37, 26, 36, 28])
      special = 0
    case .improvementHigh: (shape, letter, heights) = (.improvement, "H", [45, 40, 45, 36, 27, 18])
    case .concernHigh: (shape, letter, heights) = (.concern, "H", [45, 40, 45, 36, 27, 18])
    case .neutralHigh: (shape, letter, heights) = (.neutral, "H", [45, 40, 45, 36, 27, 18])
    case .improvementLow: (shape, letter, heights) = (.improvement, "L", [20, 25, 20, 29, 38, 46])
    case .concernLow: (shape, letter, heights) = (.concern, "L", [20, 25, 20, 29, 38, 46])
    case .neutralLow: (shape, letter, heights) = (.neutral, "L", [20, 25, 20, 29, 38, 46])
    }
    let shade = shape.shade(.light)
    markup.element("title", text: variation.title)
    ring(shape == .common ? "#8a8a8a" : shade.fill, into: &markup)
    let places = heights.enumerated().map { (13.5 + Double($0) * 7.4, $1) }
    markup.element(
      "path",
      [
        "fill": "none", "stroke": "#8a8a8a", "stroke-width": "1.5",
        "d": "M" + places.map { "\(Markup.number($0.0)) \(Markup.number($0.1))" }.joined(separator: "L"),
      ])
    for (index, place) in places.enumerated() {
      let isSpecial = index >= places.count - special
      let own = isSpecial ? shape : MarkShape.common
      markup.element(
        "path",
        [
          "fill": own.shade(.light).fill, "stroke": own.shade(.light).outline,
          "d": own.path(x: place.0, y: place.1, radius: isSpecial ? 3.6 : 2.8),
        ])
    }
    if !letter.isEmpty {
      self.letter(letter, into: &markup, x: 22, y: variation.rawValue.hasSuffix("high") ? 31 : 53)
    }
    return markup.bytes
  }

  private static func inside(of assurance: Assurance) -> [UInt8] {
    var markup = Markup()
    let (letter, ring, middle, letterY): (String, String, Double, Double) =
      switch assurance {
      case .pass: ("P", Palette.light.improvement.fill, 46, 29)
      case .fail: ("F", Palette.light.concern.fill, 46, 29)
      case .hitOrMiss: ("?", "#8a8a8a", 42, 27)
      }
    self.ring(ring, into: &markup)
    // The process as a wave; the target crosses it only where chance decides.
    let target: Double =
      switch assurance {
      case .pass: 55
      case .fail: 36
      case .hitOrMiss: 42
      }
    markup.element(
      "path",
      [
        "fill": "none", "stroke": Palette.light.target, "stroke-width": "2", "stroke-dasharray": "5 2.5",
        "d": "M\(target == 55 ? 19 : 9) \(Markup.number(target))H\(target == 55 ? 45 : 55)",
      ])
    markup.element(
      "path",
      [
        "fill": "none", "stroke": "#4a5560", "stroke-width": "2.5", "stroke-linecap": "round",
        "d": "M12 \(Markup.number(middle))q5 -9 10 0t10 0t10 0t10 0",
      ])
    self.letter(letter, into: &markup, x: 32, y: letterY)
    return markup.bytes
  }

  private static func ring(_ ring: String, into markup: inout Markup) {
    markup.element(
      "circle", ["cx": "32", "cy": "32", "r": "29.5", "fill": "#ffffff", "stroke": ring, "stroke-width": "4.5"])
  }

  private static func letter(_ letter: String, into markup: inout Markup, x: Double, y: Double) {
    markup.element(
      "text",
      [
        "x": Markup.number(x), "y": Markup.number(y), "fill": "#1c2630", "font-size": "20", "font-weight": "700",
        "text-anchor": "middle",
      ], text: letter)
  }

  private static func thousandths(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
  }
}
