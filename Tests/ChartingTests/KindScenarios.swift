// SPDX-License-Identifier: Apache-2.0

import Charting
import SPC
import Testing

/// One drawing of every kind, and of everything that can be shown beside the data.
extension Scenario {
  /// Whether points lie closer than pixels.
  var isDense: Bool { name == "daily-five-hundred-phone" }

  static let kinds: [Scenario] = [
    Scenario("kind-mr", title: "Moving ranges of theatre start delays") {
      try Chart(Series(weekly(delays)), spec: ChartSpec(kind: .mr, ruleSet: .westernElectric, unit: "minutes"))
    },
    Scenario("kind-c", title: "Complaints a month", width: 560) {
      try Chart(
        Series(monthly([7, 9, 4, 8, 6, 11, 5, 7, 9, 6, 8, 19, 7, 5, 9, 4, 6, 8, 7, 5])),
        spec: ChartSpec(kind: .c, ruleSet: .nelson, direction: .down, unit: "complaints"))
    },
    Scenario("kind-g", title: "Catheters between infections") {
      try Chart(
        Series(events: events([12, 30, 8, 55, 21, 3, 17, 40, 9, 26, 33, 5, 61, 240, 14, 52, 80, 95, 70, 120])),
        spec: ChartSpec(kind: .g, ruleSet: .anhoej, direction: .up, unit: "catheters"))
    },
    Scenario("kind-t", title: "Days between falls with fracture", width: 560) {
      try Chart(
        Series(events: events([12, 30, 8, 55, 21, 3, 17, 40, 9, 26, 33, 5, 61, 24, 14, 52, 80, 95, 70, 120])),
        spec: ChartSpec(kind: .t, ruleSet: .makingDataCount, direction: .up, targets: 45, unit: "days"))
    },
    Scenario("kind-i-prime", title: "Cost of agency staff per bed day") {
      try Chart(
        Series(
          monthly([410, 380, 520, 470, 390, 430, 610, 450, 400, 420, 380, 460, 350, 300, 310, 280, 330, 290])
            .enumerated()
            .map { .init(day: $1.day, value: $1.value, denominator: Double([31, 28, 35, 60, 25, 33][$0 % 6])) }),
        spec: ChartSpec(kind: .iPrime, ruleSet: .lifeQI, direction: .down, unit: "£"))
    },
    Scenario("kind-u-prime", title: "Emergency readmissions", width: 360, height: 300) {
      try Chart(
        Series(
          monthly((0..<24).map { Double(900 + $0 * 7919 % 160) }).enumerated()
            .map { .init(day: $1.day, value: $1.value, denominator: Double(11_000 + $0 * 131 % 900)) }),
        spec: ChartSpec(kind: .uPrime, ruleSet: .makingDataCount, direction: .down, multiplier: 100, unit: "%"))
    },
    Scenario(pair: "pair-xmr", title: "Theatre start delays") {
      try #require(
        try ChartPair(
          Series(weekly(delays)),
          spec: ChartSpec(
            kind: .i, ruleSet: .makingDataCount, direction: .down, targets: 15, unit: "minutes",
            phases: [PhaseStart(index: 16, reason: "Patients are sent for at eight")])))
    },
    Scenario(pair: "pair-x-bar-s-phone", title: "Turnaround of blood samples", width: 360, height: 420) {
      try #require(
        try ChartPair(
          Series(subgroups: subgroups()),
          spec: ChartSpec(kind: .xBar, ruleSet: .westernElectric, direction: .down, unit: "minutes")))
    },
  ]

  static let marked: [Scenario] = [
    Scenario("flags", title: "Falls with harm", height: 440, annotations: notes) { try changed() },
    Scenario("flags-phone", title: "Falls with harm", width: 360, height: 420, annotations: notes) { try changed() },
    Scenario("flags-dark", title: "Falls with harm", height: 440, appearance: .dark, annotations: notes) {
      try changed()
    },
    Scenario("flags-crowded", title: "Falls with harm", width: 480, annotations: crowd) { try falls() },
    Scenario("print", title: "Falls with harm", appearance: .print) { try changed() },
    Scenario("targets-stepped", title: breaches) { try stepped() },
    Scenario("targets-stepped-phone", title: breaches, width: 360, height: 300) { try stepped() },
    Scenario("two-points", title: "Patients seen") {
      try Chart(
        Series(weekly([42, 38])), spec: ChartSpec(kind: .i, ruleSet: .makingDataCount, direction: .up, targets: 50))
    },
  ]

  private static let delays: [Double?] = [
    22, 31, 18, 27, 35, 24, 19, 30, 26, 41, 23, 28, 20, 33, 25, 29, 14, 17, 11, 19, 12, nil, 16, 13, 18, 10, 15, 12,
  ]

  private static let notes: [ChartAnnotation] = [
    ChartAnnotation(day: day(2023, 3, 14), kind: .event, text: "Norovirus on two wards"),
    ChartAnnotation(day: day(2023, 10, 2), kind: .pdsa, text: "Hourly rounds on one ward", reference: "PDSA 1"),
    ChartAnnotation(day: day(2023, 11, 6), kind: .pdsa, text: "Rounds with a checklist", reference: "PDSA 2"),
    ChartAnnotation(day: day(2024, 1, 8), kind: .change, text: "Hourly rounds on all wards & at night"),
    ChartAnnotation(day: day(2024, 12, 20), kind: .note, text: "Next review in March"),
  ]

  private static let crowd = (0..<60).map { index in
    ChartAnnotation(
      day: day(2023, 1, 1).advanced(by: index * index / 5), kind: ChartAnnotation.Kind.allCases[index % 4],
      text: "Something that happened, number \(index + 1)")
  }

  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Day {
    Day(year: year, month: month, day: day) ?? .earliest
  }

  static func monthly(_ values: [Double?]) -> [Series.Point] {
    values.enumerated().map { .init(day: day(2023 + $0 / 12, $0 % 12 + 1, 1), value: $1) }
  }

  /// Events, each with the time since the one before; two of them on one day.
  static func events(_ values: [Double]) -> [Series.Point] {
    var when = day(2023, 1, 9)
    return values.enumerated().map { index, value in
      when = when.advanced(by: index == 5 ? 0 : Int(min(value, 60)))
      return .init(day: when, value: value)
    }
  }

  static func subgroups() -> [Series.Subgroup] {
    (0..<20).map { index in
      let values = (0..<(4 + index % 3)).map { Double(52 + (index * 31 + $0 * 47) % 23 - (index > 14 ? 9 : 0)) }
      return Series.Subgroup(day: Day(daysSinceEpoch: 19_500 + 7 * index), values: values)
    }
  }

  /// Falls with two phases, two months left out, and a target that became stricter.
  static func changed() throws -> Chart {
    let chart = try falls()
    var spec = chart.spec
    spec.ruleSet = .makingDataCount
    spec.phases = [PhaseStart(index: 12, reason: "Hourly rounds")]
    spec.exclusions = [2: "Norovirus", 13: ""]
    return try Chart(chart.series, spec: spec)
  }

  static func stepped() throws -> Chart {
    let chart = try waits()
    var spec = chart.spec
    let days = chart.series.days
    spec.targets = Targets(
      steps: [
        .init(value: 30), .init(from: days[10], value: 24), .init(from: days[22], value: 18),
        .init(from: .latest, value: 5),
      ],
      trajectory: [
        .init(day: days[4].advanced(by: 9), value: 33), .init(day: days[16], value: 27),
        .init(day: days[days.count - 1].advanced(by: 90), value: 12),
      ])
    return try Chart(chart.series, spec: spec)
  }
}
