// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Storage
import Testing

@Suite("The measurement service over the wire")
struct WireTests {
  private let waits = MeasurementV1.Measure(projectID: "project-1", name: "Waits", chartKind: .p)

  @Test("a measure gets its organisation from the project, and can be read again")
  func create() async throws {
    try await WireFixture.run { service in
      let made = try await service.create(waits)
      #expect(UUIDv7.isValid(made.id))
      #expect(made.organisationID == "organisation-1")
      #expect(made.ruleSet == "anhoej@1")
      #expect(made.multiplier == 1)
      #expect(made.createTime?.isValid == true)
      #expect(!made.etag.isEmpty)
      let read = try await service.measures.getMeasure(MeasurementV1.GetMeasureRequest(id: made.id)).measure
      #expect(read == made)
      let listed = try await service.measures.listMeasures(
        MeasurementV1.ListMeasuresRequest(projectID: "project-1"))
      #expect(listed.measures == [made])
    }
  }

  @Test("a project that does not exist and an organisation that is not the project's are violations")
  func wrongReferences() async throws {
    try await WireFixture.run { service in
      var unknown = waits
      unknown.projectID = "project-2"
      var foreign = waits
      foreign.organisationID = "organisation-2"
      for (measure, field) in [(unknown, "measure.project_id"), (foreign, "measure.organisation_id")] {
        let error = try await rpcError { _ = try await service.create(measure) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.fieldViolations.map(\.field) == [field])
      }
      #expect(try await service.count("measures") == 0)
      #expect(try await service.count("events") == 0)
    }
  }

  @Test("every field that cannot be accepted is named at once")
  func violations() async throws {
    try await WireFixture.run { service in
      let error = try await rpcError {
        _ = try await service.create(
          MeasurementV1.Measure(unit: "a\u{7}", ruleSet: "nelson@99", multiplier: -1), request: "ä")
      }
      #expect(error?.code == .invalidArgument)
      #expect(
        error?.fieldViolations.map(\.field) == [
          "request_id", "measure.project_id", "measure.name", "measure.unit", "measure.rule_set",
          "measure.multiplier",
        ])
    }
  }

  @Test("nothing is created while the projects service cannot be asked")
  func projectsAway() async throws {
    try await WireFixture.run { service in
      await service.stopProjects()
      let error = try await rpcError { _ = try await service.create(waits) }
      #expect(error?.code == .unavailable)
      #expect(try await service.count("measures") == 0)
      #expect(try await service.count("events") == 0)
    }
  }

  @Test("nothing is created when the projects service fails")
  func projectsFail() async throws {
    let failing = FewProjects(failure: RPCError(code: .internalError, message: "disk full"))
    try await WireFixture.run(projects: failing) { service in
      let error = try await rpcError { _ = try await service.create(waits) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("disk full") == true)
      #expect(try await service.count("measures") == 0)
    }
  }

  @Test("a request that is repeated makes one measure, also at the same time and without the projects service")
  func repeated() async throws {
    try await WireFixture.run { service in
      let ids = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 { group.addTask { try await service.create(waits, request: "once").id } }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      #expect(try await service.count("measures") == 1)
      #expect(try await service.count("events") == 1)
      await service.stopProjects()
      #expect(try await service.create(waits, request: "once").id == ids.first)
    }
  }

  @Test("a file in many pieces is imported, and its chart can be drawn")
  func importAndDraw() async throws {
    try await WireFixture.run { service in
      let measure = try await service.create(waits)
      let rows = (1...12).map { "2024-\($0 < 10 ? "0" : "")\($0),\($0),100\n" }.joined()
      let report = try await service.observations.importObservations { writer in
        try await writer.write(
          MeasurementV1.ImportObservationsRequest(part: .options(MeasurementV1.ImportOptions(measureID: measure.id))))
        for byte in Array("period,value,n\n\(rows)".utf8) {
          try await writer.write(MeasurementV1.ImportObservationsRequest(part: .chunk([byte])))
        }
      }
      #expect(report.accepted)
      #expect(report.rowsAdded == 12)
      let drawn = try await service.charts.renderChart(
        MeasurementV1.RenderChartRequest(measureID: measure.id, width: 400, height: 300))
      #expect(drawn.svg.hasPrefix("<svg"))
      #expect(drawn.svg.contains("Waits"))
      #expect(drawn.svg.contains(#"width="400""#))
      #expect(drawn.chart?.points.count == 12)
      let error = try await rpcError {
        _ = try await service.charts.renderChart(
          MeasurementV1.RenderChartRequest(measureID: measure.id, width: 199, height: 4001))
      }
      #expect(error?.fieldViolations.map(\.field) == ["width", "height"])
    }
  }

  private struct GivenUp: Error {}

  @Test("an import that is given up midway writes nothing")
  func givenUp() async throws {
    try await WireFixture.run { service in
      let measure = try await service.create(waits)
      await #expect(throws: GivenUp.self) {
        _ = try await service.observations.importObservations { writer in
          try await writer.write(
            MeasurementV1.ImportObservationsRequest(
              part: .options(MeasurementV1.ImportOptions(measureID: measure.id, allowPartial: true))))
          try await writer.write(
            MeasurementV1.ImportObservationsRequest(part: .chunk(Array("period,value,n\n2024-01,1,2\n".utf8))))
          throw GivenUp()
        }
      }
      await service.stop()
      #expect(try await service.count("observations") == 0)
      #expect(try await service.count("events") == 1)
    }
  }

  @Test("an import into a measure that does not exist ends early, however much is still to come")
  func unknownMeasure() async throws {
    try await WireFixture.run { service in
      let error = try await rpcError {
        _ = try await service.observations.importObservations { writer in
          try await writer.write(
            MeasurementV1.ImportObservationsRequest(part: .options(MeasurementV1.ImportOptions(measureID: "none"))))
          while true {
            try await writer.write(
              MeasurementV1.ImportObservationsRequest(part: .chunk([UInt8](repeating: 10, count: 65_536))))
          }
        }
      }
      #expect(error?.code == .notFound)
    }
  }
}
