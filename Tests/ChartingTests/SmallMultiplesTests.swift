// SPDX-License-Identifier: Apache-2.0

import Foundation
import SPC
import Testing

@testable import Charting

@Suite("small multiples")
struct SmallMultiplesTests {
  static func panels(_ count: Int) throws -> [SmallMultiples.Panel] {
    let url = try #require(Bundle.module.url(forResource: "ae_type1", withExtension: "csv", subdirectory: "Data"))
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst()
    let codes = Set(lines.map { String($0.prefix { $0 != "," }) }).sorted()
    return try (0..<count).map { index in
      let code = codes[index % codes.count]
      return SmallMultiples.Panel(title: "Provider \(code)", chart: try Scenario.waits(code))
    }
  }

  /// Panels of all sorts: several kinds and units, one value, none, exclusions, phases.
  private static func mixed() throws -> [SmallMultiples.Panel] {
    let scenarios = Scenario.all.filter { $0.pair == nil }
    return try scenarios.map { SmallMultiples.Panel(title: $0.drawing.title, chart: try $0.chart()) }
  }

  @Test(
    "small multiples are drawn byte for byte as before",
    arguments: [
      (SmallMultiples(title: "Waits over four hours", width: 900, id: "multiples"), "multiples"),
      (
        SmallMultiples(
          title: "Waits over four hours", width: 360, axes: .free, id: "multiples-phone", appearance: .dark),
        "multiples-phone-dark"
      ),
    ])
  func golden(settings: SmallMultiples, name: String) throws {
    try GoldenTests.compare(settings.svg(of: SmallMultiplesTests.panels(11)), with: name)
  }

  @Test("charts of any sort stand side by side", arguments: SmallMultiples.Axes.allCases)
  func wellFormed(axes: SmallMultiples.Axes) throws {
    for panels in [[], try Self.mixed(), try Array(Self.mixed().prefix(1)), try Self.panels(130)] {
      for (width, columns, height) in [(200, nil, 80), (360, nil, 120), (1280, nil, 110), (4000, 7, 1000), (720, 0, 0)]
        as [(Int, Int?, Int)]
      {
        let settings = SmallMultiples(
          title: "Many <charts>", width: width, columns: columns, panelHeight: height, axes: axes)
        let svg = settings.svg(of: panels)
        #expect(svg == settings.svg(of: panels))
        #expect(svg.hasNumbersOnly)
        let reader = try DrawingReader(svg)
        #expect(reader.texts["title"]?.first == "Many <charts>")
        #expect(Set(reader.ids).count == reader.ids.count)
        // References lead to symbols of this drawing alone.
        #expect(
          reader.references.allSatisfy { $0.hasPrefix("#charts-") && reader.ids.contains(String($0.dropFirst())) })
        let text = try #require(reader.texts["desc"]?.first)
        for panel in panels { #expect(text.contains(panel.title) && text.contains(panel.chart.summary)) }
        try OverlapTests.check(svg, "\(axes) \(width) \(panels.count)")
      }
    }
  }

  @Test("the size of a drawing is that of its panels: about 4 KB each")
  func size() throws {
    let svg = try SmallMultiples(title: "All").svg(of: Self.panels(130))
    #expect(svg.utf8.count < 130 * 4500)
  }

  @Test("common axes show the same value at the same height, free axes use all the height")
  func axes() throws {
    func chart(_ factor: Double) throws -> Chart {
      try Chart(
        Series(Scenario.weekly([4, 6, 5, 4, 6, 5].map { $0 * factor })), spec: ChartSpec(kind: .run))
    }
    let panels = [
      SmallMultiples.Panel(title: "Low", chart: try chart(1)),
      SmallMultiples.Panel(title: "High", chart: try chart(10)),
    ]
    func labels(_ axes: SmallMultiples.Axes) throws -> [String] {
      let settings = SmallMultiples(title: "Two", width: 720, axes: axes)
      return try DrawingReader(settings.svg(of: panels)).texts["text"] ?? []
    }
    // The ends of the axis: once for both, or once each.
    #expect(try labels(.common).contains("100") && !labels(.common).contains("6"))
    #expect(try labels(.free).contains("60") && labels(.free).contains("6"))
  }
}
