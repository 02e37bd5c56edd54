// SPDX-License-Identifier: Apache-2.0

import Foundation
import SPC
import Testing

@testable import Tables

@Suite("Reading a column of period labels")
struct PeriodLabelTests {
  struct File: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
      struct Expected: Decodable, Sendable {
        struct Reading: Decodable, Sendable {
          var reading: String
          var periods: [[String]]
        }
        var result: String
        var by: String?
        var reason: String?
        var labels: [Int]?
        var readings: [Reading]?
      }
      struct Options: Decodable, Sendable {
        var dateOrder: String?
        var yearStartMonth: Int?
        var label: String?

        enum CodingKeys: String, CodingKey {
          case dateOrder = "date_order"
          case yearStartMonth = "year_start_month"
          case label = "fy_label"
        }
      }
      var id: String
      var about: String
      var labels: [String]
      var options: Options
      var expected: Expected
      var testDescription: String { "\(id) \(about)" }
    }
    var cases: [Case]
  }

  static let names: [String: PeriodReading] = [
    "dmy": .dayFirst, "mdy": .monthFirst, "month": .month, "fy": .financialYear, "fyq": .financialQuarter,
    "quarter-calendar": .calendarQuarter, "quarter-april": .aprilQuarter, "week": .week, "yyyyww": .yearWeek,
    "weekof-dmy": .weekOfDayFirst, "weekof-mdy": .weekOfMonthFirst, "year": .year,
    "fy-starting": .financialYearStarting,
    "fy-ending": .financialYearEnding, "serial": .serialDay,
  ]

  static func cases() throws -> [File.Case] {
    let url = try #require(
      Bundle.module.url(forResource: "period-labels", withExtension: "json", subdirectory: "Reference"))
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).cases
  }

  static func label(_ text: String) -> PeriodLabel { PeriodLabel(trimmed(Array(text.utf8)[...])) }

  @Test("every column of the reference set has its reading, its readings or its reason")
  func reference() throws {
    let cases = try Self.cases()
    #expect(cases.count == 50)
    for item in cases {
      var options = ReadingOptions()
      options.dateOrder = item.options.dateOrder.map { $0 == "dmy" ? .day : .month }
      options.yearStartMonth = item.options.yearStartMonth
      options.financialYearLabel = item.options.label.flatMap { .init(rawValue: $0) }
      let labels = item.labels.map(Self.label)
      let verdict = PeriodVerdict.judge(labels, allowed: options.allowedReadings)
      switch verdict {
      case .one(let reading, let reason):
        #expect(item.expected.result == "one" && item.expected.by == reason.rawValue, "\(item.id) \(item.about)")
        try Self.expect(labels, [reading], item)
      case .ambiguous(let readings):
        #expect(item.expected.result == "ambiguous", "\(item.id) \(item.about)")
        try Self.expect(labels, readings, item)
      case .refused(let reason, let places):
        #expect(item.expected.result == "refuse", "\(item.id) \(item.about)")
        #expect(item.expected.reason == reason.rawValue && item.expected.labels == places, "\(item.id) \(item.about)")
      }
    }
  }

  private static func expect(_ labels: [PeriodLabel], _ readings: [PeriodReading], _ item: File.Case) throws {
    let expected = try #require(item.expected.readings, "\(item.id)")
    #expect(expected.map { names[$0.reading] } == readings, "\(item.id) \(item.about)")
    for (reading, periods) in zip(readings, expected.map(\.periods)) {
      let found = labels.map { label in
        [label.start(reading).description, reading.lastDay(from: label.start(reading)).description]
      }
      #expect(found == periods, "\(item.id) \(item.about)")
    }
  }

  @Test(
    "a label alone has the readings that it has",
    arguments: [
      ("2023-04-07", [.dayFirst, .monthFirst]), ("2023-04-07T00:00:00", [.dayFirst, .monthFirst]),
      ("2023-04-07 00:00:00.000", [.dayFirst, .monthFirst]), ("2023-04-07T00:00:00Z", [.dayFirst, .monthFirst]),
      ("2023-04-07 09:00", []), ("31/04/2023", []), ("13/04/2023", [.dayFirst]), ("04/13/2023", [.monthFirst]),
      ("Fri, 7th Apr. 2023", [.dayFirst, .monthFirst]), ("April 7th, 2023", [.dayFirst, .monthFirst]),
      ("Sept-23", [.month]), ("2023 april", [.month]), ("MSitAE-APRIL-2026", [.month]), ("13/2023", []),
      ("2023/24", [.financialYear]), ("2023/25", []), ("2011-12", [.month, .financialYear]),
      ("1999/2000", [.financialYear]),
      ("99/00", [.financialYear]), ("Q5 2023", []), ("Qtr 4 2023-24", [.financialQuarter]),
      ("2021-W53", []), ("2020-W53", [.week]), ("wk 7, 2024", [.week]),
      ("week ending 07/04/2023", [.weekOfDayFirst, .weekOfMonthFirst]),
      ("W/E: 7 April 2023", [.weekOfDayFirst, .weekOfMonthFirst]),
      ("FY'24", [.financialYearStarting, .financialYearEnding]),
      ("36525", []), ("36526", [.serialDay]), ("54789.0", [.serialDay]), ("2023", [.year]), ("1989", []),
      ("\u{FF12}\u{FF10}\u{FF12}\u{FF13}", [.year]), ("7\u{2013}4\u{2013}2023", [.dayFirst, .monthFirst]),
      ("Total", []), ("", []), ("April", []),
      ("2023-04-07 00:00:00.0x", []), ("9999999999", []), ("0000-00-00", []), ("w/e", []), ("q", []), ("fy", []),
    ] as [(String, [PeriodReading])])
  func single(text: String, readings: [PeriodReading]) {
    let bits = Self.label(text).readings
    #expect(PeriodReading.allCases.filter { bits & $0.bit != 0 } == readings)
  }

  @Test("no text of any kind makes the reader trap")
  func anything() {
    var state: UInt64 = 7
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 40)
    }
    let atoms = [
      "2023", "04", "7", "/", "-", ".", " ", "Q1", "w", "W14", "fy", "'", "April", "Apr", "st", ",", ":", "00:00", "t",
      "week ",
      "w/e ", "é", "\u{0}", "999999999", "\u{A0}", "msitae-", "z", "+00:00",
    ]
    for _ in 0..<20_000 {
      let text = (0...(next() % 6)).map { _ in atoms[next() % atoms.count] }.joined()
      let label = Self.label(text)
      #expect(label.readings.nonzeroBitCount <= 2)
    }
  }
}
