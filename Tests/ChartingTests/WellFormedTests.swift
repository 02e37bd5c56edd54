// SPDX-License-Identifier: Apache-2.0

import Charting
import Foundation
import SPC
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Reads a drawing as XML and remembers what is in it.
final class DrawingReader: NSObject, XMLParserDelegate {
  private(set) var elements: [String: Int] = [:]
  private(set) var ids: [String] = []
  private(set) var attributes: Set<String> = []
  private(set) var references: [String] = []
  private(set) var root: [String: String] = [:]
  /// Text by element name.
  private(set) var texts: [String: [String]] = [:]
  /// Lines of text that are not within something moved or scaled.
  private(set) var lines: [TextLine] = []
  private var path: [String] = []
  private var attributesOfPath: [[String: String]] = []

  /// Where a line of text stands.
  struct TextLine {
    var text = ""
    let x: Double
    let y: Double
    let size: Double
    let anchor: String
    let isBold: Bool
  }

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw parser.parserError ?? CocoaError(.formatting)
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if path.isEmpty { root = attributes }
    path.append(name)
    attributesOfPath.append(attributes)
    func inherited(_ key: String) -> String? { attributesOfPath.last { $0[key] != nil }?[key] }
    if name == "text", inherited("transform") == nil {
      lines.append(
        TextLine(
          x: attributes["x"].flatMap(Double.init) ?? .nan, y: attributes["y"].flatMap(Double.init) ?? .nan,
          size: inherited("font-size").flatMap(Double.init) ?? .nan, anchor: inherited("text-anchor") ?? "start",
          isBold: inherited("font-weight") == "600"))
    }
    elements[name, default: 0] += 1
    self.attributes.formUnion(attributes.keys)
    if let reference = attributes["href"] { references.append(reference) }
    if let id = attributes["id"] { ids.append(id) }
    texts[name, default: []].append("")
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    path.removeLast()
    attributesOfPath.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard let name = path.last, let last = texts[name]?.indices.last else { return }
    texts[name]?[last] += text
    if name == "text", !attributesOfPath.contains(where: { $0["transform"] != nil }), !lines.isEmpty {
      lines[lines.count - 1].text += text
    }
  }
}

extension String {
  /// Whether nothing in a drawing is written as a number that is none.
  var hasNumbersOnly: Bool { firstMatch(of: /(?i)(^|[^a-z])(nan|inf|infinity)([^a-z]|$)/) == nil }
}

@Suite("drawings as documents")
struct WellFormedTests {
  private static let allowed: Set<String> = ["svg", "title", "desc", "style", "rect", "path", "g", "text", "circle"]

  @Test("a drawing is well-formed XML with a name and a description", arguments: Scenario.all)
  func wellFormed(scenario: Scenario) throws {
    let reader = try DrawingReader(scenario.svg())
    #expect(Set(reader.elements.keys).isSubset(of: Self.allowed))
    #expect(!reader.attributes.contains { $0.hasPrefix("on") || $0 == "style" || $0.hasSuffix("href") })
    #expect(reader.root["role"] == "img")
    #expect(reader.root["aria-labelledby"] == "\(scenario.name)-title \(scenario.name)-desc")
    #expect(Set(reader.ids) == [scenario.name, "\(scenario.name)-title", "\(scenario.name)-desc"])
    #expect(reader.texts["title"]?.first == scenario.drawing.title)
    // One title for the whole, one a point, one an icon.
    let icons = reader.elements["circle", default: 0]
    for chart in try scenario.charts() { #expect(reader.texts["desc"]?.first?.contains(chart.summary) == true) }
    let marks = reader.elements["title", default: 0] - 1 - icons
    let known = try scenario.charts().reduce(0) { $0 + $1.points.count { $0.value != nil } }
    // Of points that lie closer than pixels, not all are marked.
    #expect(scenario.isDense ? (150..<known).contains(marks) : marks == known)
  }

  @Test("style rules reach nothing outside the drawing", arguments: Scenario.all)
  func scopedStyle(scenario: Scenario) throws {
    let style = try #require(DrawingReader(scenario.svg()).texts["style"]?.first)
    for rule in style.split(separator: "}") where !rule.isEmpty {
      let selectors = rule.split(separator: "{").filter { !$0.hasPrefix("@") }
      guard let selector = selectors.first else { continue }
      for one in selector.split(separator: ",") { #expect(one.hasPrefix("#\(scenario.name)"), "\(rule)") }
    }
  }

  @Test("text from outside stays text, wherever it goes")
  func escaping() throws {
    let nasty = "</title><script>alert('x')</script>&amp; \" onload=\"x \u{0}\u{8}\u{FFFE}]]> \u{202E}ünïcode 測量"
    // What XML does not allow, and what would turn the order of the text.
    let shown = nasty.replacing(/[\u{0}\u{8}\u{FFFE}]/, with: " ").replacing(/\u{202E}/, with: "\u{FFFD}")
    let points = (0..<9).map {
      Series.Point(day: Day(daysSinceEpoch: 19_000 + $0), value: Double($0), denominator: 10, note: nasty)
    }
    let spec = ChartSpec(kind: .p, direction: .up, targets: 0.5, unit: nasty, exclusions: [2])
    let chart = try Chart(Series(points), spec: spec)
    for width in [200, 360, 1280] {
      let svg = ChartDrawing(title: nasty, width: width, height: 300, id: "a\" onload=\"x<b>").svg(of: chart)
      let reader = try DrawingReader(svg)
      #expect(Set(reader.elements.keys).isSubset(of: Self.allowed))
      #expect(reader.root["id"] == "aonloadxb" && !reader.attributes.contains("onload"))
      #expect(reader.texts["title"]?.first == shown)
      #expect(reader.texts["title"]?.contains { $0.contains("<script>") } == true)
    }
    #expect(try DrawingReader(Variation.concernLow.icon(id: "\"><x>")).root["id"] == "x")
  }

  @Test("any identifier, size and title gives a drawing", arguments: [Int.min, -1, 0, 1, 200, 333, 5000, Int.max])
  func anySize(side: Int) throws {
    let chart = try Scenario.occupancy()
    for other in [200, 1000] {
      for (width, height) in [(side, other), (other, side)] {
        let svg = ChartDrawing(title: "", width: width, height: height, id: "").svg(of: chart)
        let reader = try DrawingReader(svg)
        #expect(reader.root["id"] == "chart")
        let drawn = Int(reader.root["width"] ?? "") ?? 0
        #expect(ChartDrawing.sizes.contains(drawn))
        #expect(reader.texts["title"]?.first == "I chart")
      }
    }
  }

  @Test("drawing twice gives the same bytes", arguments: Scenario.all)
  func deterministic(scenario: Scenario) throws {
    #expect(try scenario.svg() == scenario.svg())
  }

  @Test("numbers of any size can be drawn", arguments: [1e-300, 1e-12, 1e-5, 1, 1e6, 1e12, 1e80, 1e288])
  func anyMagnitude(scale: Double) throws {
    for kind in [ChartKind.run, .i] {
      for values in [[1.0, 2, 3, 2, 1], [0, 0, 0], [-1, -1], [-3, 5, 1], [7]] {
        let points = values.enumerated().map {
          Series.Point(day: Day(daysSinceEpoch: $0 * 40_000), value: $1 * scale)
        }
        let chart = try Chart(
          Series(points), spec: ChartSpec(kind: kind, direction: .up, targets: Targets(1.5 * scale)))
        let svg = ChartDrawing(title: "Any").svg(of: chart)
        let reader = try DrawingReader(svg)
        #expect(reader.elements["title"] == 1 + values.count)
        #expect(svg.hasNumbersOnly)
      }
    }
  }

  @Test("icons have a name for screen readers")
  func iconNames() throws {
    for variation in Variation.allCases {
      let reader = try DrawingReader(variation.icon(id: "v"))
      #expect(reader.texts["title"]?.first == variation.title && reader.root["aria-labelledby"] == "v-title")
    }
    for assurance in Assurance.allCases {
      #expect(try DrawingReader(assurance.icon(id: "a")).texts["title"]?.first == assurance.title)
    }
  }
}
