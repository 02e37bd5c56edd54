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
    func take(_ row: inout CSVRow, _ separator: UInt8) {
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
    #expect(CSVReader.separator(ofLines: Array(line.utf8)) == expected.utf8.first)
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
    "what is not delimited text is told by its first bytes",
    arguments: [
      ([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00], .workbook),
      ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], .oldWorkbook),
      (Array("<html><table><tr><td>month".utf8), .web), (Array("\r\n<!DOCTYPE HTML><html>".utf8), .web),
      (Array("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>".utf8), .spreadsheetXML),
      (Array("%PDF-1.7".utf8), .pdf), (Array("PAR1....".utf8), .parquet), (Array("ARROW1".utf8), .arrow),
      (Array("[\n  {\"month\": \"2024-01\"}]".utf8), .json), (Array("{\"rows\": []}".utf8), .json),
      ([0x1F, 0x8B, 0x08], .compressed), ([0x89, 0x50, 0x4E, 0x47, 0, 0, 13, 10], .picture),
      (Array("SQLite format 3".utf8) + [0], .database), ([0, 0, 0, 1, 2, 3], .binary),
      ([UInt8](repeating: 0, count: 12) + [0xC2, 0xEA, 0x81, 0x60], .sas), (Array("$FL2@(#)".utf8), .spss),
    ] as [([UInt8], ForeignFormat)])
  func foreign(bytes: [UInt8], format: ForeignFormat) {
    for cut in [0, 1, bytes.count / 2] {
      var reader = CSVReader()
      reader.read(Array(bytes[..<cut])) { _, _ in Issue.record("a row was read") }
      reader.read(Array(bytes[cut...])) { _, _ in Issue.record("a row was read") }
      reader.finish { _, _ in Issue.record("a row was read") }
      #expect(reader.foreignFormat == format)
      #expect(!format.title.isEmpty && format.advice.hasSuffix("."))
    }
  }

  @Test(
    "the separator is told by lines below one another, or said by the first",
    arguments: [
      ("Title, with a comma\nmonth;value\n2024-01;5\n", ";"), ("month;value\n2024-01;1,5\n2024-02;2,5\n", ";"),
      ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", ";"), ("month\tvalue\n2024-01\t1,234\n", "\t"), ("a,b\n1,2,3\n", ","),
    ] as [(String, String)])
  func separatorOfLines(text: String, expected: String) {
    #expect(CSVReader.separator(ofLines: Array(text.utf8)) == expected.utf8.first)
  }

  @Test("a first line sep= is taken as said, and lines are counted on")
  func saidSeparator() {
    for text in ["sep=;\nmonth;value\n2024-01;1,5\n", "\u{FEFF}\"SEP=;\"\r\nmonth;value\r\n2024-01;1,5\r\n"] {
      let rows = rows(Array(text.utf8))
      #expect(rows.map(\.cells) == [["month", "value"], ["2024-01", "1,5"]])
      #expect(rows.map(\.line) == [2, 3])
    }
  }

  @Test("a file gives the same rows in one piece and byte by byte")
  func pieces() {
    var state: UInt64 = 3
    func next(_ end: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % end
    }
    let atoms = [
      "2023-04-07", "12", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", " ", "\t", "é", "\u{1}", "xxxxxxx",
    ]
    func rows(_ pieces: [[UInt8]]) -> [String] {
      var reader = CSVReader(limits: CSVLimits(cell: 20, row: 40, cells: 5))
      var rows: [String] = []
      func take(_ row: inout CSVRow, _ separator: UInt8) {
        let cells = (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }
        rows.append(
          "\(row.line) \(cells) \(String(describing: row.fault)) \(row.isASCII) \(row.hasControlCharacters) \(row.isBlank)"
        )
      }
      for piece in pieces { reader.read(piece, row: take) }
      reader.finish(row: take)
      return rows
    }
    for _ in 0..<30 {
      let bytes = Array(("a,b\n1,2\n" + (0..<400).map { _ in atoms[next(atoms.count)] }.joined()).utf8)
      #expect(rows([bytes]) == rows(bytes.map { [$0] }))
    }
  }
}
