// SPDX-License-Identifier: Apache-2.0

import SPC

/// How the charts beside run and control charts are drawn as SVG: funnel, Pareto, histogram, scatter, CUSUM and EWMA.
///
/// ```swift
/// let svg = CompanionDrawing(title: "Waits over four hours by department").svg(of: funnel)
/// ```
/// What `ChartDrawing` promises holds here too: the same bytes for the same chart, style rules that reach nothing outside,
/// light or dark as the reader has it, signals told by shape as well as by colour, all text escaped, and a title and a
/// description for screen readers.
public struct CompanionDrawing: Sendable, Hashable {
  /// The heading.
  public var title: String
  /// In CSS pixels, within `ChartDrawing.sizes`.
  public var width: Int
  /// In CSS pixels, within `ChartDrawing.sizes`.
  public var height: Int
  /// Begins the identifiers of elements: make it unique in the page.
  public var id: String
  public var appearance: ChartDrawing.Appearance

  public init(
    title: String, width: Int = 720, height: Int = 400, id: String = "chart",
    appearance: ChartDrawing.Appearance = .automatic
  ) {
    self.title = title
    self.width = width
    self.height = height
    self.id = id
    self.appearance = appearance
  }
}

/// The frame of such a drawing: heading, axis of values, key and caption, and a plot between them.
struct CompanionSheet {
  var markup = Markup(capacity: 16_000)
  let palette: Palette
  let width: Double
  let height: Double
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let axis: ValueAxis
  private let drawing: CompanionDrawing
  private var key: [(shape: MarkShape, title: String)] = []
  private var caption: String

  /// - Parameters:
  ///   - values: what the axis of values must show.
  ///   - rightRoom: room for labels beside the plot.
  init(
    _ drawing: CompanionDrawing, kind: String, subtitle: String, description: String, values: [Double], unit: String,
    ceiling: Double? = nil, rightRoom: Double, caption: String
  ) {
    self.drawing = drawing
    self.caption = caption
    palette = Palette(drawing.appearance)
    let sizes = ChartDrawing.sizes
    width = Double(min(max(drawing.width, sizes.lowerBound), sizes.upperBound))
    height = Double(min(max(drawing.height, sizes.lowerBound), sizes.upperBound))
    top = 62
    bottom = max(height - 84, top + 40)
    let axis = ValueAxis(values: values, steps: max(2, Int((bottom - top) / 38)), unit: unit, ceiling: ceiling)
    let labels = axis.ticks.map { TextMetrics.width(axis.tickLabel($0), size: Sheet.textSize) }.max() ?? 0
    self.axis = axis
    left = Sheet.margin + min(labels, width / 4) + 6
    right = width - Sheet.margin - min(rightRoom, width / 3)
    let id = Markup.identifier(drawing.id)
    markup.openDrawing(id: id, className: "waymark-chart", width: width, height: height)
    markup.element("title", ["id": id + "-title"], text: drawing.title.isEmpty ? kind : drawing.title)
    markup.element("desc", ["id": id + "-desc"], text: "\(kind). \(description)")
    markup.writeStyle(id: id, appearance: drawing.appearance)
    markup.newline()
    markup.writePaper(palette)
    let title = TextMetrics.shortened(drawing.title, size: Sheet.titleSize, bold: true, width: width - 2 * Sheet.margin)
    text(title, x: Sheet.margin, y: 25, className: "ink", fill: palette.ink, size: Sheet.titleSize, weight: "600")
    text(
      TextMetrics.shortened(subtitle, size: Sheet.textSize, width: width - 2 * Sheet.margin), x: Sheet.margin, y: 43,
      className: "muted", fill: palette.muted)
    var grid = ""
    for tick in axis.ticks { grid += "M\(Markup.number(left)) \(Markup.number(y(tick)))H\(Markup.number(right))" }
    path(grid, className: "grid", stroke: palette.grid)
    for tick in axis.ticks {
      text(
        axis.tickLabel(tick), x: left - 6, y: y(tick) + 4, className: "muted", fill: palette.muted, anchor: "end")
    }
    path(
      "M\(Markup.number(left)) \(Markup.number(bottom))H\(Markup.number(right))", className: "axis",
      stroke: palette.muted)
    markup.newline()
  }

  /// The vertical coordinate of a value; what lies beyond the axis is brought to its ends.
  func y(_ value: Double) -> Double {
    let span = axis.maximum - axis.minimum
    let share = span > 0 ? value / span - axis.minimum / span : 0.5
    return bottom - min(max(share, 0), 1) * (bottom - top)
  }

  mutating func path(
    _ data: String, className: String, stroke: String, width: String = "1", dash: String = "", fill: String = "none"
  ) {
    if data.isEmpty { return }
    markup.element(
      "path",
      [
        "class": className, "fill": fill, "stroke": stroke, "stroke-width": width, "stroke-linejoin": "round",
        "stroke-dasharray": dash.isEmpty ? "none" : dash, "d": data,
      ])
  }

  /// A line through points, which breaks where one is missing.
  mutating func line(
    _ points: [(x: Double, y: Double)?], className: String, stroke: String, width: String = "1.25", dash: String = ""
  ) {
    var data = ""
    var isDrawing = false
    for point in points {
      guard let point else {
        isDrawing = false
        continue
      }
      data += (isDrawing ? "L" : "M") + Markup.number(point.x) + " " + Markup.number(point.y)
      isDrawing = true
    }
    path(data, className: className, stroke: stroke, width: width, dash: dash)
  }

  /// A mark with what it says when asked.
  mutating func mark(
    _ shape: MarkShape, x: Double, y: Double, radius: Double = 3.6, isInKey: Bool = true, tooltip: String
  ) {
    let shade = shape.shade(palette)
    markup.begin(
      "path",
      [
        "class": "\(shape.className)", "fill": shade.fill, "stroke": shade.outline, "stroke-width": "1",
        "d": shape.path(x: x, y: y, radius: radius),
      ])
    markup.element("title", text: tooltip)
    markup.end()
    if isInKey, !key.contains(where: { $0.shape == shape }) { key.append((shape, shape.title)) }
  }

  /// Labels beside the right edge, moved apart so that none covers another.
  mutating func labels(_ labels: [(text: String, value: Double, className: String, fill: String, isBold: Bool)]) {
    var placed: [Double] = []
    for label in labels.sorted(by: { y($0.value) < y($1.value) }) {
      let wanted = min(max(y(label.value) + 4, top + 8), bottom + 4)
      let y = max(wanted, (placed.last ?? -.infinity) + 14)
      placed.append(y)
      text(
        label.text, x: right + 6, y: y, className: label.className, fill: label.fill,
        weight: label.isBold ? "600" : "400")
    }
  }

  /// Labels under the axis, as many as fit.
  mutating func ticks(_ ticks: [(x: Double, text: String)]) {
    var edge = -Double.infinity
    for tick in ticks {
      let half = TextMetrics.width(tick.text, size: Sheet.textSize) / 2
      guard tick.x - half > edge + 8, tick.x + half < width - 2 else { continue }
      path(
        "M\(Markup.number(tick.x)) \(Markup.number(bottom))v4", className: "axis", stroke: palette.muted)
      text(tick.text, x: tick.x, y: bottom + 17, className: "muted", fill: palette.muted, anchor: "middle")
      edge = tick.x + half
    }
  }

  /// Days under the axis, the years below them.
  mutating func days(_ axis: TimeAxis) {
    for tick in axis.ticks {
      let x = axis.x(tick.day)
      path("M\(Markup.number(x)) \(Markup.number(bottom))v4", className: "axis", stroke: palette.muted)
      text(tick.label, x: x, y: bottom + 17, className: "muted", fill: palette.muted, anchor: "middle")
      text(
        tick.year ?? "", x: x, y: bottom + 31, className: "muted", fill: palette.muted, anchor: "middle", weight: "600")
    }
  }

  /// The name of the horizontal axis.
  mutating func axisName(_ name: String) {
    text(name, x: right, y: bottom + 33, className: "muted", fill: palette.muted, anchor: "end")
  }

  /// Nothing to show.
  mutating func empty() {
    text(
      "No data yet", x: (left + right) / 2, y: (top + bottom) / 2, className: "ink", fill: palette.ink, size: 15,
      anchor: "middle")
  }

  /// The key and the caption, and the end of the drawing.
  mutating func finish() -> String {
    var x = Sheet.margin + 5
    let y = height - 27
    for entry in key.sorted(by: { $0.title < $1.title }) {
      let shade = entry.shape.shade(palette)
      let room = TextMetrics.width(entry.title, size: Sheet.textSize) + 28
      guard x + room < width else { break }
      markup.element(
        "path",
        [
          "class": "\(entry.shape.className)", "fill": shade.fill, "stroke": shade.outline, "stroke-width": "1",
          "d": entry.shape.path(x: x, y: y - 4, radius: 4),
        ])
      text(entry.title, x: x + 10, y: y, className: "ink", fill: palette.ink)
      x += room
    }
    text(
      TextMetrics.shortened(caption, size: Sheet.captionSize, width: width - 2 * Sheet.margin), x: Sheet.margin,
      y: height - 9, className: "muted", fill: palette.muted, size: Sheet.captionSize)
    markup.end("svg")
    markup.newline()
    return markup.text
  }

  mutating func text(
    _ content: String, x: Double, y: Double, className: String, fill: String, size: Double = Sheet.textSize,
    anchor: String = "start", weight: String = "400"
  ) {
    if content.isEmpty { return }
    markup.element(
      "text",
      [
        "class": className, "x": Markup.number(x), "y": Markup.number(y), "fill": fill,
        "font-size": Markup.number(size),
        "text-anchor": anchor, "font-weight": weight,
      ], text: content)
  }
}
