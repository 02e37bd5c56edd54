// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tables

@Suite("Reading CSV")
struct CSVReaderTests {
  /// The rows of a file as text, without blank ones.
  private func rows(_ bytes: [UInt8], limits: CSVLimits = .standard) -> [(line: Int, cells: [String], fault: CSVFault?)]
  {
    var reader = CSVReader(limits: limits)
    var rows: [(line: Int, cells: [String], fault: CSVFault?)] = []
    func take(_ row: CSVRow, _ separator: UInt8) {
      guard !row.isBlank else { return }
      rows.append((row.line, (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }, row.fault))
    }
    reader.read(bytes, row: take)
    reader.finish(row: take)
    return rows
  }

  struct Layout: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var cells: [[String]]
    var lines: [Int]
    var testDescription: String { name }
  }

  @Test(
    "a file is cut into rows and cells",
    arguments: [
      Layout(name: "LF", text: "a,b\n1,2\n", cells: [["a", "b"], ["1", "2"]], lines: [1, 2]),
      Layout(name: "CRLF", text: "a,b\r\n1,2\r\n", cells: [["a", "b"], ["1", "2"]], lines: [1, 2]),
      Layout(name: "CR only", text: "a,b\r1,2\r", cells: [["a", "b"], ["1", "2"]], lines: [1, 2]),
      Layout(name: "no line end at the end", text: "a,b\n1,2", cells: [["a", "b"], ["1", "2"]], lines: [1, 2]),
      Layout(name: "byte order mark", text: "\u{FEFF}a,b\n1,2\n", cells: [["a", "b"], ["1", "2"]], lines: [1, 2]),
      Layout(
        name: "byte order mark before a quote", text: "\u{FEFF}\"a,;;\",b\n1,2\n",
        cells: [["a,;;", "b"], ["1", "2"]],
        lines: [1, 2]),
      Layout(name: "semicolons", text: "a;b\n1,5;2\n", cells: [["a", "b"], ["1,5", "2"]], lines: [1, 2]),
      Layout(name: "tabs", text: "a\tb\n1\t2\n", cells: [["a", "b"], ["1", "2"]], lines: [1, 2]),
      Layout(
        name: "quotes", text: "a,b\n\"1,\"\"x\"\"\",2\n", cells: [["a", "b"], ["1,\"x\"", "2"]], lines: [1, 2]),
      Layout(
        name: "line ends in quotes", text: "a,b\r\n\"1\r\n2\n3\",x\r\n4,5\r\n",
        cells: [["a", "b"], ["1\r\n2\n3", "x"], ["4", "5"]], lines: [1, 2, 5]),
      Layout(
        name: "a quote inside a cell", text: "a,b\n5\" x,2\n", cells: [["a", "b"], ["5\" x", "2"]], lines: [1, 2]),
      Layout(name: "empty cells", text: "a,b,c\n,,1\n", cells: [["a", "b", "c"], ["", "", "1"]], lines: [1, 2]),
      Layout(name: "a separator at the end", text: "a,b\n1,", cells: [["a", "b"], ["1", ""]], lines: [1, 2]),
      Layout(
        name: "blank lines", text: "\r\n  \r\na;b\r\n\r\n1;2\r\n;\r\n\r\n", cells: [["a", "b"], ["1", "2"]],
        lines: [3, 5]),
      Layout(name: "an empty file", text: "", cells: [], lines: []),
      Layout(name: "a byte order mark alone", text: "\u{FEFF}", cells: [], lines: []),
    ])
  func layout(_ layout: Layout) {
    let rows = rows(Array(layout.text.utf8))
    #expect(rows.map(\.cells) == layout.cells)
    #expect(rows.map(\.line) == layout.lines)
    #expect(rows.allSatisfy { $0.fault == nil })
  }

  @Test(
    "the separator is what the first line has most of outside quotes",
    arguments: [
      ("a,b;c,d", ","), ("a;b,c;d", ";"), ("a\tb", "\t"), ("\"x,y,z\";b", ";"), ("a", ","), ("a,b;c", ","),
    ])
  func separator(line: String, expected: String) {
    #expect(CSVReader.separator(of: Array(line.utf8)) == expected.utf8.first)
  }

  struct Faulty: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var fault: CSVFault
    var testDescription: String { name }
  }

  @Test(
    "a row that cannot be read has a fault, and the rows after it are read",
    arguments: [
      Faulty(name: "text after a quote", text: "a,b\n1,\"x\"y\n3,4\n", fault: .textAfterQuote(1)),
      Faulty(name: "a long cell", text: "a,b\n1,xxxxxxxxxxxxxxxxxxxxx\n3,4\n", fault: .cellTooLong(1)),
      Faulty(name: "a long row", text: "a,b\n1234567890,123456789012,1234567890\n3,4\n", fault: .rowTooLong),
      Faulty(name: "many cells", text: "a,b\n1,2,3,4,5,6\n3,4\n", fault: .tooManyCells),
    ])
  func fault(_ faulty: Faulty) {
    let rows = rows(Array(faulty.text.utf8), limits: CSVLimits(cell: 20, row: 30, cells: 5))
    #expect(rows.count == 3)
    #expect(rows[1].fault == faulty.fault)
    #expect(rows[2].cells == ["3", "4"])
    #expect(rows[2].line == 3)
  }

  @Test("a quote that is never closed is the fault of the row where it opens")
  func unclosedQuote() {
    let rows = rows(Array("a,b\n1,\"x\n3,4\n".utf8))
    #expect(rows.count == 2)
    #expect(rows[1].fault == .unclosedQuote(1))
    #expect(rows[1].line == 2)
  }

  @Test("a long line is refused without keeping it, and the next line is read")
  func longLine() {
    var bytes = Array("a,b\n".utf8)
    bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
    bytes += Array("\n3,4\n".utf8)
    let rows = rows(bytes)
    #expect(rows[1].fault == .cellTooLong(0))
    #expect(rows[1].cells.joined().utf8.count <= CSVLimits.standard.cell)
    #expect(rows[2].cells == ["3", "4"])
  }

  @Test(
    "UTF-16 and workbooks are told by their first bytes",
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00], CSVReader.ForeignFormat.utf16),
      ([0xFE, 0xFF, 0x00, 0x61], .utf16), ([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00], .workbook),
    ] as [([UInt8], CSVReader.ForeignFormat)])
  func foreign(bytes: [UInt8], format: CSVReader.ForeignFormat) {
    var reader = CSVReader()
    reader.read(bytes) { _, _ in Issue.record("a row was read") }
    reader.finish { _, _ in Issue.record("a row was read") }
    #expect(reader.foreignFormat == format)
  }
}
