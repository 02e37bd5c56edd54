// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the command line writes does nothing by itself: not on a terminal, not in a spreadsheet, not in a page.
@Suite("Output that cannot act", .timeLimit(.minutes(2)))
struct SafeOutputTests {
  /// Clears the screen, sets the title, writes to the clipboard, turns the text, and an 8-bit control.
  static let hostile = "\u{1B}[2J\u{1B}]0;title\u{7}\u{1B}]52;c;aGk=\u{7}\u{202E}\u{9B}31m"

  /// Characters that would act on a terminal.
  static func acting(_ text: String) -> [String] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x09, 0x0A: false
      case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
      default: false
      }
    }.map { "U+" + String($0.value, radix: 16) }
  }

  static let rows = (1...6).map { "2024-0\($0),\($0 * 3 % 7),10" }

  /// Commands that have something hostile in what they are given or read; files are named by their place.
  static let commands: [[String]] = [
    ["chart", "hostile.csv", "--y", "value" + hostile], ["chart", "hostile.csv", "--y", "value"],
    ["chart", "cell.csv", "--y", "value"], ["explain", "cell.csv", "--y", "value"],
    ["chart", "groups.csv", "--y", "value", "--by", "ward", "--kind", "run"], ["chart", "no\(hostile)file.csv"],
    ["explain", "plain.csv", "--title", hostile], ["chart", "plain.csv", "--title", hostile],
    ["chart", "plain.csv", "--kind", hostile], ["chart", "plain.csv", "--rules", hostile],
    ["chart", "plain.csv", "--phase", hostile], ["chart", "plain.csv", "--unit", hostile, "--kind", "i"],
    ["chart", "plain.csv", "--" + hostile], [hostile], ["rules", hostile], ["health", hostile],
    ["chart", "plain.csv", "--output", hostile], ["chart", "plain.csv", "--filter", "\(hostile)=1"],
    ["chart", "groups.csv", "--kind", "pareto", "--y", "value", "--by", "ward"],
    ["chart", "groups.csv", "--kind", "funnel", "--y", "value", "--n", "n", "--by", "ward"],
    ["backup", "verify", hostile], ["audit", "verify", "--data-dir", hostile], ["conformance", hostile],
  ]

  static func withFiles(_ body: (String) async throws -> Void) async throws {
    let folder = try TemporaryDirectory()
    func write(_ name: String, _ lines: [String]) throws {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: folder.path + "/" + name))
    }
    try write("plain.csv", ["month,value,n"] + rows)
    try write("hostile.csv", ["month,value\(hostile),n"] + rows)
    try write("cell.csv", ["month,value,n"] + rows + ["2024-07,\(hostile),10"])
    try write("groups.csv", ["month,value,n,ward"] + rows.map { $0 + ",\(hostile)" } + rows.map { $0 + ",B" })
    try await body(folder.path + "/")
  }

  @Test("nothing that comes from outside reaches a terminal as it is", arguments: commands.indices)
  func terminal(index: Int) async throws {
    try await Self.withFiles { folder in
      let arguments = Self.commands[index].map { $0.hasSuffix(".csv") ? folder + $0 : $0 }
      let finished = try await ChartCommandTests.run(arguments)
      #expect(Self.acting(finished.output) == [], "\(arguments)")
      #expect(Self.acting(finished.error) == [], "\(arguments)")
      #expect(!(finished.output + finished.error).isEmpty)
    }
  }

  @Test("cells that a spreadsheet would compute are harmless in the table of a chart, and numbers stay numbers")
  func spreadsheet() async throws {
    let folder = try TemporaryDirectory()
    let wards = ["=1+1", "@SUM(A1)", "+1-1", "-A1", "-5", "Ward;=2+2"]
    let text =
      "month,value,ward\n"
      + wards.flatMap { ward in (1...3).map { "2024-0\($0),\(-$0).5,\"\(ward)\"" } }.joined(separator: "\n") + "\n"
    let path = folder.path + "/inject.csv"
    try Data(text.utf8).write(to: URL(filePath: path))
    let finished = try await ChartCommandTests.run(
      "chart", path, "--by", "ward", "--kind", "run", "--output", folder.path + "/a.csv")
    #expect(finished.succeeded, "\(finished.said)")
    let table = try String(contentsOfFile: folder.path + "/a.csv", encoding: .utf8)
    let groups = table.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
    #expect(Set(groups) == ["'=1+1", "'@SUM(A1)", "'+1-1", "'-A1", "-5", "\"Ward;'=2+2\""])
    #expect(table.contains(",2024-01-01,-1.5,-1.5,"), "\(table)")
  }

  @Test("a drawing has no characters that turn the order of its text")
  func drawing() async throws {
    try await Self.withFiles { folder in
      let finished = try await ChartCommandTests.run([
        "chart", folder + "plain.csv", "--kind", "i", "--title", "a\u{202E}b\u{2066}c", "--output", folder + "a.svg",
      ])
      #expect(finished.succeeded, "\(finished.said)")
      let text = try String(contentsOfFile: folder + "a.svg", encoding: .utf8)
      #expect(Self.acting(text) == [])
      #expect(text.contains("a\u{FFFD}b\u{FFFD}c"))
    }
  }

  @Test("an amount of money is written the same in words, drawing and terminal")
  func money() async throws {
    try await Self.withFiles { folder in
      let options = ["--kind", "i", "--unit", "£", "--target", "40"]
      let explained = try await ChartCommandTests.run(["explain", folder + "plain.csv"] + options)
      let shown = try await ChartCommandTests.run(["chart", folder + "plain.csv"] + options)
      _ = try await ChartCommandTests.run(["chart", folder + "plain.csv", "--output", folder + "a.svg"] + options)
      let drawn = try String(contentsOfFile: folder + "a.svg", encoding: .utf8)
      for text in [explained.output, shown.output, drawn] {
        #expect(text.contains(/£[0-9]/), "\(text)")
        #expect(text.firstMatch(of: /[0-9] ?£|£ [0-9]|£[−-]/) == nil, "\(text)")
      }
    }
  }
}
