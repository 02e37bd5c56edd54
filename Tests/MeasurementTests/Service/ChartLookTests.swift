// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import RPC
import SPC
import Testing

@testable import Measurement

@Suite("Looks at charts, in pages and with other specifications")
struct ChartLookTests {
  typealias Methods = MeasurementV1.ChartServiceMethods

  /// A measure with values that go up and down for a year of months, and lie higher from then on.
  private func raised(_ service: ServiceFixture, ruleSet: String = "anhoej@1") async throws -> Measure {
    let measure = try await service.keep(
      MeasureDefinition(name: "Seen in time", direction: .up, chartKind: .i, ruleSet: ruleSet))
    let rows = (0..<24).map { index in
      let value = (index < 12 ? 10 : 20) + index % 3
      return "\(2022 + index / 12)-\(index % 12 < 9 ? "0" : "")\(index % 12 + 1),\(value)"
    }
    _ = try await service.importing(
      "period,value\n" + rows.joined(separator: "\n") + "\n", options: .init(measureID: measure.id))
    return measure
  }

  private func chart(
    _ service: ServiceFixture, _ measure: Measure, _ overrides: MeasurementV1.ChartOverrides = .init()
  ) async throws -> MeasurementV1.Chart {
    let answer = try await service.charts.getChart(
      .init(measureID: measure.id, overrides: overrides), context: service.context(Methods.getChart))
    return try #require(answer.chart)
  }

  private func date(_ text: String) -> CommonV1.Date { CommonV1.Date(day(text)) }

  @Test("what a look asks for counts in place of what is stored, and is not stored")
  func overrides() async throws {
    try await ServiceFixture.run { service in
      let measure = try await raised(service)
      let plain = try await chart(service, measure)
      let overrides = MeasurementV1.ChartOverrides(
        direction: .down, targets: .init(steps: [.init(value: 9), .init(from: date("2023-01-01"), value: 8)]),
        baselinePoints: 10, method: .init(individualsWidth: 3.5),
        phases: .init(phases: [.init(start: date("2023-01-01"), reason: "new rota", allPoints: true)]),
        exclusions: .init(exclusions: [.init(period: date("2022-02-01"), reason: "flood")]))
      let look = try await chart(service, measure, overrides)
      #expect(look.phases.map(\.reason) == ["", "new rota"])
      #expect(look.phases.map(\.baselineValues) == [9, 12])
      #expect(look.phases.map(\.trial) == [true, false])
      #expect(look.points[1].excluded && look.points[1].exclusionReason == "flood")
      #expect(look.points.map(\.target) == Array(repeating: 9, count: 12) + Array(repeating: 8, count: 12))
      #expect(look.target == 8)
      #expect(look.direction == .down)
      #expect(look.points[0].nearUpperLimit ?? 0 < look.points[0].upperLimit ?? 0)
      #expect(try await chart(service, measure) == plain)
      #expect(plain.phases.count == 1)
    }
  }

  @Test("every signal says by which rule, on which side and against which lines it was found")
  func signals() async throws {
    try await ServiceFixture.run { service in
      let measure = try await raised(service)
      let chart = try await chart(service, measure)
      let run = try #require(chart.signals.first { $0.rule == "longest-run" && $0.side == .high })
      #expect(run.ruleSet == "anhoej@1")
      #expect(run.meaning == .improvement)
      #expect(run.members == Array(12..<24))
      #expect(run.memberCount == 12)
      #expect(run.lastDay == date("2023-12-01"))
      #expect(run.limits.count == 12)
      #expect(run.limits.first?.centreLine == chart.points[12].centreLine)
      #expect(run.limits.first?.upperLimit == chart.points[12].upperLimit)
      #expect(chart.signals[Int(run.number)] == run)
      let mark = chart.points[20].mark
      #expect(mark?.side == .high)
      #expect(chart.phases.first?.runs?.longestRun == 12)
    }
  }

  struct BadLook: Sendable, CustomTestStringConvertible {
    var name: String
    var code: RPCError.Code
    var field: String
    var overrides: MeasurementV1.ChartOverrides
    var testDescription: String { name }
  }

  private static func phase(_ text: String) -> MeasurementV1.PhaseOverride { .init(start: CommonV1.Date(day(text))) }

  @Test(
    "a look that is not possible names the field",
    arguments: [
      BadLook(
        name: "phase before the second point", code: .failedPrecondition, field: "overrides.phases.phases[1].start",
        overrides: .init(phases: .init(phases: [phase("2023-01-01"), phase("2022-01-01")]))),
      BadLook(
        name: "phase after the last point", code: .failedPrecondition, field: "overrides.phases.phases[0].start",
        overrides: .init(phases: .init(phases: [phase("2024-01-01")]))),
      BadLook(
        name: "empty phase", code: .failedPrecondition, field: "overrides.phases.phases[1].start",
        overrides: .init(phases: .init(phases: [phase("2022-12-15"), phase("2023-01-01")]))),
      BadLook(
        name: "exclusion of no point", code: .failedPrecondition, field: "overrides.exclusions.exclusions[0].period",
        overrides: .init(exclusions: .init(exclusions: [.init(period: CommonV1.Date(day("2022-02-03")))]))),
      BadLook(
        name: "exclusion without a day", code: .invalidArgument, field: "overrides.exclusions.exclusions[0].period",
        overrides: .init(exclusions: .init(exclusions: [.init()]))),
      BadLook(
        name: "no baseline", code: .invalidArgument, field: "overrides.baseline_points",
        overrides: .init(baselinePoints: -1)),
      BadLook(
        name: "no direction", code: .invalidArgument, field: "overrides.direction",
        overrides: .init(direction: .unrecognized(8))),
    ])
  func badLooks(_ bad: BadLook) async throws {
    try await ServiceFixture.run { service in
      let measure = try await raised(service)
      let error = try await rpcError { _ = try await chart(service, measure, bad.overrides) }
      #expect(error?.code == bad.code)
      #expect(error?.fieldViolations.map(\.field) == [bad.field])
    }
  }

  @Test("a chart in pages says what it says in one", arguments: [1, 7, 24, 100] as [Int32])
  func pages(size: Int32) async throws {
    try await ServiceFixture.run { service in
      let measure = try await raised(service)
      let whole = try await chart(service, measure)
      var points: [MeasurementV1.ChartPoint] = []
      var members: [Int32: [Int32]] = [:]
      var token = ""
      repeat {
        let page = try await service.charts.getChart(
          .init(measureID: measure.id, overrides: .init(), pageSize: size, pageToken: token),
          context: service.context(Methods.getChart))
        let part = try #require(page.chart)
        #expect(part.firstPoint == Int32(points.count))
        #expect(part.pointCount == 24)
        #expect(part.phases == whole.phases)
        #expect(part.summary == whole.summary)
        #expect(part.signalCount == Int32(whole.signals.count))
        points += part.points
        for signal in part.signals { members[signal.number, default: []] += signal.members }
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(points == whole.points)
      #expect(whole.signals.map { members[$0.number] } == whole.signals.map { $0.members })
    }
  }

  @Test("a page of a chart that has changed since is refused, as is one of another look")
  func stalePage() async throws {
    try await ServiceFixture.run { service in
      let measure = try await raised(service)
      func page(_ token: String, _ kind: MeasurementV1.ChartKind = .unspecified) async throws -> String {
        try await service.charts.getChart(
          .init(measureID: measure.id, kind: kind, pageSize: 5, pageToken: token),
          context: service.context(Methods.getChart)
        ).nextPageToken
      }
      let token = try await page("")
      let other = try await rpcError { _ = try await page(token, .run) }
      #expect(other?.fieldViolations.map(\.field) == ["page_token"])
      _ = try await service.importing("period,value\n2024-01,9\n", options: .init(measureID: measure.id))
      let stale = try await rpcError { _ = try await page(token) }
      #expect(stale?.code == .aborted)
    }
  }

  @Test("a chart of tens of thousands of points comes in pages that fit into messages")
  func large() async throws {
    let note = String(repeating: "ä", count: 500)
    let observations = (0..<30_000).map {
      Observation(day: Day(daysSinceEpoch: $0), value: Double($0 % 7), note: $0 % 2 == 0 ? note : "")
    }
    let measure = Measure(
      id: "m", organisationID: "o", projectID: "p", definition: MeasureDefinition(name: "Long", chartKind: .i),
      createTime: ServiceFixture.noon, updateTime: ServiceFixture.noon)
    let inputs = ChartInputs(measure: measure, look: ChartLook(), observations: observations, judgements: [])
    let chart = try inputs.chart()
    var page = ChartPage()
    page.size = ChartPage.largestSize
    while page.start < 30_000 {
      let points = page.points(of: chart)
      #expect(!points.isEmpty)
      let message = MeasurementV1.Chart(chart, of: measure, points: points)
      #expect(try message.serialized().count < 3_500_000)
      page.start = points.upperBound
    }
    #expect(page.start == 30_000)
  }

  @Test("a lasting shift suggests a phase, with its evidence")
  func suggestions() async throws {
    try await ServiceFixture.run { service in
      let measure = try await raised(service)
      let answer = try await service.charts.suggestPhases(
        .init(measureID: measure.id), context: service.context(Methods.suggestPhases))
      let suggestion = try #require(answer.suggestions.first)
      #expect(suggestion.start == date("2023-01-01"))
      #expect(suggestion.point == 12)
      #expect(suggestion.before == 11 && suggestion.after == 21)
      #expect(suggestion.evidence.contains { $0.rule == "longest-run" })
      #expect(suggestion.meaning == .improvement)
      // Once the phase is there, nothing more speaks for one.
      let after = try await service.charts.suggestPhases(
        .init(measureID: measure.id, overrides: .init(phases: .init(phases: [Self.phase("2023-01-01")]))),
        context: service.context(Methods.suggestPhases))
      #expect(after.suggestions.isEmpty)
    }
  }

  @Test(
    "a chart is recommended from the values, or from what they are said to be",
    arguments: [
      (MeasurementV1.DataNature.unspecified, MeasurementV1.ChartKind.c), (.measurement, .i), (.timeBetween, .t),
    ])
  func recommendation(nature: MeasurementV1.DataNature, kind: MeasurementV1.ChartKind) async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Falls"))
      let counts = [3, 5, 4, 6, 2, 5, 4, 3, 6, 5, 4, 3, 5, 4]
      let rows = counts.enumerated().map { "2023-01-\($0.offset < 9 ? "0" : "")\($0.offset + 1),\($0.element)" }
      _ = try await service.importing(
        "date,value\n" + rows.joined(separator: "\n") + "\n", options: .init(measureID: measure.id))
      let answer = try await service.charts.recommendChart(
        .init(measureID: measure.id, nature: nature), context: service.context(Methods.recommendChart))
      #expect(answer.kind == kind)
      #expect(!answer.reasons.isEmpty)
      if nature != .unspecified { #expect(answer.nature == nature) }
    }
  }

  @Test("all rule sets are listed with rules, treatment and source, one version of each as the latest")
  func ruleSets() async throws {
    try await ServiceFixture.run { service in
      let listed = try await service.charts.listRuleSets(
        .init(), context: service.context(Methods.listRuleSets)
      ).ruleSets
      #expect(Set(listed.map(\.id)) == Set(RuleSet.available.map(\.id.description)))
      for ruleSet in listed {
        #expect(!ruleSet.rules.isEmpty && !ruleSet.source.isEmpty && !ruleSet.title.isEmpty)
        #expect(ruleSet.rules.allSatisfy { $0.pattern != .unspecified && !$0.description.isEmpty })
        #expect(ruleSet.treatment?.centreLine != .unspecified)
        #expect(listed.filter { $0.name == ruleSet.name && $0.latest }.count == 1)
        #expect(try RuleSet.named(ruleSet.name).id.description == listed.last { $0.name == ruleSet.name }?.id)
      }
      let making = listed.filter { $0.name == "making-data-count" }
      #expect(making.map(\.version) == making.map(\.version).sorted())
      #expect(making.contains { $0.iconsMinimumPoints > 0 })
    }
  }
}
