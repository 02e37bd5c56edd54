// SPDX-License-Identifier: Apache-2.0

import Charting
import Foundation
import SPC
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Charts beside run and control charts, of real data.
struct CompanionScenario: Sendable, CustomTestStringConvertible {
  let name: String
  let title: String
  let svg: @Sendable (CompanionDrawing) throws -> String

  var testDescription: String { name }

  static let all: [CompanionScenario] = [
    CompanionScenario(name: "funnel", title: "Waits over four hours, March 2019") { drawing in
      try drawing.svg(
        of: Funnel(
          departments().map { Funnel.Unit(name: $0.code, numerator: $0.breaches, denominator: $0.attendances) },
          options: .init(measure: .proportion, direction: .down, multiplier: 100, unit: "%")))
    },
    CompanionScenario(name: "pareto", title: "Where the long waits are") { drawing in
      try drawing.svg(
        of: Pareto(
          departments().prefix(24).map { Pareto.Category(name: $0.code, amount: $0.breaches) },
          options: .init(keeps: 12)))
    },
    CompanionScenario(name: "histogram", title: "Attendances") { drawing in
      try drawing.svg(of: Histogram(departments().map(\.attendances)))
    },
    CompanionScenario(name: "scatter", title: "Long waits by attendances") { drawing in
      try drawing.svg(
        of: Scatter(
          departments().map { Scatter.Point(x: $0.attendances, y: $0.breaches, label: $0.code) },
          options: .init(xName: "attendances", yName: "long waits", showsLine: true)))
    },
    CompanionScenario(name: "cusum", title: "Attendances: CUSUM") { drawing in
      try drawing.svg(of: CUSUM(visits(), options: .init(reference: .init(baseline: 12), direction: .down)))
    },
    CompanionScenario(name: "ewma", title: "Attendances: EWMA") { drawing in
      try drawing.svg(of: EWMA(visits(), options: .init(reference: .init(baseline: 12), direction: .down)))
    },
  ]

  static func departments() throws -> [(code: String, attendances: Double, breaches: Double)] {
    let url = try #require(
      Bundle.module.url(forResource: "ae_type1_march_2019", withExtension: "csv", subdirectory: "Data"))
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",")
      return (String(cells[0]), try #require(Double(cells[1])), try #require(Double(cells[2])))
    }
  }

  static func visits() throws -> Series {
    try Series(Scenario.provider("R1H").map { .init(day: $0.day, value: $0.attendances) })
  }
}

@Suite("drawings of companion charts")
struct CompanionDrawingTests {
  /// Whether the text is XML, and what it says.
  static func words(of svg: String) throws -> String {
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = WordReader()
    parser.delegate = reader
    let isWhole = parser.parse()
    try #require(isWhole, "\(String(describing: parser.parserError))")
    return reader.words
  }

  private final class WordReader: NSObject, XMLParserDelegate {
    var words = ""
    func parser(_ parser: XMLParser, foundCharacters string: String) { words += string }
  }

  @Test(
    "are whole at every size, the same each time, and without numbers that are none", arguments: CompanionScenario.all)
  func whole(scenario: CompanionScenario) throws {
    for (width, height) in [(200, 200), (360, 300), (720, 400), (4000, 4000), (1, 1)] {
      for appearance in [ChartDrawing.Appearance.automatic, .light, .dark, .print] {
        let drawing = CompanionDrawing(
          title: "<b>\"Ward\" & 'bay'</b>", width: width, height: height, id: "x y", appearance: appearance)
        let svg = try scenario.svg(drawing)
        #expect(svg == (try scenario.svg(drawing)))
        #expect(!svg.contains("nan") && !svg.contains("inf\"") && !svg.contains("<b>"))
        let words = try Self.words(of: svg)
        #expect(words.contains("<b>\"Ward\" & 'bay'</b>"))
      }
    }
  }

  @Test("say so when there is nothing to show")
  func empty() throws {
    let drawing = CompanionDrawing(title: "Nothing")
    let all = [
      drawing.svg(of: try Funnel([], options: .init(measure: .rate))),
      drawing.svg(of: try Pareto([])), drawing.svg(of: try Histogram([])), drawing.svg(of: try Scatter([])),
      drawing.svg(of: try CUSUM(Series())), drawing.svg(of: try EWMA(Series())),
    ]
    for svg in all { #expect(try Self.words(of: svg).contains("No data yet")) }
  }

  @Test("units outside a funnel have their names and marks, those within it none")
  func outliers() throws {
    var units = (0..<60).map { Funnel.Unit(name: "unit \($0)", numerator: 40, denominator: 200) }
    units.append(Funnel.Unit(name: "far <out>", numerator: 150, denominator: 200))
    let funnel = try Funnel(units, options: .init(measure: .proportion, direction: .down, multiplier: 100, unit: "%"))
    let svg = CompanionDrawing(title: "Falls").svg(of: funnel)
    #expect(svg.components(separatedBy: ">far &lt;out&gt;</text>").count == 2)
    #expect(!svg.contains(">unit 3</text>"))
    #expect(svg.contains("class=\"concern\"") && !svg.contains("class=\"improvement\""))
  }

  @Test("one value, equal values and huge values are drawn")
  func extremes() throws {
    let drawing = CompanionDrawing(title: "Extremes")
    for values in [[5.0], [5, 5, 5], [1e140, -1e140, 0], [1e-300, 2e-300]] {
      _ = try Self.words(of: drawing.svg(of: try Histogram(values)))
      _ = try Self.words(of: drawing.svg(of: try Scatter(values.map { .init(x: $0, y: -$0) })))
      let series = try Series(
        values.enumerated().map { .init(day: Day(daysSinceEpoch: 18_000 + 40_000 * $0), value: $1) })
      for svg in [drawing.svg(of: try CUSUM(series)), drawing.svg(of: try EWMA(series))] {
        #expect(!svg.contains("nan"))
        _ = try Self.words(of: svg)
      }
    }
    let many = try Pareto((0..<600).map { Pareto.Category(name: "category \($0)", amount: Double($0)) })
    #expect(drawing.svg(of: many).utf8.count < 400_000)
  }
}
