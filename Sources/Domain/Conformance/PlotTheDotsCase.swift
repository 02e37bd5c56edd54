// SPDX-License-Identifier: Apache-2.0

import SPC

/// One case of NHSRplotthedots: an XmR chart with Making Data Count's rules and icons.
struct PlotTheDotsCase {
  private let item: JSON
  private let series: Series
  private let spec: ChartSpec
  /// Missing values are outside what the package promises: its limits hold, its rules do not.
  private let hasMissing: Bool

  init(_ item: JSON) throws {
    self.item = item
    let dates = try CaseError.require(item["input"]["date"].texts, "input.date")
    let values = try CaseError.require(item["input"]["value"].numbers, "input.value")
    let options = item["options"]
    let points = try zip(dates, values)
      .map { date, value in
        Series.Point(day: try CaseError.require(Day(date), "a date in “\(date)”"), value: value.isNaN ? nil : value)
      }
      .sorted { $0.day < $1.day }
    hasMissing = values.contains(where: \.isNaN)
    series = try Series(points)
    let rebase = Set(options["rebase"].texts ?? [])
    let direction: Direction =
      switch options["improvement_direction"].text {
      case "increase": .up
      case "decrease": .down
      default: .neutral
      }
    spec = ChartSpec(
      kind: .i, ruleSet: .makingDataCount1, direction: direction,
      targets: options["target"].number.map { Targets($0) } ?? .none,
      baseline: options["fix_after_n_points"].integer.map { .first($0) } ?? .all,
      phases: points.indices.filter { $0 > 0 && rebase.contains(points[$0].day.description) }
        .map { PhaseStart(index: $0) },
      method: ChartMethod(screensMovingRanges: options["screen_outliers"].bool))
  }

  func check(_ comparison: inout Comparison) throws {
    let chart: Chart
    do {
      chart = try Chart(series, spec: spec)
    } catch {
      if item["error"].isNull { throw error }
      return
    }
    guard item["error"].isNull else {
      // Where the package stops at a missing value, a chart is what is wanted.
      if !hasMissing { comparison.add("a chart instead of “\(item["error"].text ?? "")”") }
      return
    }
    try checkLines(chart, &comparison)
    if !hasMissing { checkVerdicts(chart, &comparison) }
  }

  private func checkLines(_ chart: Chart, _ comparison: inout Comparison) throws {
    let expected = item["points"]
    let scale = chart.points.map { $0.centreLine ?? 0 }
    func expect(_ key: String, _ value: (ChartPoint) -> Double?) {
      comparison.expect(key, chart.points.map { value($0) ?? .nan }, expected[key].numbers, scale: scale)
    }
    comparison.expect("date", chart.points.map(\.day.description), expected["date"].texts)
    expect("y") { $0.value }
    expect("mean") { $0.centreLine }
    expect("lpl") { $0.lowerLimit }
    expect("upl") { $0.upperLimit }
    expect("nlpl") { $0.nearLowerLimit }
    expect("nupl") { $0.nearUpperLimit }
    let groups = try CaseError.require(item["groups"].array, "groups")
    comparison.expect("first", chart.phases.map { $0.points.lowerBound + 1 }, groups.compactMap { $0["first"].integer })
    comparison.expect("last", chart.phases.map(\.points.upperBound), groups.compactMap { $0["last"].integer })
  }

  private func checkVerdicts(_ chart: Chart, _ comparison: inout Comparison) {
    let expected = item["points"]
    func expectMembers(_ rule: String, _ key: String) {
      let flagged = Set(chart.signals.filter { $0.rule.id == rule }.flatMap(\.members))
      comparison.expect(key, chart.points.indices.map(flagged.contains), expected[key].flags)
    }
    expectMembers("outside", "outside")
    expectMembers("shift", "shift")
    expectMembers("trend", "trend")
    expectMembers("two-of-three", "two_of_three")
    comparison.expect(
      "special_cause_type", chart.points.map(PlotTheDotsCase.type), expected["special_cause_type"].texts)
    comparison.expect("point_type", chart.points.map(PlotTheDotsCase.pointType), expected["point_type"].texts)
    comparison.expect("variation_icon", chart.variation?.rawValue, item["summary"]["variation_icon"].text)
    // The package compares target and limits whatever these were made of; here the icon is left out where they promise
    // nothing.
    let assurance = chart.assuranceByLimits.map { $0 == .hitOrMiss ? "inconsistent" : $0.rawValue }
    comparison.expect("assurance_icon", assurance, item["summary"]["assurance_icon"].text)
  }

  private static func type(_ point: ChartPoint) -> String {
    guard let mark = point.mark else { return "Common Cause" }
    let high = mark.side == .high
    return switch mark.rule.id {
    case "outside": high ? "Above UCL" : "Below LCL"
    case "trend": "7 Point Trend (\(high ? "Increasing" : "Decreasing"))"
    case "two-of-three": "2 in 3 \(high ? "Above" : "Below") CL"
    case "shift": "7 Points \(high ? "Above" : "Below") CL"
    default: mark.rule.id
    }
  }

  private static func pointType(_ point: ChartPoint) -> String {
    guard let mark = point.mark else { return "common_cause" }
    return mark.meaning == .neutral ? "special_cause_neutral_\(mark.side)" : "special_cause_\(mark.meaning)"
  }
}
