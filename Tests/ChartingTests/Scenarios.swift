// SPDX-License-Identifier: Apache-2.0

import Charting
import Foundation
import SPC
import Testing

/// Charts that are drawn again and again by the tests, from real and from made-up data.
struct Scenario: Sendable, CustomTestStringConvertible {
  let name: String
  var drawing: ChartDrawing
  let chart: @Sendable () throws -> Chart
  /// When two charts are drawn in one.
  var pair: (@Sendable () throws -> ChartPair)?

  var testDescription: String { name }

  init(
    _ name: String, title: String, width: Int = 720, height: Int = 360,
    appearance: ChartDrawing.Appearance = .automatic, annotations: [ChartAnnotation] = [],
    chart: @escaping @Sendable () throws -> Chart
  ) {
    self.name = name
    self.chart = chart
    drawing = ChartDrawing(
      title: title, width: width, height: height, id: name, appearance: appearance,
      annotations: annotations)
  }

  /// A chart with its companion below.
  init(
    pair name: String, title: String, width: Int = 720, height: Int = 460,
    pair: @escaping @Sendable () throws -> ChartPair
  ) {
    self.init(name, title: title, width: width, height: height) { try pair().upper }
    self.pair = pair
  }

  func svg() throws -> String {
    if let pair { return try drawing.svg(of: pair()) }
    return try drawing.svg(of: chart())
  }

  /// All charts in the drawing.
  func charts() throws -> [Chart] {
    if let pair { return [try pair().upper, try pair().lower] }
    return [try chart()]
  }

  static let all: [Scenario] = real + madeUp + kinds + marked

  static let breaches = "Waits over four hours, major A&E departments"
  private static let attendances = "Attendances at major A&E departments, a month"

  private static let real: [Scenario] = [
    Scenario("breaches-wide", title: breaches, width: 1280, height: 480) { try waits() },
    Scenario("breaches-phone", title: breaches, width: 360, height: 300) { try waits() },
    Scenario("breaches-dark", title: breaches, appearance: .dark) { try waits() },
    Scenario("breaches-phases", title: breaches) {
      try waits("RF4", kind: .p, rules: .anhoej, phases: [12, 24], exclusions: [9])
    },
    Scenario("attendances", title: attendances) { try visits() },
    Scenario("attendances-phone-dark", title: attendances, width: 360, height: 300, appearance: .dark) { try visits() },
  ]

  private static let madeUp: [Scenario] = [
    Scenario("run-five", title: "Cups of tea offered within ten minutes") { try tea() },
    Scenario("daily-five-hundred", title: "Bed occupancy at midnight", width: 1280, height: 420) { try occupancy() },
    Scenario("daily-five-hundred-phone", title: "Bed occupancy at midnight", width: 360, height: 300) {
      try occupancy()
    },
    Scenario("falls-rate", title: "Falls with harm") { try falls() },
    Scenario("drift", title: "Median time to antibiotics") { try drift() },
    Scenario("empty", title: "Hand hygiene") { try Chart(Series(), spec: ChartSpec(kind: .p, unit: "%")) },
    Scenario("one-point", title: "Patients seen", width: 360, height: 260) {
      try Chart(Series(weekly([42])), spec: ChartSpec(kind: .i, ruleSet: .makingDataCount1, direction: .up))
    },
  ]

  static func tea() throws -> Chart {
    try Chart(
      Series(weekly([12, 15, 11, 18, 17])), spec: ChartSpec(kind: .run, direction: .up, targets: 20, unit: "patients"))
  }

  static func occupancy() throws -> Chart {
    let spec = ChartSpec(kind: .i, ruleSet: .makingDataCount1, direction: .down, targets: 92, unit: "%")
    return try Chart(Series(waves(500)), spec: spec)
  }

  static func drift() throws -> Chart {
    let values = (0..<24).map { index -> Double? in 80 - Double(index * 2) + Double(index * 7 % 5) }
    return try Chart(
      Series(weekly(values)), spec: ChartSpec(kind: .run, direction: .down, targets: 60, unit: "minutes"))
  }

  /// Month by month: day, attendances, breaches of one provider.
  static func provider(_ code: String) throws -> [(day: Day, attendances: Double, breaches: Double)] {
    let url = try #require(Bundle.module.url(forResource: "ae_type1", withExtension: "csv", subdirectory: "Data"))
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",")
      guard cells[0] == code else { return nil }
      return (try #require(Day(cells[1])), try #require(Double(cells[2])), try #require(Double(cells[3])))
    }
  }

  static func waits(
    _ code: String = "RRK", kind: ChartKind = .pPrime, rules: RuleSet = .makingDataCount1, phases: [Int] = [],
    exclusions: Set<Int> = []
  ) throws -> Chart {
    try Chart(
      Series(provider(code).map { .init(day: $0.day, value: $0.breaches, denominator: $0.attendances) }),
      spec: ChartSpec(
        kind: kind, ruleSet: rules, direction: .down, targets: 5, multiplier: 100, unit: "%",
        phases: phases.map { PhaseStart(index: $0) },
        exclusions: Exclusions(exclusions)))
  }

  static func visits() throws -> Chart {
    try Chart(
      Series(provider("R1H").map { .init(day: $0.day, value: $0.attendances) }),
      spec: ChartSpec(kind: .i, ruleSet: .makingDataCount1, unit: "attendances", baseline: .first(12)))
  }

  static func weekly(_ values: [Double?]) -> [Series.Point] {
    values.enumerated().map { .init(day: Day(daysSinceEpoch: 19_000 + 7 * $0), value: $1) }
  }

  /// Occupancy that goes up and down with the weeks and the seasons, with a fortnight missing.
  static func waves(_ count: Int) -> [Series.Point] {
    (0..<count).map { index in
      let season = index % 365 < 120 ? 3.0 : 0
      let week = Double([1, 2, 1, 0, 0, -3, -2][index % 7])
      let noise = Double(index * 7919 % 13) / 4 - 1.5
      return Series.Point(
        day: Day(daysSinceEpoch: 18_800 + index), value: (230..<244).contains(index) ? nil : 90 + season + week + noise)
    }
  }

  /// A few falls a month, fewer after a change, with one month that nobody counted and notes.
  static func falls() throws -> Chart {
    let counts: [Double?] = [9, 7, 11, 8, 10, 12, 9, 8, 11, 10, nil, 9, 5, 4, 6, 3, 5, 4, 6, 4, 5, 3, 4, 5]
    let points = counts.enumerated().map { index, count in
      Series.Point(
        day: Day(year: 2023 + index / 12, month: index % 12 + 1, day: 1) ?? .earliest, value: count,
        denominator: Double(2400 + index * 37 % 310),
        note: index == 12 ? "Hourly rounds begin on <both> wards & at night" : "")
    }
    let spec = ChartSpec(
      kind: .u, ruleSet: .anhoej, direction: .down, targets: 2, multiplier: 1000, unit: "per 1,000 bed days")
    return try Chart(Series(points), spec: spec)
  }
}
