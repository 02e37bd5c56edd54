// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables
import Testing

@testable import Measurement

@Suite("Reading observations from a file")
struct ImportTests {
  @Test("a good file gives one observation a row")
  func good() {
    let reading = read("period,value,note\n2024-01,12.5,\n2024-02-29,-3,\"snow, ice\"\n2024-Q2,1e3,x\n31/05/2024,+4,\n")
    #expect(reading.problems.isEmpty)
    #expect(
      reading.rows == [
        ImportedRow(line: 2, day: day("2024-01-01"), value: 12.5, denominator: nil, note: ""),
        ImportedRow(line: 3, day: day("2024-02-29"), value: -3, denominator: nil, note: "snow, ice"),
        ImportedRow(line: 4, day: day("2024-04-01"), value: 1000, denominator: nil, note: "x"),
        ImportedRow(line: 5, day: day("2024-05-31"), value: 4, denominator: nil, note: ""),
      ])
    #expect(reading.rowsRead == 4)
    #expect(reading.rowsRejected == 0)
  }

  @Test(
    "separator, line ends, byte order mark and blanks do not change what a file says",
    arguments: [
      "period,value,n\n2024-01,1.5,2\n2024-02,3,4\n",
      "period,value,n\r\n2024-01,1.5,2\r\n2024-02,3,4\r\n",
      "\u{FEFF}period;value;n\r\n2024-01;1,5;2\r\n2024-02;3;4\r\n\r\n\r\n",
      "Period\tVALUE\t N \n2024-01\t1,5\t2\n2024-02\t3\t4",
      "\"period\",\"value\",\"n\"\n\"2024-01\",\" 1.5 \",\"2\"\n2024-02,3,\u{A0}4\n,,\n",
    ])
  func sameSense(text: String) {
    let reading = read(Array(text.utf8), kind: .iPrime, hasDenominator: true)
    #expect(reading.problems.isEmpty)
    #expect(reading.rows.map(\.day) == [day("2024-01-01"), day("2024-02-01")])
    #expect(reading.rows.map(\.value) == [1.5, 3])
    #expect(reading.rows.map(\.denominator) == [2, 4])
    #expect(reading.rowsRead == 2)
  }

  @Test("columns are found by the names asked for, in any case")
  func namedColumns() {
    let reading = read(
      "period,breaches,attendances,value\n2024-01,5,100,9\n", kind: .pPrime,
      columns: ColumnChoice(value: "Breaches", denominator: " attendances "))
    #expect(reading.problems.isEmpty)
    #expect(reading.rows.first?.value == 5)
    #expect(reading.rows.first?.denominator == 100)
    #expect(reading.columns?.value.name == "breaches")
  }

  @Test("a denominator column is left alone for a measure without denominator")
  func unusedDenominator() {
    let reading = read("period,value,n\n2024-01,5,x\n", kind: .i)
    #expect(reading.problems.isEmpty)
    #expect(reading.rows.first?.denominator == nil)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var kind = ChartKind.p
    var row: Int
    var column: String
    var value: String
    var problem: RowProblem.Kind
    var message: String
    var accepted: String
    var testDescription: String { name }
  }

  @Test(
    "a bad file names row, column, value and what would be accepted, and gives no row",
    arguments: [
      Bad(
        name: "missing column", text: "period,n\n2024-01,2\n", row: 1, column: "value", value: "period, n",
        problem: .column, message: "no column for the value", accepted: "“value”, “numerator”, “count”"),
      Bad(
        name: "missing denominator column", text: "period,value\n2024-01,2\n", row: 1, column: "denominator",
        value: "period, value", problem: .column, message: "no column for the denominator", accepted: "“n”"),
      Bad(
        name: "column named twice", text: "period,value,n,Value\n2024-01,2,3,4\n", row: 1, column: "value",
        value: "value", problem: .column, message: "2 times", accepted: "Each name once"),
      Bad(
        name: "wrong date", text: "period,value,n\nlast week,2,3\n", row: 2, column: "period", value: "last week",
        problem: .period, message: "not a period", accepted: "YYYY-MM-DD or DD/MM/YYYY"),
      Bad(
        name: "30 February", text: "period,value,n\n2024-02-30,2,3\n", row: 2, column: "period", value: "2024-02-30",
        problem: .period, message: "There is no 30 February 2024", accepted: "01 to 29"),
      Bad(
        name: "29 February of a common year", text: "period,value,n\n29/02/2023,2,3\n", row: 2, column: "period",
        value: "29/02/2023", problem: .period, message: "There is no 29 February 2023", accepted: "01 to 28"),
      Bad(
        name: "month 13", text: "period,value,n\n2024-13,2,3\n", row: 2, column: "period", value: "2024-13",
        problem: .period, message: "no month 13", accepted: "01 to 12"),
      Bad(
        name: "quarter 5", text: "period,value,n\n2024-Q5,2,3\n", row: 2, column: "period", value: "2024-Q5",
        problem: .period, message: "quarters 1 to 4", accepted: "2024-Q1"),
      Bad(
        name: "year 0", text: "period,value,n\n0000-01,2,3\n", row: 2, column: "period", value: "0000-01",
        problem: .period, message: "no year 0", accepted: "0001"),
      Bad(
        name: "ambiguous date", text: "period,value,n\n3/4/2024,2,3\n", row: 2, column: "period", value: "3/4/2024",
        problem: .period, message: "may be 3 April 2024 or 4 March 2024", accepted: "a date order"),
      Bad(
        name: "two-digit year", text: "period,value,n\n01/02/24,2,3\n", row: 2, column: "period", value: "01/02/24",
        problem: .period, message: "may be 1 February 2024 or 2 January 2024", accepted: "YYYY-MM-DD"),
      Bad(
        name: "date and time", text: "period,value,n\n2024-01-01T09:00:00,2,3\n", row: 2, column: "period",
        value: "2024-01-01T09:00:00", problem: .period, message: "more than a day", accepted: "without a time"),
      Bad(
        name: "future", text: "period,value,n\n2024-06-16,2,3\n", row: 2, column: "period", value: "2024-06-16",
        problem: .period, message: "future", accepted: "up to 2024-06-15"),
      Bad(
        name: "empty period", text: "period,value,n\n,2,3\n", row: 2, column: "period", value: "",
        problem: .period, message: "empty", accepted: "YYYY-MM-DD"),
      Bad(
        name: "no number", text: "period,value,n\n2024-01,few,3\n", row: 2, column: "value", value: "few",
        problem: .number, message: "not a number", accepted: "12.5"),
      Bad(
        name: "not finite", text: "period,value,n\n2024-01,1,Infinity\n", row: 2, column: "n", value: "Infinity",
        problem: .number, message: "not a finite number", accepted: "12.5"),
      Bad(
        name: "too large", text: "period,value,n\n2024-01,1,1e999\n", row: 2, column: "n", value: "1e999",
        problem: .number, message: "too large", accepted: "1.7e308"),
      Bad(
        name: "hexadecimal", text: "period,value,n\n2024-01,0x10,20\n", row: 2, column: "value", value: "0x10",
        problem: .number, message: "not a number", accepted: "12.5"),
      Bad(
        name: "comma that may group, between tabs", text: "period\tvalue\tn\n2024-01\t1,234\t3000\n", row: 2,
        column: "value", value: "1,234", problem: .number,
        message: "may divide thousands or be the decimal mark (1234 or 1.234)",
        accepted: "the decimal mark"),
      Bad(
        name: "two decimal marks", text: "period;value;n\n2024-01;1,5;2.5\n", row: 2, column: "value", value: "1,5",
        problem: .number, message: "decimal comma, but “2.5” in line 2", accepted: "One decimal mark"),
      Bad(
        name: "a proportion for a count", text: "period,value,n\n2024-01,0.95,100\n", row: 2, column: "value",
        value: "0.95", problem: .range, message: "looks like a proportion", accepted: "95 of 100"),
      Bad(
        name: "a per cent for a count", text: "period,value,n\n2024-01,95.2%,500\n", row: 2, column: "value",
        value: "95.2", problem: .range, message: "looks like a per cent", accepted: "476 of 500"),
      Bad(
        name: "numerator over denominator", text: "period,value,n\n2024-01,4,3\n", row: 2, column: "value", value: "4",
        problem: .range, message: "greater than the denominator", accepted: "0 to the denominator"),
      Bad(
        name: "negative count", text: "period,value,n\n2024-01,-1,3\n", kind: .u, row: 2, column: "value", value: "-1",
        problem: .range, message: "negative", accepted: "0 or more"),
      Bad(
        name: "denominator of 0", text: "period,value,n\n2024-01,0,0\n", kind: .uPrime, row: 2, column: "n", value: "0",
        problem: .range, message: "denominator is 0", accepted: "greater than 0"),
      Bad(
        name: "negative denominator", text: "period,value,n\n2024-01,0,-2\n", row: 2, column: "n", value: "-2",
        problem: .range, message: "denominator is negative", accepted: "greater than 0"),
      Bad(
        name: "too few cells", text: "period,value,n\n2024-01,4\n", row: 2, column: "", value: "2024-01, 4",
        problem: .cells, message: "has 2 cells, the first line has 3", accepted: "3 cells"),
      Bad(
        name: "too many cells", text: "period,value,n\n2024-01,4,5,6\n", row: 2, column: "", value: "2024-01, 4, 5, 6",
        problem: .cells, message: "has 4 cells", accepted: "3 cells"),
      Bad(
        name: "unclosed quote", text: "period,value,n\n2024-01,\"4,5\n2024-02,5,6\n", row: 2, column: "value",
        value: "4,5␊2024-02,5,6␊", problem: .text, message: "not closed", accepted: "A closing quote"),
      Bad(
        name: "text after a quote", text: "period,value,n\n2024-01,\"4\"5,6\n", row: 2, column: "value", value: "4",
        problem: .text, message: "after the closing quote", accepted: "whole cell in quotes"),
      Bad(
        name: "NUL", text: "period,value,n\n2024-01,4\u{0},6\n", row: 2, column: "value", value: "4␀",
        problem: .text, message: "control character", accepted: "without control characters"),
      Bad(
        name: "empty file", text: "", row: 1, column: "", value: "", problem: .empty, message: "The file is empty",
        accepted: "names of the columns"),
      Bad(
        name: "blank file", text: "\u{FEFF}\r\n \r\n", row: 1, column: "", value: "", problem: .empty,
        message: "The file is empty", accepted: "names of the columns"),
      Bad(
        name: "only names", text: "\nperiod,value,n\n\n", row: 2, column: "", value: "", problem: .empty,
        message: "no rows", accepted: "A row for every period"),
      Bad(
        name: "workbook", text: "PK\u{3}\u{4}xxxx", row: 1, column: "", value: "", problem: .text,
        message: "workbook", accepted: "CSV UTF-8"),
    ])
  func bad(_ bad: Bad) {
    let reading = read(bad.text, kind: bad.kind)
    #expect(reading.problems.total == 1)
    guard let problem = reading.problems.first.first else { return }
    #expect(problem.row == bad.row)
    #expect(problem.column == bad.column)
    #expect(problem.value == bad.value)
    #expect(problem.kind == bad.problem)
    #expect(problem.message.contains(bad.message), "\(problem.message)")
    #expect(problem.accepted.contains(bad.accepted), "\(problem.accepted)")
    #expect(reading.rows.isEmpty)
  }

  @Test("a period that comes twice is named with the line where it was first, however it is written")
  func duplicate() {
    let reading = read("period,value\n2024-01,1\n2024-02,2\n01/01/2024,3\n")
    #expect(reading.rows.map(\.value) == [1, 2])
    #expect(reading.rowsRejected == 1)
    let problem = reading.problems.first.first
    #expect(problem?.row == 4)
    #expect(problem?.column == "period")
    #expect(problem?.value == "01/01/2024")
    #expect(problem?.kind == .duplicate)
    #expect(problem?.message.contains("line 2") == true)
  }

  @Test("bytes that are not UTF-8 in a file that is are refused, and nothing is guessed")
  func mixedEncodings() {
    let bytes = Array("period,value,note\n2024-01,1,fine\n2024-02,2,caf".utf8) + [0xE9] + Array("\n2024-03,3,ü\n".utf8)
    let reading = read(bytes)
    #expect(reading.problems.first.map(\.row) == [3])
    #expect(reading.problems.first.map(\.kind) == [.text])
    #expect(reading.problems.first.first?.message.contains("but that of line 4 is") == true)
    #expect(reading.rows.isEmpty && reading.rowsRejected == 3)
  }

  @Test("Windows-1252 and UTF-16 are read, and said")
  func encodings() {
    let text = "period,value,café\n2024-01,1,\u{201C}ü\u{201D}\n2024-02,£2,€\n"
    let high: [Unicode.Scalar: UInt8] = ["\u{201C}": 0x93, "\u{201D}": 0x94, "€": 0x80]
    let windows = text.unicodeScalars.map { high[$0] ?? UInt8($0.value) }
    let little: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big: [UInt8] = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let files: [([UInt8], String)] = [(windows, "Windows-1252"), (little, "UTF-16"), (big, "UTF-16")]
    for (bytes, words) in files {
      let reading = read(bytes, columns: ColumnChoice(note: "café"))
      #expect(reading.problems.isEmpty, "\(words) \(reading.problems)")
      #expect(reading.rows.map(\.value) == [1, 2])
      #expect(reading.rows.map(\.note) == ["\u{201C}ü\u{201D}", "€"])
      #expect(reading.names == ["period", "value", "café"])
      #expect(reading.remarks.contains { $0.message.contains(words) })
      #expect(read(bytes, columns: ColumnChoice(note: "café"), pieces: Array(bytes.indices)) == reading)
    }
  }

  @Test("10 MB on one line are refused, in a row and as the first line")
  func longLine() {
    let long = [UInt8](repeating: UInt8(ascii: "1"), count: 10_000_000)
    let inRow = read(Array("period,value\n2024-01,".utf8) + long + Array("\n2024-02,2\n".utf8))
    #expect(inRow.problems.first.map(\.row) == [2])
    #expect(inRow.problems.first.map(\.column) == ["value"])
    #expect(inRow.problems.first.map(\.value.count) == [100])
    #expect(inRow.problems.first.map(\.kind) == [.text])
    #expect(inRow.problems.first.first?.accepted.contains("32768 bytes") == true)
    #expect(inRow.rows.map(\.line) == [3])

    let first = read(Array(long.prefix(1_100_000)))
    #expect(first.problems.first.map(\.row) == [1])
    #expect(first.problems.first.map(\.kind) == [.text])
    #expect(first.rows.isEmpty)
  }

  @Test("a file over the limit of 64 MiB ends the import, however it is cut")
  func tooLarge() throws {
    #expect(CSVLimits.standard.file == 64 * 1024 * 1024)
    for size in [1, 7, 64] {
      var importer = ObservationImport(
        rules: ObservationRules(kind: .run), hasDenominator: false, columns: ColumnChoice(), today: today,
        limits: CSVLimits(file: 64))
      for _ in 0..<(64 / size) { try importer.read([UInt8](repeating: 0x0A, count: size)) }
      #expect(throws: ObservationImport.FileTooLarge(limit: 64)) {
        try importer.read([UInt8](repeating: 0x0A, count: 64))
      }
    }
  }

  @Test("a note of 500 characters is taken, a longer one is not")
  func notes() {
    let note = String(repeating: "ä", count: 500)
    let reading = read("period,value,note\n2024-01,1,\(note)\n2024-02,2,\(note)x\n")
    #expect(reading.rows.map(\.note) == [note])
    #expect(reading.problems.first.map(\.row) == [3])
    #expect(reading.problems.first.map(\.column) == ["note"])
    #expect(reading.problems.first.map(\.value) == [String(repeating: "ä", count: 100)])
  }

  @Test("a row with several problems names them all and counts once")
  func severalProblems() {
    let reading = read("period,value,n\nx,y,z\n", kind: .p)
    #expect(reading.problems.first.map(\.column) == ["period", "value", "n"])
    #expect(reading.rowsRejected == 1)
  }

  @Test("the report names the first 1000 problems and counts them all")
  func manyProblems() {
    let rows = (0..<1500).map { _ in "x,1" }.joined(separator: "\n")
    let reading = read("period,value\n\(rows)\n")
    #expect(reading.problems.first.count == 1000)
    #expect(reading.problems.first.last?.row == 1001)
    #expect(reading.problems.total == 1500)
    #expect(reading.rowsRejected == 1500)
  }

  @Test("shortened text never cuts a character and stays small")
  func quoted() {
    let family = "👩‍👩‍👧‍👦"  // One character of seven scalars.
    let text = String(repeating: "a", count: 98) + family
    #expect(RowProblem.quoted(Array(text.utf8)) == String(repeating: "a", count: 98))
    #expect(RowProblem.quoted(Array(family.utf8)) == family)
    let stack = "a" + String(repeating: "\u{301}", count: 5000)
    #expect(RowProblem.quoted(Array(stack.utf8)).unicodeScalars.count == 100)
    #expect(RowProblem.quoted([0x61, 0x00, 0x0A, 0x7F, 0xFF]) == "a␀␊␡\u{FFFD}")
  }

  @Test("cutting the bytes into pieces anywhere changes nothing", arguments: 0..<100 as Range<UInt64>)
  func pieces(seed: UInt64) {
    var random = Seeded(state: seed)
    let atoms = [
      "2024-01", "2024-02-03", "31/01/2024", "2024-Q1", "1", "2.5", "-3", "1,5", "\"1,5\"", "\"a\"\"b\"", "\"", "\n",
      "\r\n", "\r", ",", ",", ",", ";", "ü", "x", "", " ", "\u{0}", "👩‍👩‍👧‍👦",
    ]
    var bytes = Array(["\u{FEFF}", ""].randomElement(using: &random, default: "").utf8)
    bytes += Array(
      ["period,value,n\r\n", "\r\nperiod;value;n\n", "\"period\",value\n"].randomElement(using: &random, default: "")
        .utf8)
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      bytes += Array(atoms.randomElement(using: &random, default: "").utf8)
      if Int.random(in: 0..<40, using: &random) == 0 { bytes.append(0xE9) }
    }
    let limits = CSVLimits(cell: 16, row: 40, cells: 6)
    let whole = read(bytes, kind: .p, limits: limits)
    for _ in 0..<4 {
      let cuts = (0..<6).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      #expect(read(bytes, kind: .p, pieces: cuts, limits: limits) == whole)
    }
    #expect(read(bytes, kind: .p, pieces: Array(bytes.indices), limits: limits) == whole)
  }

  @Test(
    "the content hash is SHA-256",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
  func contentHash(text: String, digest: String) {
    var hash = ContentHash()
    hash.update(text.utf8)
    #expect(hash.digest() == digest)
  }
}
