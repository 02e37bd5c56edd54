// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables
import Testing

@testable import Measurement

@Suite("Files as they really come, imported")
struct ImportReadingTests {
  struct File: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var kind = ChartKind.run
    var columns = ColumnChoice()
    var lines: [Int]
    var values: [Double]
    var without = 0
    var words: [String] = []
    var testDescription: String { name }
  }

  @Test(
    "a file with one reading is read, and what is not plain is said",
    arguments: [
      File(
        name: "lines above the names and notes below",
        text:
          "Made-up monthly return,,\n\"Published: 9 May 2024\",,\n,,\nPeriod,Attendances,Over 4 hours\n2024-01,4210,312\n2024-02,4105,298\n,,\nNote: figures are made up.,,\nSource: nobody,,\n",
        kind: .p, columns: ColumnChoice(value: "Over 4 hours", denominator: "attendances"), lines: [5, 6],
        values: [312, 298], words: ["above the names", "Made-up monthly return", "2 lines below the rows"]),
      File(
        name: "comments and empty cells",
        text:
          "# Made-up totals\n# blank where not published\ndate,n,value\n2022-01-01,20000,\n2022-02-01,20037,\n2022-03-01,20074,5306\n",
        kind: .p, lines: [6], values: [5306], without: 2, words: ["above the names"]),
      File(
        name: "a note below", text: "month,value\n2024-01,312\n\n* provisional\n", lines: [2], values: [312],
        words: ["passed over as notes: “* provisional”"]),
      File(name: "sep=", text: "sep=;\nmonth;value\n2024-01;15\n2024-02;25\n", lines: [3, 4], values: [15, 25]),
      File(
        name: "a comma too many in the names", text: "month,value,\n2024-01,15\n2024-02,25\n", lines: [2, 3],
        values: [15, 25], words: ["a separator too many"]),
      File(
        name: "commas too many in the rows", text: "month,value\n2024-01,15,,\n2024-02,25,,\n", lines: [2, 3],
        values: [15, 25], words: ["to the right of the names"]),
      File(
        name: "marks for suppressed values",
        text: "month,value\n2023-01,10\n2023-02,NA\n2023-03,*\n2023-04,[c]\n2023-05,11\n",
        lines: [2, 6], values: [10, 11], without: 3, words: ["“*” was read as no value", "“NA” was read"]),
      File(
        name: "a trailing total", text: "month,value\n2024-01,10\n2024-02,20\nTotal,30\n", lines: [2, 3],
        values: [10, 20],
        words: ["“Total” holds a total"]),
      File(
        name: "a British Excel file", text: "month,value,n\r\nApr-23,\"1,012\",\"1,842\"\r\nMay-23,£950,\"2,001\"\r\n",
        kind: .p,
        lines: [2, 3], values: [1012, 950], words: ["months", "dividing thousands: 1012", "currency"]),
      File(
        name: "bed days with points, in a semicolon file", text: "month;value;n\n2024-01;3;1.800\n2024-02;2;1.750,5\n",
        kind: .u,
        lines: [2, 3], values: [3, 2], words: ["dividing thousands: 1800"]),
      File(
        name: "financial years", text: "year,value\n2009-10,61\n2010-11,64\n2011-12,59\n", lines: [2, 3, 4],
        values: [61, 64, 59], words: ["financial years"]),
      File(
        name: "two files in one", text: "month,value\n2024-01,1\nmonth,value\n2024-02,2\n", lines: [2, 4],
        values: [1, 2],
        words: ["come again"]),
      File(
        name: "a title with commas above semicolons",
        text: "Falls, all wards, 2024\n\nmonth;value\n2024-01;1,5\n2024-02;2,5\n", lines: [4, 5], values: [1.5, 2.5],
        words: ["above the names", "decimal mark"]),
      File(
        name: "keys and values above the names, as NHS England has them",
        text:
          "Title:,A&E attendances\nPeriod:,April 2023\nSource:,made up\n\nPeriod,Org,Value\nMSitAE-APRIL-2023,ABC,5\nMSitAE-MAY-2023,ABC,6\n",
        lines: [6, 7], values: [5, 6], words: ["above the names", "months"]),
      File(
        name: "pandas with an index and times",
        text: ",date,value\n0,2023-04-01 00:00:00,1.0\n1,2023-05-01 00:00:00,NaN\n2,2023-06-01 00:00:00,3.0\n",
        lines: [2, 4], values: [1, 3], without: 1, words: ["“NaN” was read as no value"]),
      File(
        name: "SAS dates and dots", text: "date,value\n01JAN2024,5\n01FEB2024,.\n01MAR2024,7\n", lines: [2, 4],
        values: [5, 7],
        without: 1),
      File(
        name: "Eurostat months", text: "TIME,value\n2023M04,5\n2023M05,:\n2023M06,7\n",
        columns: ColumnChoice(period: "time"),
        lines: [2, 4], values: [5, 7], without: 1, words: ["“:” was read as no value"]),
      File(
        name: "Excel's accounting dash", text: "month,value\nApr-23,5\nMay-23, -   \nJun-23,(7)\n", lines: [2, 4],
        values: [5, -7], without: 1, words: ["write 0", "negative"]),
      File(
        name: "ONS months", text: "month,value\n2023 APR,5\n2023 MAY,6\n", lines: [2, 3], values: [5, 6],
        words: ["months"]),
      File(
        name: "Scottish weeks ending on Sundays", text: "week,value\n20230402,5\n20230409,6\n", lines: [2, 3],
        values: [5, 6],
        words: ["days"]),
      File(
        name: "months written month first", text: "date,value\n12/01/2023,5\n01/01/2024,6\n02/01/2024,4\n",
        lines: [2, 3, 4],
        values: [5, 6, 4], words: ["only so are they regular", "month before the day"]),
    ])
  func files(file: File) {
    let reading = read(Array(file.text.utf8), kind: file.kind, columns: file.columns)
    #expect(reading.problems.isEmpty, "\(reading.problems.first)")
    #expect(reading.rows.map(\.line) == file.lines)
    #expect(reading.rows.map(\.value) == file.values)
    #expect(reading.rowsWithoutValue == file.without)
    for words in file.words {
      #expect(reading.remarks.contains { $0.message.contains(words) }, "\(words): \(reading.remarks.map(\.message))")
    }
    #expect(
      read(
        Array(file.text.utf8), kind: file.kind, columns: file.columns, pieces: Array(file.text.utf8).indices.map { $0 })
        == reading)
  }

  private func read(_ bytes: [UInt8], kind: ChartKind, columns: ColumnChoice, pieces: [Int] = []) -> ImportReading {
    MeasurementTests.read(bytes, kind: kind, columns: columns, pieces: pieces)
  }

  @Test(
    "a file that may be read in two ways is refused once, with the question",
    arguments: [
      ("date,value\n01/01/2023,10\n02/01/2023,12\n03/01/2023,11\n", "a date order"),
      ("month;value\n2024-01;950\n2024-02;987\n2024-03;1.012\n", "the decimal mark"),
      ("quarter,value\n2023 Q1,5\n2023 Q2,6\n", "1 for January, 4 for April"),
      ("2024-01,5\n2024-02,6\n", "A first line with names"),
      ("period,value\n2011-12,5\n", "month or financial-year"),
    ])
  func questions(text: String, words: String) {
    let reading = MeasurementTests.read(text)
    #expect(reading.rows.isEmpty && reading.problems.total == 1)
    #expect(reading.problems.first.first?.accepted.contains(words) == true, "\(reading.problems.first)")
  }

  @Test("everything that is wrong is told at once")
  func allAtOnce() {
    let reading = MeasurementTests.read("month,value\n2024-01,few\n2024-13,5\n2024-03,1,2\n2024-04,<5\n2024-05,7\n")
    #expect(reading.problems.first.map(\.row) == [2, 3, 4, 5])
    #expect(reading.problems.first.map(\.kind) == [.number, .period, .cells, .number])
    #expect(reading.rows.map(\.value) == [7])
    #expect(reading.rowsRejected == 4 && reading.rowsRead == 5)
  }

  @Test("the fields of the call answer what a file leaves open")
  func answers() {
    var options = ReadingOptions()
    options.dateOrder = .month
    options.decimalMark = .comma
    options.missing = ["<5"]
    var importer = ObservationImport(
      rules: ObservationRules(kind: .run), hasDenominator: false, columns: ColumnChoice(), today: today,
      options: options)
    try? importer.read(Array("date;value\n01/01/2023;1.012\n02/01/2023;<5\n".utf8))
    let reading = importer.finish()
    #expect(reading.problems.isEmpty)
    #expect(reading.rows.map(\.day) == [day("2023-01-01")] && reading.rows.map(\.value) == [1012])
    #expect(reading.rowsWithoutValue == 1)
  }
}

@Suite("What looks wrong beside what is stored")
struct ImportWarningTests {
  private func stored(_ rows: [(Double, Double?)]) -> [Day: Observation] {
    Dictionary(
      uniqueKeysWithValues: rows.enumerated().map { index, row in
        let day = Day(daysSinceEpoch: 18_000 + index)
        return (day, Observation(day: day, value: row.0, denominator: row.1))
      })
  }

  private func plan(
    _ text: String, _ kind: ChartKind, _ stored: [Day: Observation], _ terms: ImportTerms = ImportTerms()
  ) -> ImportPlan {
    ImportPlan(
      read(Array(text.utf8), kind: kind, hasDenominator: kind == .iPrime), stored: stored,
      rules: ObservationRules(kind: kind), terms: terms)
  }

  @Test("values far from the target are asked about while nothing is stored that tells what is usual")
  func targets() {
    let few = stored([(71, 100), (70, 100), (69, 100)])
    let cases: [(String, ChartKind, ObservationScale, [Day: Observation], String?)] = [
      ("2024-01,70,100", .p, .init(multiplier: 100, unit: "%", targets: 95), [:], nil),
      (
        "2024-01,70,100", .p, .init(multiplier: 100, unit: "%", targets: 0.95), [:],
        "is 0.95%, and the values of the file are usually 70% when they are multiplied by 100"
      ),
      (
        "2024-01,70,100", .p, .init(multiplier: 1, unit: "", targets: 95), [:],
        "usually 0.7 when they are multiplied by 1."
      ),
      ("2024-01,3,1800", .u, .init(multiplier: 1, unit: "per 1,000 bed days", targets: 2), [:], "multiplied by 1."),
      ("2024-01,3,1800", .u, .init(multiplier: 1000, unit: "per 1,000 bed days", targets: 2), [:], nil),
      ("2024-01,0.93", .i, .init(multiplier: 1, unit: "%", targets: 95), [:], "in another unit, or a per cent?"),
      ("2024-01,93", .i, .init(multiplier: 1, unit: "%", targets: 95), [:], nil),
      ("2024-01,0", .i, .init(multiplier: 1, unit: "%", targets: 95), [:], nil),
      ("2024-01,93", .i, .init(multiplier: 1, unit: "%", targets: 0), [:], nil),
      ("2024-01,70,100", .p, .init(multiplier: 100, unit: "%", targets: 0.95), few, nil),
    ]
    for (row, kind, scale, stored, words) in cases {
      let hasDenominator = row.split(separator: ",").count > 2
      let text = (hasDenominator ? "period,value,n\n" : "period,value\n") + row + "\n"
      let told = ImportPlan(
        read(Array(text.utf8), kind: kind, hasDenominator: hasDenominator), stored: stored,
        rules: ObservationRules(kind: kind), scale: scale, terms: ImportTerms(holdOnWarnings: true))
      let warnings = told.remarks.filter { $0.kind == .warning }.map(\.message)
      #expect(told.isAccepted == (words == nil), "\(row) \(scale) \(warnings)")
      #expect(words.map { words in warnings.contains { $0.contains(words) } } ?? warnings.isEmpty, "\(row) \(warnings)")
    }
  }

  @Test("swapped columns, a factor of a hundred and a slipped digit are warned of, and held where that is asked")
  func warnings() {
    let falls = stored([(3, 1800), (5, 1750), (4, 1820), (2, 1790)])
    let cases: [(String, ChartKind, [Day: Observation], String?)] = [
      ("period,value,n\n2024-01,1800,3\n", .u, [:], "wrong way round"),
      ("period,value,n\n2024-01,1800,3\n", .u, falls, "wrong way round"),
      ("period,value,n\n2024-01,4,1810\n", .u, falls, nil),
      ("period,value,n\n2024-01,4,18100\n", .u, falls, "far from"),
      ("period,value\n2024-01,0.95\n", .run, stored([(94, nil), (96, nil), (95, nil)]), "a hundredth"),
      ("period,value\n2024-01,9500\n", .run, stored([(94, nil), (96, nil), (95, nil)]), "a hundred times"),
      ("period,value\n2024-01,97\n", .run, stored([(94, nil), (96, nil), (95, nil)]), nil),
      ("period,value\n2024-01,0\n", .run, stored([(94, nil), (96, nil), (95, nil)]), nil),
      ("period,value,n\n2024-01,7,3\n", .u, stored([(9, 3), (8, 3), (7, 3)]), nil),
    ]
    for (text, kind, stored, words) in cases {
      let told = plan(text, kind, stored)
      #expect(told.isAccepted && told.writes.count == 1)
      let warnings = told.remarks.filter { $0.kind == .warning }
      #expect(
        words.map { words in warnings.contains { $0.message.contains(words) } } ?? warnings.isEmpty,
        "\(text) \(warnings)")
      let held = plan(text, kind, stored, ImportTerms(holdOnWarnings: true))
      #expect(held.isAccepted == (words == nil) && held.writes.isEmpty == (words != nil))
      #expect(held.rowsAdded == 1)
    }
  }
}
