// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Charting

/// Where a line of text lies, by the widths that drawings are laid out with.
struct TextBox: CustomStringConvertible {
  let text: String
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  init(_ line: DrawingReader.TextLine) {
    text = line.text
    let width = TextMetrics.width(line.text, size: line.size, bold: line.isBold)
    left = line.anchor == "middle" ? line.x - width / 2 : line.anchor == "end" ? line.x - width : line.x
    right = left + width
    // Capitals and figures: descenders may reach into the space between lines.
    top = line.y - 0.72 * line.size
    bottom = line.y + 0.1 * line.size
  }

  var description: String { "“\(text)” (\(left), \(top))–(\(right), \(bottom))" }

  func overlaps(_ other: TextBox) -> Bool {
    left < other.right - 0.5 && other.left < right - 0.5 && top < other.bottom - 0.5 && other.top < bottom - 0.5
  }
}

@Suite("labels that keep apart")
struct OverlapTests {
  /// Checks that all texts lie within the drawing and none upon another.
  static func check(_ svg: String, _ name: String) throws {
    let reader = try DrawingReader(svg)
    let width = try #require(Double(reader.root["width"] ?? ""))
    let height = try #require(Double(reader.root["height"] ?? ""))
    let boxes = reader.lines.map(TextBox.init)
    for (index, box) in boxes.enumerated() {
      #expect(box.left >= -0.5 && box.right <= width + 0.5, "\(name): \(box)")
      #expect(box.top >= -0.5 && box.bottom <= height + 0.5, "\(name): \(box)")
      for other in boxes[..<index] where box.overlaps(other) { Issue.record("\(name): \(box) lies upon \(other)") }
    }
  }

  @Test("no text lies upon another, or outside", arguments: Scenario.all)
  func scenarios(scenario: Scenario) throws {
    try Self.check(scenario.svg(), scenario.name)
  }

  @Test(
    "nor at any size",
    arguments: [
      (200, 200), (260, 200), (320, 240), (360, 300), (480, 320), (720, 360), (1280, 480), (2000, 900),
    ])
  func sizes(width: Int, height: Int) throws {
    for scenario in Scenario.all where scenario.pair == nil || height > 300 {
      var other = scenario
      other.drawing.width = width
      other.drawing.height = height
      try Self.check(other.svg(), "\(scenario.name) \(width)×\(height)")
    }
  }
}
