// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import Testing

@testable import Measurement

@Suite("Phases, exclusions and annotations")
struct JudgementHandlerTests {
  typealias Methods = MeasurementV1.JudgementServiceMethods

  /// A measure with a value of 10 or 11 for each month of 2022 and 2023.
  private func measured(_ service: ServiceFixture) async throws -> Measure {
    let measure = try await service.keep(MeasureDefinition(name: "Waits", chartKind: .i))
    let rows = (0..<24).map { "\(2022 + $0 / 12)-\($0 % 12 < 9 ? "0" : "")\($0 % 12 + 1),\(10 + $0 % 2)" }
    let report = try await service.importing(
      "period,value\n" + rows.joined(separator: "\n") + "\n", options: .init(measureID: measure.id))
    #expect(report.rowsAdded == 24)
    return measure
  }

  private func phase(
    _ service: ServiceFixture, _ measure: Measure, _ start: String, reason: String = "new triage", request: String = "",
    points: Int32 = 0, all: Bool = false
  ) async throws -> MeasurementV1.Phase? {
    try await service.judgements.createPhase(
      .init(
        measureID: measure.id, start: CommonV1.Date(day(start)), baselinePoints: points, allPoints: all, reason: reason,
        requestID: request),
      context: service.context(Methods.createPhase)
    ).phase
  }

  private func exclusion(
    _ service: ServiceFixture, _ measure: Measure, _ period: String, reason: String = "strike", request: String = ""
  ) async throws -> MeasurementV1.Exclusion? {
    try await service.judgements.createExclusion(
      .init(measureID: measure.id, period: CommonV1.Date(day(period)), reason: reason, requestID: request),
      context: service.context(Methods.createExclusion)
    ).exclusion
  }

  private func phases(_ service: ServiceFixture, _ measure: Measure, all: Bool) async throws -> [MeasurementV1.Phase] {
    try await service.judgements.listPhases(
      .init(measureID: measure.id, showDeleted: all), context: service.context(Methods.listPhases)
    ).phases
  }

  private func chart(_ service: ServiceFixture, _ measure: Measure) async throws -> MeasurementV1.Chart? {
    try await service.charts.getChart(
      .init(measureID: measure.id), context: service.context(MeasurementV1.ChartServiceMethods.getChart)
    ).chart
  }

  private func version(_ service: ServiceFixture, _ measure: Measure) async throws -> Int64? {
    try await service.measures.store.measure(measure.id)?.chartVersion
  }

  @Test("a phase is kept with who and why, parts the chart, and is an event")
  func phaseKept() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      let before = try await version(service, measure)
      let made = try #require(try await phase(service, measure, "2022-12-15", points: 8))
      #expect(made.created?.actor == "anonymous")
      #expect(made.created?.reason == "new triage")
      #expect(made.deleted == nil)
      #expect(made.baselinePoints == 8)
      let chart = try await chart(service, measure)
      #expect(chart?.phases.map(\.firstPoint) == [0, 12])
      #expect(chart?.phases.map(\.reason) == ["", "new triage"])
      #expect(chart?.phases.map(\.baselineValues) == [12, 8])
      #expect(try await version(service, measure) == (before ?? 0) + 1)
      let event = try await service.events().last
      #expect(event?.kind == "phase.created")
      #expect(event?.object == made.id)
      #expect(event?.after.contains("new triage") == true)
    }
  }

  @Test("an excluded point stays in the chart with the reason and sets no line")
  func exclusionKept() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      let made = try #require(try await exclusion(service, measure, "2022-03-01"))
      let point = try await chart(service, measure)?.points[2]
      #expect(point?.excluded == true)
      #expect(point?.exclusionReason == "strike")
      #expect(point?.baseline == false)
      #expect(point?.value == 10)
      _ = try await service.judgements.deleteExclusion(
        .init(id: made.id, reason: "it was no strike"), context: service.context(Methods.deleteExclusion))
      #expect(try await chart(service, measure)?.points[2].excluded == false)
    }
  }

  @Test("what is taken back is no part of the chart, and stays in the history with both reasons")
  func takenBack() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      let first = try #require(try await phase(service, measure, "2022-12-01"))
      let second = try #require(try await phase(service, measure, "2023-06-01", all: true))
      let removed = try await service.judgements.deletePhase(
        .init(id: first.id, reason: "it did not last", requestID: "r1"), context: service.context(Methods.deletePhase)
      ).phase
      #expect(removed?.created == first.created)
      #expect(removed?.deleted?.reason == "it did not last")
      #expect(removed?.deleted?.actor == "anonymous")
      #expect(try await phases(service, measure, all: false) == [second])
      #expect(try await phases(service, measure, all: true) == [try #require(removed), second])
      #expect(try await chart(service, measure)?.phases.map(\.firstPoint) == [0, 17])
      #expect(try await service.events().map(\.kind).suffix(3) == ["phase.created", "phase.created", "phase.deleted"])
      // Its place is free again.
      #expect(try await phase(service, measure, "2022-12-01") != nil)
    }
  }

  @Test("a request that is repeated does what it did the first time, and nothing more")
  func idempotent() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      let made = try #require(try await phase(service, measure, "2022-12-01", request: "r1"))
      let events = try await service.events().count
      #expect(try await phase(service, measure, "2022-12-01", request: "r1") == made)
      #expect(
        try await exclusion(service, measure, "2022-03-01", request: "r1") != nil, "another kind, another request")
      let delete = MeasurementV1.DeletePhaseRequest(id: made.id, reason: "it did not last", requestID: "r2")
      let context = service.context(Methods.deletePhase)
      let removed = try await service.judgements.deletePhase(delete, context: context)
      #expect(try await service.judgements.deletePhase(delete, context: context) == removed)
      #expect(try await service.events().count == events + 2)
      let other = try await rpcError {
        _ = try await service.judgements.deletePhase(
          .init(id: made.id, reason: "once more", requestID: "r3"), context: context)
      }
      #expect(other?.code == .notFound)
    }
  }

  @Test(
    "a phase that would be empty or begins before the second point is refused",
    arguments: ["2021-05-01", "2022-01-01", "2023-12-02", "2022-11-02"])
  func phaseRefused(start: String) async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      _ = try await phase(service, measure, "2022-12-01")
      let error = try await rpcError { _ = try await phase(service, measure, start) }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.fieldViolations.map(\.field) == ["start"])
      #expect(try await phases(service, measure, all: true).count == 1)
    }
  }

  @Test("an exclusion of a period without an observation, or of one left out already, is refused")
  func exclusionRefused() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      _ = try await exclusion(service, measure, "2022-03-01")
      for period in ["2022-03-02", "2022-03-01"] {
        let error = try await rpcError { _ = try await exclusion(service, measure, period) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.fieldViolations.map(\.field) == ["period"])
      }
    }
  }

  @Test("a reason is required, and what is no date, id or baseline is named")
  func violations() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      let phase = try await rpcError {
        _ = try await service.judgements.createPhase(
          .init(measureID: measure.id, baselinePoints: -3, reason: " ", requestID: "a b"),
          context: service.context(Methods.createPhase))
      }
      #expect(phase?.code == .invalidArgument)
      #expect(phase?.fieldViolations.map(\.field) == ["start", "reason", "baseline_points", "request_id"])
      let long = try await rpcError {
        _ = try await exclusion(service, measure, "2022-03-01", reason: String(repeating: "x", count: 501))
      }
      #expect(long?.fieldViolations.map(\.field) == ["reason"])
      let delete = try await rpcError {
        _ = try await service.judgements.deleteExclusion(.init(), context: service.context(Methods.deleteExclusion))
      }
      #expect(delete?.fieldViolations.map(\.field) == ["id", "reason"])
      let unknown = try await rpcError {
        _ = try await service.judgements.deletePhase(
          .init(id: "none", reason: "x"), context: service.context(Methods.deletePhase))
      }
      #expect(unknown?.code == .notFound)
      var stranger = measure
      stranger.id = "none"
      let missing = try await rpcError { _ = try await exclusion(service, stranger, "2022-03-01") }
      #expect(missing?.code == .notFound)
    }
  }

  @Test("an annotation outlives the value of its day")
  func annotation() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      let made = try await service.judgements.createAnnotation(
        .init(
          measureID: measure.id, day: CommonV1.Date(day("2022-03-01")), kind: .pdsa,
          text: "Second test of the desk",
          reference: "cycle-2", requestID: "r1"),
        context: service.context(Methods.createAnnotation)
      ).annotation
      let report = try await service.importing(
        "period,value\n2022-03,99\n", options: .init(measureID: measure.id, replace: true))
      #expect(report.rowsReplaced == 1)
      let chart = try await chart(service, measure)
      #expect(chart?.points[2].value == 99)
      #expect(chart?.annotations == [try #require(made)])
      let listed = try await service.judgements.listAnnotations(
        .init(measureID: measure.id), context: service.context(Methods.listAnnotations))
      #expect(listed.annotations == chart?.annotations)
      _ = try await service.judgements.deleteAnnotation(
        .init(id: made?.id ?? "", reason: "wrong day"), context: service.context(Methods.deleteAnnotation))
      #expect(try await self.chart(service, measure)?.annotations.isEmpty == true)
    }
  }

  @Test("a history is read page by page, and its tokens belong to it")
  func pages() async throws {
    try await ServiceFixture.run { service in
      let measure = try await measured(service)
      for month in 2...6 { _ = try await exclusion(service, measure, "2022-0\(month)-01") }
      var days: [Int32] = []
      var token = ""
      repeat {
        let page = try await service.judgements.listExclusions(
          .init(measureID: measure.id, pageSize: 2, pageToken: token),
          context: service.context(Methods.listExclusions))
        days += page.exclusions.compactMap(\.period?.month)
        let foreign = page.nextPageToken
        if !foreign.isEmpty {
          let error = try await rpcError {
            _ = try await service.judgements.listPhases(
              .init(measureID: measure.id, pageToken: foreign), context: service.context(Methods.listPhases))
          }
          #expect(error?.fieldViolations.map(\.field) == ["page_token"])
        }
        token = foreign
      } while !token.isEmpty
      #expect(days == [2, 3, 4, 5, 6])
    }
  }
}
