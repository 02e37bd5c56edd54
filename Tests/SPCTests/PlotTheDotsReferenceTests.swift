// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SPC

/// The engine against NHSRplotthedots 0.2.2, through the door that users take.
@Suite("NHSRplotthedots reference cases")
struct PlotTheDotsReferenceTests {
  /// Missing values are outside what the package promises: its limits hold, its rules do not.
  static let missing: Set<String> = [
    "xmr-missing-1", "xmr-missing-2", "xmr-missing-calm-1", "xmr-missing-last-1", "xmr-missing-last-2",
  ]

  @Test(
    "every case holds within 1e-9",
    arguments: [("plotthedots-xmr-1", 29), ("plotthedots-xmr-2", 29), ("plotthedots-xmr-3", 27)])
  func everyCaseHolds(file: String, count: Int) throws {
    let reference = try ReferenceFile(file)
    #expect(reference.cases.count == count)
    for item in reference.cases { try check(item) }
  }

  private func check(_ item: JSON) throws {
    let id = try #require(item["id"].text)
    let dates = try #require(item["input"]["date"].texts)
    let values = try #require(item["input"]["value"].numbers)
    let rows = try zip(dates, values)
      .map { Series.Point(day: try #require(Day($0)), value: $1.isNaN ? nil : $1) }
      .sorted { $0.day < $1.day }
    let rebase = Set(item["options"]["rebase"].texts ?? [])
    let direction: Direction =
      switch item["options"]["improvement_direction"].text {
      case "increase": .up
      case "decrease": .down
      default: .neutral
      }
    let spec = ChartSpec(
      kind: .i, ruleSet: .makingDataCount, direction: direction, target: item["options"]["target"].number,
      freeze: item["options"]["fix_after_n_points"].integer,
      phases: rows.indices.filter { $0 > 0 && rebase.contains(rows[$0].day.description) },
      screenMovingRanges: item["options"]["screen_outliers"].bool)
    let series = try Series(rows)
    guard item["error"].isNull else {
      if Self.missing.contains(id) {
        _ = try Chart(series, spec: spec)
      } else {
        #expect(id == "xmr-fix-small-1")
        #expect(throws: ChartError.freezeTooShort(points: 11, minimum: 12)) { try Chart(series, spec: spec) }
      }
      return
    }
    let chart = try Chart(series, spec: spec)
    try checkLines(chart, item, id: id)
    if !Self.missing.contains(id) { checkVerdicts(chart, item, id: id) }
  }

  private func checkLines(_ chart: Chart, _ item: JSON, id: String) throws {
    let expected = item["points"]
    let scale = chart.points.map { $0.centreLine ?? 0 }
    func expect(_ path: KeyPath<ChartPoint, Double?>, _ key: String) {
      expectEqual(
        chart.points.map { $0[keyPath: path] ?? .nan }, expected[key].numbers, scale: scale, "\(id) \(key)")
    }
    #expect(chart.points.map(\.day.description) == expected["date"].texts, "\(id) date")
    expect(\.value, "y")
    expect(\.centreLine, "mean")
    expect(\.lowerLimit, "lpl")
    expect(\.upperLimit, "upl")
    expect(\.nearLowerLimit, "nlpl")
    expect(\.nearUpperLimit, "nupl")
    let groups = try #require(item["groups"].array)
    #expect(chart.phases.map { $0.points.lowerBound + 1 } == groups.compactMap { $0["first"].integer }, "\(id) first")
    #expect(chart.phases.map(\.points.upperBound) == groups.compactMap { $0["last"].integer }, "\(id) last")
  }

  private func checkVerdicts(_ chart: Chart, _ item: JSON, id: String) {
    let expected = item["points"]
    func members(_ ruleID: String) -> [Bool] {
      let flagged = Set(chart.signals.filter { $0.rule.id == ruleID }.flatMap(\.members))
      return chart.points.indices.map(flagged.contains)
    }
    // Null is unknown, for want of limits: not flagged.
    func flags(_ key: String) -> [Bool]? { expected[key].array?.map { $0.bool ?? false } }
    #expect(members("outside") == flags("outside"), "\(id) outside")
    #expect(members("shift") == flags("shift"), "\(id) shift")
    #expect(members("trend") == flags("trend"), "\(id) trend")
    #expect(members("two-of-three") == flags("two_of_three"), "\(id) two_of_three")
    #expect(chart.points.map(Self.type) == expected["special_cause_type"].texts, "\(id) special_cause_type")
    #expect(chart.points.map(Self.pointType) == expected["point_type"].texts, "\(id) point_type")
    #expect(chart.variation?.rawValue == item["summary"]["variation_icon"].text, "\(id) variation_icon")
    let assurance = chart.assurance.map { $0 == .hitOrMiss ? "inconsistent" : $0.rawValue }
    #expect(assurance == item["summary"]["assurance_icon"].text, "\(id) assurance_icon")
    // Membership in signals is told twice, and must be told alike.
    for (index, point) in chart.points.enumerated() {
      #expect(point.signals == chart.signals.indices.filter { chart.signals[$0].members.contains(index) })
    }
  }

  private static func type(_ point: ChartPoint) -> String {
    guard let mark = point.mark else { return "Common Cause" }
    let high = mark.side == .high
    return switch mark.rule {
    case .outside: high ? "Above UCL" : "Below LCL"
    case .trend: "7 Point Trend (\(high ? "Increasing" : "Decreasing"))"
    case .twoOfThree: "2 in 3 \(high ? "Above" : "Below") CL"
    case .shift: "7 Points \(high ? "Above" : "Below") CL"
    case .longestRun, .crossings: "none of its rules"
    }
  }

  private static func pointType(_ point: ChartPoint) -> String {
    guard let mark = point.mark else { return "common_cause" }
    return mark.meaning == .neutral ? "special_cause_neutral_\(mark.side)" : "special_cause_\(mark.meaning)"
  }
}
