// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import Testing

@testable import Measurement

@Suite("Charts of measures")
struct ChartHandlerTests {
  private func chart(
    _ service: ServiceFixture, _ measure: Measure, kind: MeasurementV1.ChartKind = .unspecified, ruleSet: String = ""
  ) async throws -> MeasurementV1.Chart? {
    try await service.charts.getChart(
      MeasurementV1.GetChartRequest(measureID: measure.id, kind: kind, ruleSet: ruleSet),
      context: service.context(MeasurementV1.ChartServiceMethods.getChart)
    ).chart
  }

  /// Twelve months of 10 out of 100 and then twelve of 5 out of 100.
  private var improvement: String {
    let rows = (0..<24).map { index in
      "\(2022 + index / 12)-\(index % 12 < 9 ? "0" : "")\(index % 12 + 1),\(index < 12 ? 10 + index % 2 : 5 - index % 2),100"
    }
    return "period,value,n\n" + rows.joined(separator: "\n") + "\n"
  }

  private func improved(_ service: ServiceFixture) async throws -> Measure {
    let measure = try await service.keep(
      MeasureDefinition(
        name: "Waits", unit: "%", direction: .down, chartKind: .p, ruleSet: "making-data-count@1", multiplier: 100,
        targets: 8))
    let report = try await service.importing(
      improvement, options: MeasurementV1.ImportOptions(measureID: measure.id))
    #expect(report.rowsAdded == 24)
    return measure
  }

  @Test("a chart carries every number, signal and word that was computed")
  func numbers() async throws {
    try await ServiceFixture.run { service in
      let measure = try await improved(service)
      let chart = try await chart(service, measure)
      #expect(chart?.measureID == measure.id)
      #expect(chart?.kind == .p)
      #expect(chart?.ruleSet == "making-data-count@1")
      #expect(chart?.title == "Waits")
      #expect(chart?.unit == "%")
      #expect(chart?.target == 8)
      #expect(chart?.points.count == 24)
      #expect(chart?.points.first?.value == 10)
      #expect(chart?.points.first?.denominator == 100)
      #expect(chart?.points.first?.centreLine == 7.5)
      #expect(chart?.points.first?.upperLimit ?? 0 > 7.5)
      #expect(chart?.variation == .improvementLow)
      #expect(chart?.usefulPoints == 24)
      #expect(chart?.longestRun == 12)
      #expect(chart?.crossings == 1)
      #expect(chart?.summary.isEmpty == false)
      let shift = chart?.signals.first { $0.rule == "shift" && $0.meaning == .improvement }
      #expect(shift?.members == Array(12..<24))
      let index = chart?.signals.firstIndex { $0.rule == "shift" && $0.meaning == .improvement } ?? -1
      #expect(chart?.points.last?.signals.contains(Int32(index)) == true)
    }
  }

  @Test(
    "a month without a row, with an empty cell and with a mark for no value is one thing, and breaks the moving range",
    arguments: [nil, "2020-05,", "2020-05,-", "2020-05,n/a"])
  func gap(row: String?) async throws {
    var rows = """
      2020-01,50.4
      2020-02,55.0
      2020-03,46.3
      2020-04,54.0
      2020-06,49.0
      2020-07,49.0
      2020-08,57.6
      2020-09,50.6
      2021-01,49.8
      2021-02,52.9
      2021-03,54.5
      2021-04,49.9
      2021-05,52.4
      2021-06,46.1
      2021-07,48.5
      2021-08,48.2
      """.split(separator: "\n").map(String.init)
    if let row { rows.insert(row, at: 4) }
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Waits", chartKind: .i, ruleSet: "anhoej@1"))
      let report = try await service.importing(
        "month,value\n" + rows.joined(separator: "\n") + "\n",
        options: MeasurementV1.ImportOptions(measureID: measure.id))
      #expect(report.accepted)
      let chart = try #require(try await chart(service, measure))
      let last = try #require(chart.points.last)
      #expect(abs((last.lowerLimit ?? 0) - 39.1) < 0.05, "\(last)")
      #expect(abs((last.upperLimit ?? 0) - 62.6) < 0.05, "\(last)")
      #expect(chart.cautions.contains { $0.contains("May 2020") }, "\(chart.cautions)")
    }
  }

  @Test("kind and rule set of a measure give way to those asked for")
  func overrides() async throws {
    try await ServiceFixture.run { service in
      let measure = try await improved(service)
      let chart = try await chart(service, measure, kind: .run, ruleSet: "anhoej@1")
      #expect(chart?.kind == .run)
      #expect(chart?.ruleSet == "anhoej@1")
      #expect(chart?.points.first?.upperLimit == nil)
      #expect(chart?.variation == .unspecified)
      #expect(chart?.signals.contains { $0.rule == "longest-run" } == true)
    }
  }

  @Test("unknown rule sets and kinds are violations that say what is known")
  func unknown() async throws {
    try await ServiceFixture.run { service in
      let measure = try await improved(service)
      let error = try await rpcError {
        _ = try await chart(service, measure, kind: .unrecognized(77), ruleSet: "shewhart")
      }
      #expect(error?.code == .invalidArgument)
      #expect(error?.fieldViolations.map(\.field) == ["kind", "rule_set"])
      #expect(error?.fieldViolations.last?.description.contains("anhoej, anhoej-best-box") == true)
    }
  }

  @Test("a kind that needs denominators is refused for data without them")
  func denominators() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Falls"))
      _ = try await service.importing(
        "period,value\n2024-01,1\n2024-02,2\n", options: MeasurementV1.ImportOptions(measureID: measure.id))
      let error = try await rpcError { _ = try await chart(service, measure, kind: .u) }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("denominator") == true)
    }
  }

  @Test("a measure without observations has a chart without points", arguments: ChartKind.allCases)
  func empty(kind: ChartKind) async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Falls", chartKind: kind))
      let chart = try await chart(service, measure)
      #expect(chart?.points.isEmpty == true)
      #expect(chart?.kind == MeasurementV1.ChartKind(kind))
    }
  }

  @Test("a measure that does not exist is not found")
  func notFound() async throws {
    try await ServiceFixture.run { service in
      let error = try await rpcError {
        _ = try await service.charts.getChart(
          MeasurementV1.GetChartRequest(measureID: "none"),
          context: service.context(MeasurementV1.ChartServiceMethods.getChart))
      }
      #expect(error?.code == .notFound)
    }
  }
}
