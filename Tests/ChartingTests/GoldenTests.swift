// SPDX-License-Identifier: Apache-2.0

import Charting
import Foundation
import SPC
import Testing

/// Drawings against files that somebody has looked at (`Golden/README.md`).
@Suite("golden drawings")
struct GoldenTests {
  private static let renews = ProcessInfo.processInfo.environment["WAYMARK_RENEW_GOLDEN"] == "1"

  @Test("a chart is drawn byte for byte as before", arguments: Scenario.all)
  func chart(scenario: Scenario) throws {
    try Self.compare(scenario.svg(), with: scenario.name)
  }

  @Test("icons are drawn byte for byte as before")
  func icons() throws {
    let variations = Variation.allCases.map { $0.icon(size: 64, id: "variation-\($0.rawValue)") }
    let assurances = Assurance.allCases.map { $0.icon(size: 64, id: "assurance-\($0.rawValue)") }
    let placed = (variations + assurances).enumerated().map { "<g transform=\"translate(\($0 * 72) 0)\">\($1)</g>\n" }
    try Self.compare(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"64\">\n\(placed.joined())</svg>\n",
      with: "icons")
  }

  @Test("charts beside run and control charts are drawn byte for byte as before", arguments: CompanionScenario.all)
  func companion(scenario: CompanionScenario) throws {
    try Self.compare(scenario.svg(CompanionDrawing(title: scenario.title)), with: scenario.name)
  }

  static func compare(_ svg: String, with name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).svg")
    if renews {
      try svg.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    // A drawing is too long to be printed whole.
    let common = zip(svg, golden).prefix { $0 == $1 }.count
    let isSame = svg == golden
    #expect(
      isSame,
      "\(name) has changed (see Golden/README.md): \(svg.dropFirst(common).prefix(80)) instead of \(golden.dropFirst(common).prefix(80))"
    )
  }
}
