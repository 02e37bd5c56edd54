// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SPC

/// The engine against qicharts2 0.8.1.
@Suite("qicharts2 reference cases")
struct QichartsReferenceTests {
  static let kinds: [(file: String, kind: ChartKind, cases: Int)] = [
    ("qicharts2-run", .run, 38), ("qicharts2-i", .i, 39), ("qicharts2-p", .p, 42), ("qicharts2-pp", .pPrime, 45),
    ("qicharts2-u", .u, 39), ("qicharts2-up", .uPrime, 42),
  ]

  /// Cases of the best box and cut box methods, whose runs decision is none of Anhøj's.
  ///
  /// Everything else about them is checked.
  static let otherRunsMethods: Set<String> = [
    "run-bestbox-1", "run-bestbox-2", "run-cutbox-1", "run-cutbox-small-1", "run-cutbox-small-2", "run-box-fallback-1",
    "i-cutbox-1", "i-cutbox-2",
  ]

  @Test("every case holds within 1e-9", arguments: kinds)
  func everyCaseHolds(file: String, kind: ChartKind, cases: Int) throws {
    let reference = try ReferenceFile(file)
    #expect(reference.cases.count == cases)
    for item in reference.cases { try check(QichartsCase(item, kind: kind)) }
  }

  @Test("the cases with another runs method are exactly those known")
  func otherMethodsAreCounted() throws {
    var found: Set<String> = []
    for (file, _, _) in Self.kinds {
      for item in try ReferenceFile(file).cases where item["options"]["method"].text != "anhoej" {
        found.insert(item["id"].text ?? "?")
      }
    }
    #expect(found == Self.otherRunsMethods)
  }

  private func check(_ item: QichartsCase) throws {
    let analysis = Analysis(item.subgroups, method: item.method)
    let phaseOf = analysis.phases.enumerated().flatMap { index, rows in rows.map { _ in index } }
    func column(_ value: (Int, Int) -> Double) -> [Double] {
      phaseOf.indices.map { value($0, phaseOf[$0]) * item.multiply }
    }
    let lines = analysis.lines
    let scale = column { lines.centres[$1] }
    let has = item.kind.hasLimits
    func expect(_ actual: [Double], _ key: String) {
      #expect(item.points[key].isNull == (!has && key.contains("cl") && key != "cl"), "\(item.id) lacks \(key)")
      expectEqual(actual, item.points[key].numbers, scale: scale, "\(item.id) \(key)")
    }
    expect(column { row, _ in analysis.subgroups.values[row] }, "y")
    expect(scale, "cl")
    expect(column { has ? lines.upper($0, phase: $1) : .nan }, "ucl")
    expect(column { has ? lines.lower($0, phase: $1) : .nan }, "lcl")
    expect(column { has ? lines.nearUpper($0, phase: $1) : .nan }, "ucl95")
    expect(column { has ? lines.nearLower($0, phase: $1) : .nan }, "lcl95")
    expect(column { has ? lines.uncutUpper($0, phase: $1) : .nan }, "ucl_raw")
    expect(column { has ? lines.uncutLower($0, phase: $1) : .nan }, "lcl_raw")
    #expect(phaseOf.map { $0 + 1 } == item.points["part"].integers, "\(item.id) part")
    #expect(
      phaseOf.indices.map { has && analysis.outside($0, phase: phaseOf[$0]) != 0 } == item.points["sigma_signal"].bools,
      "\(item.id) sigma_signal")

    #expect(analysis.phases.count == item.parts.count, "\(item.id) parts")
    for (index, part) in item.parts.enumerated() where index < analysis.phases.count {
      let runs = analysis.runs[index]
      #expect(analysis.phases[index].lowerBound + 1 == part["first"].integer)
      #expect(analysis.phases[index].upperBound == part["last"].integer)
      #expect(runs?.usefulPoints ?? 0 == part["n_useful"].integer ?? 0, "\(item.id) n_useful")
      #expect(runs?.longestRun == part["longest_run"].integer, "\(item.id) longest_run")
      #expect(runs?.crossings == part["n_crossings"].integer, "\(item.id) n_crossings")
      #expect(runs?.longestRunLimit == part["longest_run_max"].integer, "\(item.id) longest_run_max")
      #expect(runs?.crossingsLimit == part["n_crossings_min"].integer, "\(item.id) n_crossings_min")
      guard !Self.otherRunsMethods.contains(item.id) else { continue }
      let found = analysis.findings().contains { $0.phase == index && [.longestRun, .crossings].contains($0.rule) }
      #expect(found == part["runs_signal"].bool, "\(item.id) runs_signal")
    }
    if item.isSeries { try checkChart(item, scale: scale) }
  }

  /// The same numbers again, through the door that users take.
  private func checkChart(_ item: QichartsCase, scale: [Double]) throws {
    let chart = try Chart(item.series(), spec: item.spec)
    func expect(_ path: KeyPath<ChartPoint, Double?>, _ key: String) {
      expectEqual(
        chart.points.map { $0[keyPath: path] ?? .nan }, item.points[key].numbers, scale: scale,
        "\(item.id) chart \(key)")
    }
    expect(\.value, "y")
    expect(\.centreLine, "cl")
    expect(\.upperLimit, "ucl")
    expect(\.lowerLimit, "lcl")
    expect(\.nearUpperLimit, "ucl95")
    expect(\.nearLowerLimit, "lcl95")
    let outside = Set(chart.signals.filter { $0.rule == .outside }.flatMap(\.members))
    #expect(chart.points.indices.map(outside.contains) == item.points["sigma_signal"].bools, "\(item.id) chart outside")
    #expect(chart.points.map { !$0.isExcluded } == item.points["include"].bools, "\(item.id) chart include")
    #expect(chart.spec.target == item.target)
  }
}

/// One case, read into what the engine takes.
///
/// Rows of one subgroup are put together here.
struct QichartsCase {
  let id: String
  let kind: ChartKind
  let subgroups: Subgroups
  let method: Analysis.Method
  let multiply: Double
  let target: Double?
  let points: JSON
  let parts: [JSON]
  /// Whether a `Series` can hold it: one row a subgroup, in an order.
  let isSeries: Bool
  private let days: [Day]
  private let y: [Double]
  private let n: [Double]?

  init(_ item: JSON, kind: ChartKind) throws {
    id = try #require(item["id"].text)
    self.kind = kind
    let options = item["options"]
    let x = try #require(item["input"]["x"].array).map { $0.text ?? "\($0.number ?? .nan)" }
    let y = try #require(item["input"]["y"].numbers)
    let n = item["input"]["n"].numbers
    let labels = item["input"]["x"].array?.first?.text
    let areOrdered = labels == nil || labels.flatMap { Day($0) } != nil

    var order: [String] = []
    var rows: [String: [Int]] = [:]
    for (row, label) in x.enumerated() {
      if rows[label] == nil { order.append(label) }
      rows[label, default: []].append(row)
    }
    let groups = order.map { rows[$0] ?? [] }
    let excluded = Set(options["exclude"].integers ?? [])
    let flags = groups.indices.map { excluded.contains($0 + 1) }
    if let n {
      let complete = groups.map { $0.filter { !y[$0].isNaN && !n[$0].isNaN } }
      let numerators = complete.map { $0.isEmpty ? .nan : $0.reduce(0) { $0 + y[$1] } }
      let denominators = complete.map { $0.isEmpty ? .nan : $0.reduce(0) { $0 + n[$1] } }
      subgroups = Subgroups(
        numerators: numerators, denominators: denominators, excluded: flags, areOrdered: areOrdered)
    } else {
      let values = groups.map { Self.aggregate($0.map { y[$0] }.filter { !$0.isNaN }, by: options["agg"].text ?? "") }
      subgroups = Subgroups(values: values, excluded: flags, areOrdered: areOrdered)
    }
    isSeries = areOrdered && groups.count == x.count
    days = order.enumerated().map { Day($1) ?? Day(daysSinceEpoch: 18_000 + $0) }
    self.y = y
    self.n = n
    multiply = try #require(options["multiply"].number)
    target = options["target"].number
    let phaseStarts = options["part"].integers ?? []
    method = Analysis.Method(
      kind: kind, ruleSet: .anhoej,
      // qicharts2 ignores the freeze when there are phases; here both apply.
      freeze: phaseStarts.isEmpty ? options["freeze"].integer : nil,
      phaseStarts: phaseStarts, screensMovingRanges: options["screened_mr"].bool,
      knownCentre: options["cl"].number, cutsLimitsAtZero: options["y_neg"].bool == false)
    points = item["points"]
    parts = try #require(item["parts"].array)
  }

  func series() throws -> Series {
    try Series(
      days.enumerated().map { index, day in
        Series.Point(
          day: day, value: y[index].isNaN ? nil : y[index],
          denominator: n.flatMap { $0[index].isNaN ? nil : $0[index] })
      })
  }

  var spec: ChartSpec {
    ChartSpec(
      kind: kind, ruleSet: .anhoej, direction: .up, target: target, multiplier: multiply, freeze: method.freeze,
      phases: method.phaseStarts, exclusions: Set(subgroups.excluded.indices.filter { subgroups.excluded[$0] }),
      screenMovingRanges: method.screensMovingRanges, knownCentreLine: method.knownCentre.map { $0 * multiply },
      cutsLimitsAtZero: method.cutsLimitsAtZero)
  }

  private static func aggregate(_ values: [Double], by name: String) -> Double {
    guard !values.isEmpty else { return .nan }
    let sum = values.reduce(0, +)
    switch name {
    case "sum": return sum
    case "median":
      var values = values
      return RunChart.median(&values)
    default: return sum / Double(values.count)
    }
  }
}
