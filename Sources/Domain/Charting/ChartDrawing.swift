// SPDX-License-Identifier: Apache-2.0

public import SPC

/// How a chart is drawn as SVG.
///
/// ```swift
/// let svg = ChartDrawing(title: "Waits over four hours", width: 720, height: 360).svg(of: chart)
/// ```
/// The same chart and settings give the same bytes. The result is one `<svg>` element to stand in a page or a file: its
/// style rules reach nothing outside of it, it follows the reader's light or dark setting, prints in light colours, tells
/// signals by shape as well as by colour, and has a title and a description for screen readers. All text from outside is
/// escaped.
public struct ChartDrawing: Sendable, Hashable {
  /// Which colours to use.
  public enum Appearance: Sendable, Hashable {
    /// Light or dark as the reader has set it; light in print.
    case automatic
    case light
    case dark
  }

  /// The heading.
  ///
  /// Shown in at most two lines.
  public var title: String
  /// In CSS pixels.
  ///
  /// Draw a chart for a phone at 360 rather than scale a wide one down: labels are laid out to fit.
  public var width: Int
  /// In CSS pixels.
  public var height: Int
  /// Begins the identifiers of elements: make it unique in the page.
  ///
  /// Other characters than ASCII letters, digits, `-` and `_` are left out.
  public var id: String
  /// Whether the space between the limits is shaded.
  public var shadesLimits: Bool
  /// Whether the heading is drawn.
  ///
  /// It is always there for screen readers.
  public var showsTitle: Bool
  public var appearance: Appearance

  /// The smallest and largest width and height; others are brought within.
  public static let sizes = 200...4000

  public init(
    title: String, width: Int = 720, height: Int = 360, id: String = "chart", shadesLimits: Bool = true,
    showsTitle: Bool = true, appearance: Appearance = .automatic
  ) {
    self.title = title
    self.width = width
    self.height = height
    self.id = id
    self.shadesLimits = shadesLimits
    self.showsTitle = showsTitle
    self.appearance = appearance
  }

  /// Draws the chart: an `<svg>` element, ending in a line break.
  public func svg(of chart: Chart) -> String {
    let id = Markup.identifier(id)
    let width = Double(min(max(width, Self.sizes.lowerBound), Self.sizes.upperBound))
    let height = Double(min(max(height, Self.sizes.lowerBound), Self.sizes.upperBound))
    let palette: Palette = appearance == .dark ? .dark : .light
    let columns = Columns(chart)
    let period = chart.period
    var markup = Markup(capacity: 12_000 + 160 * min(columns.count, 1000))
    markup.openDrawing(id: id, className: "waymark-chart", width: width, height: height)
    markup.element("title", ["id": id + "-title"], text: title.isEmpty ? chart.spec.kind.title : title)
    markup.element(
      "desc", ["id": id + "-desc"], text: ChartDescription.text(of: chart, columns: columns, period: period))
    writeStyle(id: id, into: &markup)
    markup.newline()
    markup.open("rect")
    markup.set("class", "paper")
    markup.set("width", "100%")
    markup.set("height", "100%")
    markup.set("fill", plain: palette.paper)
    markup.close()
    let sheet = Sheet(
      chart: chart, columns: columns, period: period, drawing: self, width: width, height: height)
    sheet.draw(into: &markup, palette: palette)
    markup.end("svg")
    markup.newline()
    return markup.text
  }

  private func writeStyle(id: String, into markup: inout Markup) {
    markup.write("<style>#")
    markup.write(plain: id)
    markup.write("{max-width:100%;height:auto}")
    if appearance == .automatic {
      markup.write("@media screen and (prefers-color-scheme:dark){")
      Palette.dark.writeRules(for: id, into: &markup)
      markup.write("}")
    }
    markup.write("@media print{#")
    markup.write(plain: id)
    markup.write(" .paper{fill:none}#")
    markup.write(plain: id)
    markup.write(" .ink,#")
    markup.write(plain: id)
    markup.write(" .muted{fill:#000}}</style>")
  }
}

extension Markup {
  /// The beginning of a whole drawing, which `end("svg")` ends.
  mutating func openDrawing(id: String, className: StaticString, width: Double, height: Double) {
    write(#"<svg xmlns="http://www.w3.org/2000/svg""#)
    set("id", plain: id)
    set("class", className)
    set("role", "img")
    set("aria-labelledby") {
      $0.write(plain: id)
      $0.write("-title ")
      $0.write(plain: id)
      $0.write("-desc")
    }
    set("viewBox") {
      $0.write("0 0 ")
      $0.pair(width, height)
    }
    set("width", width)
    set("height", height)
    write(
      " font-family=\"system-ui, -apple-system, &#39;Segoe UI&#39;, Roboto, &#39;Helvetica Neue&#39;, Arial, sans-serif\""
    )
    content()
  }
}
