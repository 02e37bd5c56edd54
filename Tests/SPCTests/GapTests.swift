// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// A period without a row, with an empty one, and with a mark for “no value” is one thing.
@Suite("periods without a value")
struct GapTests {
  /// The values of sixteen months in twenty, with and without the four others.
  static let months: [(day: String, value: Double?)] = [
    ("2020-01-01", 50.4), ("2020-02-01", 55.0), ("2020-03-01", 46.3), ("2020-04-01", 54.0), ("2020-05-01", nil),
    ("2020-06-01", 49.0), ("2020-07-01", 49.0), ("2020-08-01", 57.6), ("2020-09-01", 50.6), ("2020-10-01", nil),
    ("2020-11-01", nil), ("2020-12-01", nil), ("2021-01-01", 49.8), ("2021-02-01", 52.9), ("2021-03-01", 54.5),
    ("2021-04-01", 49.9), ("2021-05-01", 52.4), ("2021-06-01", 46.1), ("2021-07-01", 48.5), ("2021-08-01", 48.2),
  ]

  static func series(_ points: [(day: String, value: Double?)], denominator: Double? = nil) throws -> Series {
    try Series(
      points.map { point in
        Series.Point(
          day: try #require(Day(point.day)), value: point.value, denominator: point.value == nil ? nil : denominator)
      })
  }

  /// The same series, with the empty rows and without them.
  static func both(denominator: Double? = nil) throws -> (Series, Series) {
    (
      try series(months, denominator: denominator),
      try series(months.filter { $0.value != nil }, denominator: denominator)
    )
  }

  private func lines(_ chart: Chart) -> [Double?] {
    chart.points.filter { $0.value != nil }.flatMap { [$0.value, $0.centreLine, $0.lowerLimit, $0.upperLimit] }
  }

  @Test("every kind gives one answer for one series, however its gaps are written")
  func oneAnswer() throws {
    for kind in [ChartKind.run, .i, .mr, .p, .pPrime, .u, .uPrime, .c, .iPrime] {
      let (empty, absent) = try Self.both(denominator: kind.needsDenominator || kind == .iPrime ? 400 : nil)
      for gaps in ChartMethod.Gaps.allCases {
        for baseline in [Baseline.all, .first(12)] {
          let spec = ChartSpec(
            kind: kind, ruleSet: .makingDataCount1, direction: .up, targets: 40, baseline: baseline,
            method: ChartMethod(gaps: gaps))
          let (one, other) = (try Chart(empty, spec: spec), try Chart(absent, spec: spec))
          #expect(lines(one) == lines(other), "\(kind), \(gaps), \(baseline)")
          #expect(one.summary == other.summary && one.cautions == other.cautions, "\(kind)")
          #expect(one.sentences == other.sentences)
          #expect(one.points.filter(\.isBaseline).map(\.day) == other.points.filter(\.isBaseline).map(\.day))
        }
      }
    }
  }

  @Test("no moving range crosses a gap, unless it is bridged")
  func limits() throws {
    let (empty, absent) = try Self.both()
    // From the 13 ranges between neighbouring months, and from all 15.
    for (gaps, width) in [(ChartMethod.Gaps.breaks, 11.74492307692308), (.bridges, 11.20746666666667)] {
      for series in [empty, absent] {
        let chart = try Chart(series, spec: ChartSpec(kind: .i, ruleSet: .makingDataCount2, method: .init(gaps: gaps)))
        let known = Self.months.compactMap(\.value)
        let mean = known.reduce(0, +) / 16
        let limit = try #require(chart.points[0].upperLimit)
        #expect(abs(limit - mean - width) < 1e-9, "\(gaps): \(limit - mean)")
      }
    }
    let ranges = try Chart(absent, spec: ChartSpec(kind: .mr))
    #expect(
      ranges.points.filter { $0.value == nil }.map(\.day.description) == ["2020-01-01", "2020-06-01", "2021-01-01"])
    let bridged = try Chart(absent, spec: ChartSpec(kind: .mr, method: .init(gaps: .bridges)))
    #expect(bridged.points.filter { $0.value == nil }.count == 1)
    #expect(abs((bridged.points[4].value ?? 0) - 5) < 1e-12)
  }

  @Test("frozen lines count a period that has no value, with a row and without")
  func frozen() throws {
    let (empty, absent) = try Self.both()
    let spec = ChartSpec(kind: .i, baseline: .first(12))
    for series in [empty, absent] {
      let chart = try Chart(series, spec: spec)
      #expect(chart.phases[0].baselineValues == 8)
      #expect(chart.points.last { $0.isBaseline }?.day.description == "2020-09-01")
    }
  }

  @Test(
    "the periods without a value are said, in every rhythm",
    arguments: [
      (["2023-05-01", "2023-06-01", "2023-11-01", "2023-12-01"], "4 months have no value: July to October 2023."),
      (["2023-05-31", "2023-06-30", "2023-11-30", "2023-12-31"], "4 months have no value: July to October 2023."),
      (["2023-10-01", "2023-11-01", "2024-02-01"], "2 months have no value: December 2023 to January 2024."),
      (["2023-10-01", "2023-11-01", "2023-12-01", "2024-02-01"], "1 month has no value: January 2024."),
      (
        ["2024-01-01", "2024-01-08", "2024-01-29"],
        "2 weeks have no value: week of 15 January 2024 to week of 22 January 2024."
      ),
      (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-06"], "2 days have no value: 4 to 5 January 2024."),
      (["2024-01-30", "2024-01-31", "2024-02-02"], "1 day has no value: 1 February 2024."),
      // Nobody counts on Saturdays and Sundays: no value is missing there.
      (["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-10", "2024-01-11"], "1 day has no value: 9 January 2024."),
      (["2023-01-01", "2023-04-01", "2023-10-01"], "1 quarter has no value: quarter from July 2023."),
      (["2018-01-01", "2019-01-01", "2021-01-01"], "1 year has no value: 2020."),
      (["2018-04-01", "2019-04-01", "2021-04-01"], "1 year has no value: year from April 2020."),
      // Every second month, and one of them left out.
      (["2023-01-01", "2023-03-01", "2023-05-01", "2023-09-01"], "1 month has no value: July 2023."),
    ] as [([String], String)])
  func said(days: [String], caution: String) throws {
    let series = try Self.series(days.enumerated().map { (day: $1, value: Double(5 + $0 % 3)) })
    #expect(try Chart(series, spec: ChartSpec(kind: .run)).cautions.contains(caution))
    #expect(try Chart(series, spec: ChartSpec(kind: .i)).cautions.contains(caution))
    // Of events nothing is due.
    #expect(!(try Chart(series, spec: ChartSpec(kind: .g)).cautions.contains(caution)))
  }

  @Test(
    "what has no rhythm has no periods to miss",
    arguments: [
      ["2024-01-01", "2024-01-11", "2024-02-05"], ["2024-01-01", "2024-01-03", "2024-01-05", "2024-01-07"],
      ["2023-01-01", "2023-03-01", "2023-05-01"], ["2024-01-01", "2024-01-15", "2024-01-29"],
      ["2024-01-03", "2024-01-04"], ["2024-01-03"],
    ])
  func irregular(days: [String]) throws {
    let series = try Self.series(days.enumerated().map { (day: $1, value: Double(5 + $0 % 3)) })
    let chart = try Chart(series, spec: ChartSpec(kind: .i))
    #expect(!chart.cautions.contains { $0.contains("no value:") }, "\(chart.cautions)")
    #expect(chart.followsGap == nil)
  }

  @Test("working days have no gap at the week's end, over months and with a holiday")
  func workingDays() throws {
    let first = try #require(Day("2024-01-01"))
    let days = (0..<100).map { first.advanced(by: $0) }.filter { $0.weekday < 5 && $0.description != "2024-03-29" }
    let series = try Self.series(days.enumerated().map { (day: $1.description, value: Double(5 + $0 % 3)) })
    let chart = try Chart(series, spec: ChartSpec(kind: .i))
    #expect(chart.cautions == ["1 day has no value: 29 March 2024."])
    #expect(chart.followsGap?.count { $0 } == 1)
  }

  @Test("a row without a value in an irregular series is a gap too, and said")
  func irregularMissing() throws {
    let days = ["2024-01-01", "2024-01-11", "2024-02-05", "2024-03-01", "2024-03-21"]
    let series = try Self.series(zip(days, [5, 6, nil, 7, 9]).map { (day: $0, value: $1) })
    let broken = try Chart(series, spec: ChartSpec(kind: .mr))
    #expect(broken.points.map(\.value) == [nil, 1, nil, nil, 2])
    #expect(broken.cautions.contains("1 point has no value: 5 February 2024."))
    let bridged = try Chart(series, spec: ChartSpec(kind: .mr, method: .init(gaps: .bridges)))
    #expect(bridged.points.map(\.value) == [nil, 1, nil, 1, 2])
  }

  @Test("CUSUM and EWMA take sigma by the same rule")
  func smallShifts() throws {
    let (empty, absent) = try Self.both()
    for gaps in [ChartMethod.Gaps?.none, .bridges] {
      let options = ProcessReference.Options(baseline: 14, gaps: gaps)
      let one = try CUSUM(empty, options: .init(reference: options))
      let other = try CUSUM(absent, options: .init(reference: options))
      #expect(one.reference == other.reference && one.reference.sigma != nil)
      #expect(try EWMA(empty, options: .init(reference: options)).reference == one.reference)
    }
    let broken = try CUSUM(absent).reference.sigma
    let bridged = try CUSUM(absent, options: .init(reference: .init(gaps: .bridges))).reference.sigma
    #expect(broken != bridged)
  }

  @Test("a period of the grid has the number of its days, and back")
  func grid() throws {
    let first = try #require(Day("2024-01-03"))
    let starts: [[Day]] = [
      (0..<40).map { first.advanced(by: $0) }.filter { $0.weekday < 5 }, (0..<40).map { first.advanced(by: $0) },
      (0..<9).map { first.advanced(by: 7 * $0) }, (0..<40).map { first.advanced(by: $0) }.filter { $0.weekday != 2 },
    ]
    for days in starts {
      let grid = try #require(PeriodGrid(of: days))
      for (number, day) in days.enumerated() {
        #expect(grid.ordinal(day) == number && grid.day(number) == day)
      }
    }
  }
}
