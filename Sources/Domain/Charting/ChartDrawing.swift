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
    /// For paper: black ink.
    case print
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
  /// Whether Making Data Count's icons stand in the corner, where the rule set defines them.
  public var showsIcons: Bool
  /// What happened, shown as numbered flags above the plot with a key below.
  ///
  /// Phases with a reason have such a flag too.
  public var annotations: [ChartAnnotation]

  /// The smallest and largest width and height; others are brought within.
  public static let sizes = 200...4000

  public init(
    title: String, width: Int = 720, height: Int = 360, id: String = "chart", shadesLimits: Bool = true,
    showsTitle: Bool = true, appearance: Appearance = .automatic, showsIcons: Bool = true,
    annotations: [ChartAnnotation] = []
  ) {
    self.title = title
    self.width = width
    self.height = height
    self.id = id
    self.shadesLimits = shadesLimits
    self.showsTitle = showsTitle
    self.appearance = appearance
    self.showsIcons = showsIcons
    self.annotations = annotations
  }

  /// Draws the chart: an `<svg>` element, ending in a line break.
  public func svg(of chart: Chart) -> String { svg(of: [Subject(chart)]) }

  /// Draws two charts one above the other, with one time axis: an `<svg>` element, ending in a line break.
  public func svg(of pair: ChartPair) -> String { svg(of: [Subject(pair.upper), Subject(pair.lower)]) }

  private func svg(of subjects: [Subject]) -> String {
    let id = Markup.identifier(id)
    let width = Double(min(max(width, Self.sizes.lowerBound), Self.sizes.upperBound))
    let height = Double(min(max(height, Self.sizes.lowerBound), Self.sizes.upperBound))
    let palette = Palette(appearance)
    let flags = Flag.flags(of: subjects[0].chart, annotations: annotations)
    var markup = Markup(capacity: 12_000 + subjects.reduce(0) { $0 + 160 * min($1.columns.count, 1000) })
    markup.openDrawing(id: id, className: "waymark-chart", width: width, height: height)
    markup.element("title", ["id": id + "-title"], text: title.isEmpty ? subjects[0].chart.spec.kind.title : title)
    markup.element("desc", ["id": id + "-desc"], text: ChartDescription.text(of: subjects, flags: flags))
    markup.writeStyle(id: id, appearance: appearance)
    markup.newline()
    markup.writePaper(palette)
    Sheet(subjects, flags: flags, drawing: self, width: width, height: height).draw(into: &markup, palette: palette)
    markup.end("svg")
    markup.newline()
    return markup.text
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

  /// The style sheet of a drawing, which reaches nothing outside of it.
  mutating func writeStyle(id: String, appearance: ChartDrawing.Appearance) {
    write("<style>#")
    write(plain: id)
    write("{max-width:100%;height:auto}")
    if appearance == .automatic {
      write("@media screen and (prefers-color-scheme:dark){")
      Palette.dark.writeRules(for: id, into: &self)
      write("}")
    }
    write("@media print{#")
    write(plain: id)
    write(" .paper{fill:none}#")
    write(plain: id)
    write(" .ink,#")
    write(plain: id)
    write(" .muted{fill:#000}}</style>")
  }

  /// What lies under everything else.
  mutating func writePaper(_ palette: Palette) {
    open("rect")
    set("class", "paper")
    set("width", "100%")
    set("height", "100%")
    set("fill", plain: palette.paper)
    close()
  }
}

extension Palette {
  init(_ appearance: ChartDrawing.Appearance) {
    switch appearance {
    case .automatic, .light: self = .light
    case .dark: self = .dark
    case .print: self = .print
    }
  }
}
