// SPDX-License-Identifier: Apache-2.0

import SPC
import Testing

@testable import Tables

@Suite("Reading numbers as people and programs write them")
struct NumberCellTests {
  @Test(
    "a cell has one value, whatever signs stand beside it",
    arguments: [
      ("12", 12), ("-3", -3), ("1.5e3", 1500), ("1'234", 1234), ("1’234’567", 1_234_567), ("1 234", 1234),
      ("1\u{A0}234,5", 1234.5), ("1\u{202F}234", 1234), ("1,234.5", 1234.5), ("1.234,5", 1234.5),
      ("1,234,567", 1_234_567),
      ("95.2%", 95.2), ("95,2 %", 95.2), ("£1,234.50", 1234.5), ("-£5", -5), ("£-5", -5), ("5 €", 5), ("(5)", -5),
      ("(1,234.5)", -1234.5), ("5-", -5), ("\u{2212}5", -5), ("–5", -5), ("+5", 5), ("$0.5", 0.5),
    ] as [(String, Double)])
  func value(text: String, value: Double) throws {
    #expect(try NumberCell.read(trimmed(Array(text.utf8)[...])).get().value == value)
  }

  @Test(
    "what is not a number is refused in words of what it looks like",
    arguments: [
      ("<5", "kept back"), ("#DIV/0!", "could not compute"), ("1:30", "a time"), ("few", "not a number"),
      ("0x10", "not a number"), ("12,34,56", "not a number"), ("1,2345,678", "not a number"), ("1e999", "too large"),
      ("Infinity", "not a finite"), ("7 kg", "not a number"), ("--5", "not a number"), ("1.2.3", "not a number"),
      ("5--", "not a number"), ("(5", "not a number"), ("%", "not a number"), ("£", "not a number"),
    ])
  func refusal(text: String, words: String) {
    guard case .failure(let refusal) = NumberCell.read(Array(text.utf8)[...]) else {
      Issue.record("\(text) was read")
      return
    }
    #expect(refusal.message.contains(words), "\(refusal.message)")
  }

  /// Values of a column named value, with periods that do not matter.
  private func outcome(_ cells: [String], separator: Character, _ options: ReadingOptions = ReadingOptions())
    -> SeriesReader.Outcome
  {
    var reader = SeriesReader(
      .init(period: nil, value: "value", denominator: nil), options: options,
      separator: separator.asciiValue ?? 0)
    for (row, cell) in cells.enumerated() {
      _ = reader.take(line: row + 2, period: [], value: trimmed(Array(cell.utf8)[...]), denominator: [])
    }
    return reader.finish(latest: .latest)
  }

  @Test("marks for no value are told in one order, also those of one line")
  func orderOfMarks() {
    var reader = SeriesReader(
      .init(period: nil, value: "value", denominator: "n"), options: ReadingOptions(), separator: UInt8(ascii: ","))
    let rows = [("n/a", "*"), ("..", ":"), ("NULL", "-")]
    for (row, marks) in rows.enumerated() {
      _ = reader.take(
        line: row + 2, period: [], value: Array(marks.0.utf8)[...], denominator: Array(marks.1.utf8)[...])
    }
    let told = reader.finish(latest: .latest).remarks.map(\.message).filter { $0.contains("as no value") }
    #expect(
      told.map { String($0.prefix { $0 != "”" }.dropFirst()) } == ["*", "n/a", "..", ":", "-", "NULL"], "\(told)")
  }

  @Test(
    "marks are judged over the whole column",
    arguments: [
      ([";"], ["950", "1.012,5", "1.012"], [950, 1012.5, 1012]),
      ([";"], ["1,5", "1.800"], [1.5, 1800]),
      ([";"], ["1.800", "1,5"], [1800, 1.5]),
      ([";", ","], ["1.5", "1,800"], [1.5, 1800]),
      ([","], ["1,842", "1,911"], [1842, 1911]),
      ([","], ["1.234", "0.5"], [1.234, 0.5]),
      ([","], ["1,5", "2,5"], [1.5, 2.5]),
      ([",", ";", "\t"], ["1'234", "950"], [1234, 950]),
      (["\t"], ["1,234", "1,234,567"], [1234, 1_234_567]),
    ] as [([Character], [String], [Double])])
  func marks(separators: [Character], cells: [String], values: [Double]) {
    for separator in separators {
      let outcome = outcome(cells, separator: separator)
      #expect(outcome.problems.total == 0, "\(outcome.problems)")
      #expect(outcome.rows.map(\.value) == values)
    }
  }

  @Test(
    "a number that may be two is asked about, and the option answers",
    arguments: [
      (";", ["950", "987", "1.012"]), (";", ["1,012", "950"]), ("\t", ["1.234", "1.300"]), ("\t", ["1,234"]),
      (",", ["950", "987", "1.012"]), (";", ["1,234", "1.234"]),
    ] as [(Character, [String])])
  func questions(separator: Character, cells: [String]) {
    let asked = outcome(cells, separator: separator)
    #expect(asked.rows.isEmpty && asked.problems.total == 1 && asked.rejected == cells.count)
    #expect(asked.problems.first.first?.accepted.contains("decimal mark") == true)
    for mark in ReadingOptions.DecimalMark.allCases {
      var options = ReadingOptions()
      options.decimalMark = mark
      let told = outcome(cells, separator: separator, options)
      #expect(told.problems.total == 0 && told.rows.count == cells.count)
    }
  }

  @Test("a column that changes its mind late is refused with the line where it does")
  func late() {
    var cells = (0..<200_000).map { "\($0 % 1000).5" }
    cells[180_000] = "1,5"
    let outcome = outcome(cells, separator: ";")
    #expect(outcome.rows.isEmpty && outcome.problems.total == 1)
    #expect(outcome.problems.first.first?.line == 180_002)
    #expect(outcome.problems.first.first?.message.contains("in line 2 has a decimal point") == true)
  }

  @Test("per cent signs stand on all numbers or on none")
  func perCents() {
    let all = outcome(["95%", "", "96.5 %"], separator: ",")
    #expect(all.rows.map(\.value) == [95, nil, 96.5])
    #expect(all.remarks.contains { $0.message.contains("per cent signs") })
    let some = outcome(["95%", "0.96"], separator: ",")
    #expect(some.rows.isEmpty && some.problems.first.first?.line == 3)
  }

  @Test("marks for no value are said, and others can be given in their place")
  func missing() {
    let cells = ["5", "*", "n/a", "N/A", "-", "..", "", "[c]", "NaN", "6"]
    let usual = outcome(cells, separator: ",")
    #expect(usual.problems.total == 0)
    #expect(usual.rows.compactMap(\.value) == [5, 6] && usual.rows.count == cells.count)
    #expect(
      usual.remarks.contains { $0.message.contains("“-” was read as no value") && $0.message.contains("write 0") })
    var options = ReadingOptions()
    options.missing = ["<5", "-99"]
    #expect(outcome(["<5", "-99", "-98"], separator: ",", options).rows.map(\.value) == [nil, nil, -98])
    #expect(outcome(["*"], separator: ",", options).problems.total == 1)
  }

  @Test(
    "numbers are read to the nearest double",
    arguments: [
      "0", "-0.1", "0.30000000000000004", "123456789012345", "1234567890123456789", "1e-7", "5E+3", "4.9e-324",
      "0.000001", "99999999999999.9", "1.7976931348623157e308", ".5", "5.",
    ])
  func nearest(text: String) throws {
    let spelled = text.hasPrefix(".") ? "0" + text : text.hasSuffix(".") ? text + "0" : text
    #expect(try NumberCell.read(Array(text.utf8)[...]).get().value == Double(spelled))
  }
}
