// SPDX-License-Identifier: Apache-2.0

import Foundation
import SPC

/// One case of qicharts2's charts: rows, options, and the points and phases that come of them.
struct QichartsCase {
  private let item: JSON
  private let series: Series
  private let spec: ChartSpec
  private let kind: ChartKind

  private static let kinds: [String: ChartKind] = [
    "run": .run, "i": .i, "mr": .mr, "ip": .iPrime, "xbar": .xBar, "s": .s, "t": .t, "c": .c, "u": .u, "up": .uPrime,
    "p": .p, "pp": .pPrime, "g": .g,
  ]

  init(_ item: JSON) throws {
    self.item = item
    let chart = try CaseError.require(item["chart"].text, "chart")
    guard let kind = QichartsCase.kinds[chart] else { throw CaseError("charts “\(chart)” are not known") }
    self.kind = kind
    let options = item["options"]
    let rows = try ReferenceRows(item["input"])
    series = try rows.series(kind: kind, aggregate: options["agg"].text ?? "mean")
    let multiply = options["multiply"].number ?? 1
    let parts = options["part"].integers ?? []
    let ruleSet: RuleSet =
      switch options["method"].text {
      case "bestbox": .anhoejBestBox
      case "cutbox": .anhoejCutBox
      default: .anhoej
      }
    // A known centre line is given before multiplication, and on a T chart on the scale of its roots.
    let known = options["cl"].number.map { (kind == .t ? pow($0, 3.6) : $0) * multiply }
    // qicharts2 ignores the freeze where there are phases.
    let freeze = parts.isEmpty ? options["freeze"].integer : nil
    let limits = kind.hasLimits && options["y_neg"].bool == false
    spec = ChartSpec(
      kind: kind, ruleSet: ruleSet, direction: .up, targets: options["target"].number.map { Targets($0) } ?? .none,
      multiplier: multiply, baseline: freeze.map { .first($0) } ?? .all,
      phases: parts.map { PhaseStart(index: $0) },
      exclusions: Exclusions((options["exclude"].integers ?? []).map { $0 - 1 }),
      method: ChartMethod(
        screensMovingRanges: options["screened_mr"].bool, cutsLimitsAtZero: limits, countsEmptySubgroups: true),
      knownCentreLine: known)
  }

  /// The box that runs are judged by; nil for Anhøj's own limits.
  private var box: RunsBox? {
    spec.ruleSet.rules.lazy.compactMap { if case .box(let box) = $0.pattern { box } else { nil } }.first
  }

  func check(_ comparison: inout Comparison) throws {
    let chart: Chart
    do {
      chart = try Chart(series, spec: spec)
    } catch {
      if item["error"].isNull { throw error }
      return
    }
    guard item["error"].isNull else { return comparison.add("a chart instead of “\(item["error"].text ?? "")”") }
    let expected = item["points"]
    let points = chart.points
    let scale = points.map { $0.centreLine ?? .nan }
    func expect(_ key: String, _ value: (ChartPoint) -> Double?) {
      comparison.expect(key, points.map { value($0) ?? .nan }, expected[key].numbers, scale: scale)
    }
    expect("y") { $0.value }
    expect("cl") { $0.centreLine }
    expect("ucl") { $0.upperLimit }
    expect("lcl") { $0.lowerLimit }
    expect("ucl95") { $0.nearUpperLimit }
    expect("lcl95") { $0.nearLowerLimit }
    expect("ucl_raw") { $0.uncutUpperLimit }
    expect("lcl_raw") { $0.uncutLowerLimit }
    expect("target") { $0.target }
    comparison.expect("part", points.map { $0.phase + 1 }, expected["part"].integers)
    comparison.expect("include", points.map { !$0.isExcluded }, expected["include"].flags)
    let outside = Set(chart.signals.filter { $0.rule.pattern == .outside }.flatMap(\.members))
    comparison.expect("sigma_signal", points.indices.map(outside.contains), expected["sigma_signal"].flags)

    let parts = try CaseError.require(item["parts"].array, "parts")
    comparison.expect("parts", chart.phases.count, parts.count)
    for (index, part) in parts.enumerated() where index < chart.phases.count {
      checkPhase(index, of: chart, part, &comparison)
    }
  }

  private func checkPhase(_ index: Int, of chart: Chart, _ part: JSON, _ comparison: inout Comparison) {
    let phase = chart.phases[index]
    let place = " of part \(index + 1)"
    comparison.expect("first" + place, phase.points.lowerBound + 1, part["first"].integer)
    comparison.expect("last" + place, phase.points.upperBound, part["last"].integer)
    if series.isOrdered {
      comparison.expect("n_useful" + place, phase.runs?.usefulPoints ?? 0, part["n_useful"].integer ?? 0)
      comparison.expect("longest_run" + place, phase.runs?.longestRun, part["longest_run"].integer)
      comparison.expect("n_crossings" + place, phase.runs?.crossings, part["n_crossings"].integer)
      comparison.expect("longest_run_max" + place, phase.runs?.longestRunLimit, part["longest_run_max"].integer)
      comparison.expect("n_crossings_min" + place, phase.runs?.crossingsLimit, part["n_crossings_min"].integer)
    }
    // qicharts2 counts the runs of an MR chart but draws no conclusion from them. Of an S chart it does; here such a chart
    // has the counts alone.
    guard kind != .mr else { return }
    let found =
      kind == .s
      ? phase.runs.map { runs in box.map(runs.isSignal) ?? runs.isSignal } ?? false
      : chart.signals.contains { $0.phase == index && $0.rule.pattern != .outside }
    comparison.expect("runs_signal" + place, found, part["runs_signal"].bool)
  }
}
