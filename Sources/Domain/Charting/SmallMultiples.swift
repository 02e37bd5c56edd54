// SPDX-License-Identifier: Apache-2.0

public import SPC

/// Many charts in one drawing, side by side and small, to be compared: one for every ward, say, or every provider.
///
/// ```swift
/// let svg = SmallMultiples(title: "Waits over four hours", width: 1280).svg(of: providers)
/// ```
/// The same charts and settings give the same bytes. As in other drawings signals are told by shape as well as by colour,
/// the reader's light or dark setting is followed, and a description says what every chart says. Its only references
/// are to symbols of its own, for icons.
public struct SmallMultiples: Sendable, Hashable {
  /// One of the charts.
  public struct Panel: Sendable, Hashable {
    /// Its heading, shown in one line.
    public var title: String
    public var chart: Chart

    public init(title: String, chart: Chart) {
      self.title = title
      self.chart = chart
    }
  }

  /// What the panels share.
  public enum Axes: String, Sendable, Hashable, CaseIterable, Codable {
    /// One scale of values and one of time, so that heights can be compared: for the same measure everywhere.
    case common
    /// Each panel has its own scales, so that each shows its own ups and downs.
    case free
  }

  /// The heading of the whole, shown in at most two lines.
  public var title: String
  /// In CSS pixels, within `ChartDrawing.sizes`; the height follows from how many panels there are.
  public var width: Int
  /// How many panels stand in a row, from 1; nil for as many as fit.
  public var columns: Int?
  /// Of one panel with its heading, in CSS pixels, from 80 to 1000; others are brought within.
  public var panelHeight: Int
  public var axes: Axes
  /// Begins the identifiers of elements: make it unique in the page.
  public var id: String
  public var appearance: ChartDrawing.Appearance
  /// Whether Making Data Count's icons stand beside the headings, where the rule set defines them.
  public var showsIcons: Bool
  /// Whether the space between the limits is shaded.
  public var shadesLimits: Bool

  public init(
    title: String, width: Int = 1280, columns: Int? = nil, panelHeight: Int = 120, axes: Axes = .common,
    id: String = "charts", appearance: ChartDrawing.Appearance = .automatic, showsIcons: Bool = true,
    shadesLimits: Bool = false
  ) {
    self.title = title
    self.width = width
    self.columns = columns
    self.panelHeight = panelHeight
    self.axes = axes
    self.id = id
    self.appearance = appearance
    self.showsIcons = showsIcons
    self.shadesLimits = shadesLimits
  }

  /// Draws the charts row by row: an `<svg>` element, ending in a line break.
  public func svg(of panels: [Panel]) -> String {
    let id = Markup.identifier(id)
    let subjects = panels.map { Subject($0.chart, tellsSignals: false) }
    let grid = PanelGrid(subjects, settings: self)
    let palette = Palette(appearance)
    var markup = Markup(capacity: 8000 + panels.count * 4000)
    markup.openDrawing(id: id, className: "waymark-charts", width: grid.width, height: grid.height)
    markup.element("title", ["id": id + "-title"], text: title.isEmpty ? "Charts" : title)
    markup.element("desc", ["id": id + "-desc"], text: description(of: panels, subjects))
    markup.writeStyle(id: id, appearance: appearance)
    markup.newline()
    let icons = PanelIcons(panels.map(\.chart), id: id, isOn: showsIcons)
    icons.writeSymbols(into: &markup)
    markup.writePaper(palette)
    grid.drawHeading(into: &markup, palette: palette)
    for (index, panel) in panels.enumerated() {
      markup.write("<g><title>")
      markup.write(escaped: panel.title.isEmpty ? panel.chart.summary : panel.title + ": " + panel.chart.summary)
      markup.write("</title>")
      grid.draw(index, title: panel.title, icons: icons, into: &markup, palette: palette)
      markup.end("g")
      markup.newline()
    }
    grid.drawKey(into: &markup, palette: palette)
    markup.end("svg")
    markup.newline()
    return markup.text
  }

  /// How many charts show what at their latest value, and what each of them says.
  private func description(of panels: [Panel], _ subjects: [Subject]) -> String {
    if panels.isEmpty { return "No charts." }
    let latest = subjects.map { subject in subject.columns.shapes.last { $0 != nil && $0 != .excluded } ?? nil }
    var counts: [String] = []
    for (shape, text) in [
      (MarkShape.improvement, "improvement"), (.concern, "concern"), (.neutral, "a special cause"),
      (.common, "no special cause"), (nil, "no value"),
    ] as [(MarkShape?, String)] {
      let count = latest.count { $0 == shape }
      if count > 0 { counts.append("\(count) \(count == 1 ? "shows" : "show") \(text)") }
    }
    let whole =
      (panels.count == 1 ? "1 chart" : "\(panels.count) charts")
      + (axes == .common ? " with common axes" : ", each with its own axes") + ". At the latest value "
      + counts.joined(separator: ", ") + "."
    let each = panels.map { panel in
      (panel.title.isEmpty ? "" : panel.title + ": ") + panel.chart.summary
    }
    return ([whole] + each).joined(separator: " ")
  }
}
