// SPDX-License-Identifier: Apache-2.0

import SPC

/// The icons of small multiples: each drawn once, as a symbol, and shown wherever it is due.
struct PanelIcons {
  private let id: String
  private let isOn: Bool
  private let variations: [Variation]
  private let assurances: [Assurance]

  static let size = 19.0

  init(_ charts: [Chart], id: String, isOn: Bool) {
    self.id = id
    self.isOn = isOn
    let seen = Set(charts.compactMap(\.variation))
    let verdicts = Set(charts.compactMap(\.assurance))
    variations = isOn ? Variation.allCases.filter(seen.contains) : []
    assurances = isOn ? Assurance.allCases.filter(verdicts.contains) : []
  }

  func writeSymbols(into markup: inout Markup) {
    if variations.isEmpty, assurances.isEmpty { return }
    markup.write("<defs>")
    for variation in variations {
      open(variation.rawValue, into: &markup)
      IconDrawing.draw(variation, into: &markup, x: 0, y: 0, size: 64)
      markup.end("symbol")
    }
    for assurance in assurances {
      open(assurance.rawValue, into: &markup)
      // What it says differs from panel to panel.
      IconDrawing.draw(assurance, title: nil, into: &markup, x: 0, y: 0, size: 64)
      markup.end("symbol")
    }
    markup.write("</defs>")
    markup.newline()
  }

  private func open(_ name: String, into markup: inout Markup) {
    markup.open("symbol")
    markup.set("id", plain: id + "-" + name)
    markup.set("viewBox", "0 0 64 64")
    markup.content()
  }

  /// How wide the icons of a chart are, with the space before them.
  func width(of chart: Chart) -> Double {
    guard isOn else { return 0 }
    return (chart.variation == nil ? 0 : PanelIcons.size + 3) + (chart.assurance == nil ? 0 : PanelIcons.size + 3)
  }

  /// Shows the icons of a chart, the last one ending at `right`.
  func draw(_ chart: Chart, into markup: inout Markup, right: Double, top: Double) {
    guard isOn else { return }
    var x = right
    let assurance = chart.assurance.map { ($0.rawValue, chart.targetAssessment?.sentence ?? $0.title) }
    for (name, title) in [assurance, chart.variation.map { ($0.rawValue, "") }].compactMap(\.self) {
      x -= PanelIcons.size
      markup.open("use")
      markup.set("href") {
        $0.write("#")
        $0.write(plain: id)
        $0.write("-")
        $0.write(plain: name)
      }
      markup.set("x", x)
      markup.set("y", top)
      markup.set("width", PanelIcons.size)
      markup.set("height", PanelIcons.size)
      if title.isEmpty {
        markup.close()
      } else {
        markup.content()
        markup.element("title", text: title)
        markup.end("use")
      }
      x -= 3
    }
  }
}
