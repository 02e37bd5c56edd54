// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

@Suite("bringing rows together")
struct AggregationTests {
  static func day(_ text: String) throws -> Day { try #require(Day(text)) }

  static func row(
    _ day: String, _ value: Double?, of denominator: Double? = nil, unit: String = "", stratum: String = ""
  ) throws -> AggregationRow {
    AggregationRow(day: try Self.day(day), unit: unit, stratum: stratum, value: value, denominator: denominator)
  }

  @Test("numerators and denominators are added up, never their quotients averaged")
  func sums() throws {
    let rows = [
      try Self.row("2024-01-03", 1, of: 10, unit: "a"), try Self.row("2024-01-20", 90, of: 100, unit: "b"),
      try Self.row("2024-02-01", 3, of: 30, unit: "a"), try Self.row("2024-02-02", nil, of: 50, unit: "b"),
    ]
    let found = try Aggregation(rows, options: .init(period: .month))
    #expect(found.points.map(\.day) == [try Self.day("2024-01-01"), try Self.day("2024-02-01")])
    #expect(found.points.map(\.value) == [91, 3] && found.points.map(\.denominator) == [110, 30])
    #expect(found.points.map(\.units) == [2, 1] && found.points.map(\.missingRows) == [0, 1])
    #expect(found.units == ["a", "b"])
    let series = try found.series()
    #expect(series.points[1].note == "1 of 2 units")
    // The order of rows changes no bit.
    #expect(try Aggregation(rows.reversed(), options: .init(period: .month)) == found)
  }

  @Test(
    "plain values become one as asked",
    arguments: [(Aggregation.Method.sum, 12.0), (.mean, 4), (.median, 2), (.count, 3)])
  func methods(method: Aggregation.Method, expected: Double) throws {
    let rows = try [1, 2, 9].map { try Self.row("2024-05-0\(Int($0))", $0) }
    #expect(try Aggregation(rows, options: .init(period: .month, method: method)).points.map(\.value) == [expected])
  }

  @Test("periods begin where people begin them, and gaps are filled when asked for")
  func periods() throws {
    #expect(Period.week.start(of: try Self.day("2024-05-12")) == (try Self.day("2024-05-06")))
    #expect(Period.quarter.start(of: try Self.day("2024-05-12")) == (try Self.day("2024-04-01")))
    #expect(Period.year.start(of: try Self.day("2024-03-31"), firstMonth: 4) == (try Self.day("2023-04-01")))
    let rows = [try Self.row("2024-01-15", 1), try Self.row("2024-04-15", 2)]
    let filled = try Aggregation(rows, options: .init(period: .month, fillsGaps: true))
    #expect(filled.points.map(\.value) == [1, nil, nil, 2])
    #expect(try Aggregation(rows, options: .init(period: .month)).points.count == 2)
    #expect(throws: AggregationError.irregularPeriod) { try Aggregation(rows, options: .init(period: .irregular)) }
    #expect(throws: AggregationError.firstMonthOutOfRange(13)) {
      try Aggregation(rows, options: .init(period: .year, firstMonth: 13))
    }
  }

  @Test("rows that no series can come of are refused by their number")
  func refused() throws {
    let options = Aggregation.Options(period: .month)
    #expect(throws: AggregationError.self) { try Aggregation([Self.row("2024-01-01", .nan)], options: options) }
    #expect(throws: AggregationError.negativeDenominator(row: 1, denominator: -1)) {
      try Aggregation([Self.row("2024-01-01", 1, of: -1)], options: options)
    }
    #expect(throws: AggregationError.denominatorMissing(row: 2, day: try Self.day("2024-01-02"))) {
      try Aggregation([Self.row("2024-01-01", 1, of: 2), Self.row("2024-01-02", 1)], options: options)
    }
    #expect(throws: AggregationError.self) {
      try Aggregation([Self.row("2024-01-01", 1e308), Self.row("2024-01-02", 1e308)], options: options)
    }
  }

  @Test("small numbers are kept back, and with them what would give them away")
  func suppression() throws {
    let rows = [
      try Self.row("2024-01-01", 2, of: 4, stratum: "a"), try Self.row("2024-01-01", 6, of: 12, stratum: "b"),
      try Self.row("2024-01-01", 9, of: 40, stratum: "c"),
    ]
    let found = try Stratification(rows, options: .init(period: .month))
    #expect(found.strata.map(\.name) == ["a", "b", "c"])
    // One small stratum alone could be worked out from the total: the next smallest goes too.
    #expect(found.suppressed.map(\.stratum) == ["a", "b"] && found.suppressed.map(\.reason) == [.small, .protective])
    #expect(found.strata.map { $0.points[0].value } == [nil, nil, 9] && found.total?.points[0].value == 17)
    #expect(try found.strata[0].series().points[0].note == "suppressed: small numbers")
    let alone = try Stratification(rows, options: .init(period: .month), showsTotal: false)
    #expect(alone.suppressed.map(\.stratum) == ["a"] && alone.total == nil)
    let open = try Stratification(rows, options: .init(period: .month), suppression: .none)
    #expect(open.suppressed.isEmpty)
    #expect(throws: AggregationError.minimumOutOfRange(-1)) {
      try Stratification(rows, options: .init(period: .month), suppression: .init(minimum: -1))
    }
  }

  @Test("times and cases between events make T and G charts")
  func events() throws {
    let days = try ["2024-01-01", "2024-01-31", "2024-01-31", "2024-03-01"].map { try Self.day($0) }
    let intervals = try EventIntervals(
      events: [
        .init(day: days[0]), .init(day: days[1], fraction: 0.25), .init(day: days[2], fraction: 0.75),
        .init(day: days[3]),
      ], until: .init(day: days[3].advanced(by: 10)))
    #expect(intervals.intervals.map(\.length) == [30.25, 0.5, 29.25] && intervals.sinceLast == 10)
    let series = try intervals.series()
    #expect(series.days == Array(days.dropFirst()))
    _ = try Chart(series, spec: ChartSpec(kind: .t))
    let cases = try EventIntervals(casesBetween: [
      .init(day: days[0], count: 10, events: 1), .init(day: days[1], count: 20, events: 0),
      .init(day: days[3], count: 5, events: 2),
    ])
    #expect(cases.intervals.map(\.length) == [9, 23, 0] && cases.sinceLast == 0)
    #expect(throws: AggregationError.eventOutOfOrder(row: 2, day: days[0])) {
      try EventIntervals(events: [.init(day: days[1]), .init(day: days[0])])
    }
    #expect(throws: AggregationError.self) { try EventIntervals(events: [.init(day: days[1], fraction: 1)]) }
    #expect(throws: AggregationError.self) {
      try EventIntervals(casesBetween: [.init(day: days[0], count: 1, events: 2)])
    }
  }
}
