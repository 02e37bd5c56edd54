// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SPC

@Suite("charts as documents")
struct ChartCodingTests {
  static func read(_ data: Data) throws -> Chart { try JSONDecoder().decode(Chart.self, from: data) }

  @Test("what is written is read back without loss", arguments: LawTests.kinds)
  func roundTrip(kind: ChartKind, rules: RuleSet) throws {
    for seed in 1...6 {
      let series = try LawTests.series(UInt64(seed), count: seed * 9, kind: kind)
      let spec = ChartSpec(
        kind: kind, ruleSet: rules, direction: .down,
        targets: Targets(
          steps: [.init(value: 3), .init(from: series.days[3], value: 4)],
          trajectory: [.init(day: series.days[0], value: 1)]),
        multiplier: 100.0 / 3, unit: "%", baseline: seed % 2 == 0 ? .first(12) : .points([1, 2, 3]),
        phases: seed > 3 ? [PhaseStart(index: 20, reason: "“New” pathway", baseline: .all)] : [],
        exclusions: [2: "broken lift", 5: ""], method: ChartMethod(cutsLimitsAtZero: true))
      let chart = try Chart(series, spec: spec)
      let again = try Self.read(JSONEncoder().encode(chart))
      #expect(again == chart)
      #expect(again.summary == chart.summary && again.sentences == chart.sentences && again.cautions == chart.cautions)
    }
  }

  @Test("empty charts and numbers without bound are no exception")
  func extremes() throws {
    let empty = try Chart(Series(), spec: ChartSpec(kind: .p))
    #expect(try Self.read(JSONEncoder().encode(empty)) == empty)
    let tiny = try BadInputTests.series([1e-300, 0, 1e-300], over: [.leastNonzeroMagnitude, 1, 1])
    let chart = try Chart(tiny, spec: ChartSpec(kind: .u))
    #expect(try Self.read(JSONEncoder().encode(chart)) == chart)
  }

  @Test("a document that does not hold together is refused, whatever is wrong")
  func damaged() throws {
    let series = try LawTests.series(3, count: 40, kind: .p)
    let chart = try Chart(series, spec: ChartSpec(kind: .p, ruleSet: .nelson, phases: [20]))
    try #require(!chart.signals.isEmpty)
    let whole = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(chart)) as? [String: Any])
    func refuses(_ change: (inout [String: Any]) -> Void) throws {
      var document = whole
      change(&document)
      let data = try JSONSerialization.data(withJSONObject: document)
      #expect(throws: DecodingError.self) { try Self.read(data) }
    }
    try refuses { $0["phases"] = [] }
    try refuses { $0["points"] = [] }
    for members in [[], [-1], [0, 40], [3, 2], [Int.max]] as [[Int]] {
      try refuses { document in
        var signals = document["signals"] as? [[String: Any]] ?? []
        signals[0]["members"] = members
        document["signals"] = signals
      }
    }
    try refuses { document in
      var signals = document["signals"] as? [[String: Any]] ?? []
      signals[0]["phase"] = 2
      document["signals"] = signals
    }
    try refuses { document in
      var points = document["points"] as? [[String: Any]] ?? []
      points[1]["date"] = "1999-01-01"
      document["points"] = points
    }
    try refuses { document in
      var spec = document["spec"] as? [String: Any] ?? [:]
      spec["multiplier"] = 0
      document["spec"] = spec
    }
  }
}
