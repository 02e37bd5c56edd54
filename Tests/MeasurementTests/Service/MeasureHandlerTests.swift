// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import SPC
import ServiceRuntime
import Testing

@testable import Measurement

@Suite("Listing and changing measures")
struct MeasureHandlerTests {
  private func update(
    _ service: ServiceFixture, _ measure: MeasurementV1.Measure, _ paths: [String] = []
  ) async throws -> MeasurementV1.Measure? {
    try await service.measures.updateMeasure(
      MeasurementV1.UpdateMeasureRequest(measure: measure, updateMask: GoogleProtobuf.FieldMask(paths: paths)),
      context: service.context(MeasurementV1.MeasureServiceMethods.updateMeasure)
    ).measure
  }

  private func list(
    _ service: ServiceFixture, _ request: MeasurementV1.ListMeasuresRequest
  ) async throws -> MeasurementV1.ListMeasuresResponse {
    try await service.measures.listMeasures(
      request, context: service.context(MeasurementV1.MeasureServiceMethods.listMeasures))
  }

  @Test("measures are listed in order of creation, page by page, by project and by id")
  func lists() async throws {
    try await ServiceFixture.run { service in
      var made: [String] = []
      for index in 0..<5 {
        let project = index == 2 ? "project-2" : "project-1"
        made.append(try await service.keep(MeasureDefinition(name: "M\(index)"), project: project).id)
      }
      var listed: [String] = []
      var token = ""
      repeat {
        let page = try await list(service, MeasurementV1.ListMeasuresRequest(pageSize: 2, pageToken: token))
        #expect(page.measures.count <= 2)
        listed += page.measures.map(\.id)
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(listed == made)

      let ofProject = try await list(service, MeasurementV1.ListMeasuresRequest(projectID: "project-2"))
      #expect(ofProject.measures.map(\.id) == [made[2]])
      let byID = try await list(service, MeasurementV1.ListMeasuresRequest(ids: [made[4], "unknown", made[0]]))
      #expect(byID.measures.map(\.id) == [made[0], made[4]])
    }
  }

  @Test("a token of one list is refused by another")
  func foreignToken() async throws {
    try await ServiceFixture.run { service in
      for index in 0..<2 { _ = try await service.keep(MeasureDefinition(name: "M\(index)")) }
      let page = try await list(service, MeasurementV1.ListMeasuresRequest(pageSize: 1))
      let error = try await rpcError {
        _ = try await list(
          service, MeasurementV1.ListMeasuresRequest(pageToken: page.nextPageToken, projectID: "project-1"))
      }
      #expect(error?.fieldViolations.map(\.field) == ["page_token"])
    }
  }

  @Test("an update changes what its mask names and nothing else")
  func updates() async throws {
    try await ServiceFixture.run { service in
      let old = try await service.keep(
        MeasureDefinition(name: "Waits", unit: "%", chartKind: .p, multiplier: 100, target: 5)
      ).message
      var new = old
      new.name = "  Long waits "
      new.unit = "ignored"
      new.target = nil
      let updated = try await update(service, new, ["name", "target"])
      #expect(updated?.name == "Long waits")
      #expect(updated?.unit == "%")
      #expect(updated?.target == nil)
      #expect(updated?.etag != old.etag)
      #expect(updated?.createTime == old.createTime)
      #expect(try await service.events().map(\.kind) == ["measure.created", "measure.updated"])
    }
  }

  @Test("an update that changes nothing keeps the etag and leaves no event")
  func nothingToChange() async throws {
    try await ServiceFixture.run { service in
      let old = try await service.keep(MeasureDefinition(name: "Waits")).message
      let updated = try await update(service, old)
      #expect(updated == old)
      #expect(try await service.events().count == 1)
    }
  }

  @Test("an update with an etag that is no longer right is aborted")
  func stale() async throws {
    try await ServiceFixture.run { service in
      let old = try await service.keep(MeasureDefinition(name: "Waits")).message
      var first = old
      first.name = "First"
      _ = try await update(service, first)
      var second = old
      second.name = "Second"
      let error = try await rpcError { _ = try await update(service, second) }
      #expect(error?.code == .aborted)
      second.etag = ""
      #expect(try await update(service, second)?.name == "Second")
    }
  }

  @Test("unknown measures are not found, and bad masks and fields are violations")
  func refusals() async throws {
    try await ServiceFixture.run { service in
      let old = try await service.keep(MeasureDefinition(name: "Waits")).message
      let missing = try await rpcError {
        _ = try await update(service, MeasurementV1.Measure(id: "none", name: "x"))
      }
      #expect(missing?.code == .notFound)
      let unread = try await rpcError {
        _ = try await service.measures.getMeasure(
          MeasurementV1.GetMeasureRequest(id: "none"),
          context: service.context(MeasurementV1.MeasureServiceMethods.getMeasure))
      }
      #expect(unread?.code == .notFound)
      let mask = try await rpcError { _ = try await update(service, old, ["name", "organisation_id"]) }
      #expect(mask?.fieldViolations.map(\.field) == ["update_mask"])
      var bad = old
      bad.name = ""
      bad.ruleSet = "nelson@1"
      bad.multiplier = -1
      let fields = try await rpcError { _ = try await update(service, bad) }
      #expect(fields?.code == .invalidArgument)
      #expect(fields?.fieldViolations.map(\.field) == ["measure.name", "measure.rule_set", "measure.multiplier"])
      #expect(fields?.fieldViolations[1].description.contains("making-data-count@1") == true)
    }
  }

  @Test("a chart kind that stored observations do not fit is refused with the first that does not")
  func chartKind() async throws {
    try await ServiceFixture.run { service in
      let measure = try await service.keep(MeasureDefinition(name: "Waits"))
      _ = try await service.importing(
        "period,value\n2024-01,1\n2024-02,2\n", options: MeasurementV1.ImportOptions(measureID: measure.id))
      var changed = measure.message
      changed.chartKind = .p
      let error = try await rpcError { _ = try await update(service, changed, ["chart_kind"]) }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("2024-01-01 and of 1 more") == true)
      #expect(error?.message.contains("needs a denominator") == true)
      changed.chartKind = .i
      #expect(try await update(service, changed, ["chart_kind"])?.chartKind == .i)
    }
  }

  struct Field: Sendable, CustomTestStringConvertible {
    var name: String
    var field: String
    var change: @Sendable (inout MeasurementV1.Measure) -> Void
    var testDescription: String { name }
  }

  @Test(
    "a field that cannot be accepted is named",
    arguments: [
      Field(name: "no name", field: "name") { $0.name = " \t" },
      Field(name: "long name", field: "name") { $0.name = String(repeating: "ä", count: 201) },
      Field(name: "line end in a name", field: "name") { $0.name = "a\nb" },
      Field(name: "NUL", field: "unit") { $0.unit = "a\u{0}b" },
      Field(name: "long unit", field: "unit") { $0.unit = String(repeating: "x", count: 51) },
      Field(name: "long definition", field: "operational_definition") {
        $0.operationalDefinition = String(repeating: "x", count: 4001)
      },
      Field(name: "long numerator", field: "numerator_meaning") {
        $0.numeratorMeaning = String(repeating: "x", count: 501)
      },
      Field(name: "long denominator", field: "denominator_meaning") {
        $0.denominatorMeaning = String(repeating: "x", count: 501)
      },
      Field(name: "unknown kind", field: "kind") { $0.kind = .unrecognized(9) },
      Field(name: "unknown direction", field: "direction") { $0.direction = .unrecognized(9) },
      Field(name: "unknown chart kind", field: "chart_kind") { $0.chartKind = .unrecognized(9) },
      Field(name: "unknown rule set", field: "rule_set") { $0.ruleSet = "anhoej@2" },
      Field(name: "infinite multiplier", field: "multiplier") { $0.multiplier = .infinity },
      Field(name: "multiplier NaN", field: "multiplier") { $0.multiplier = .nan },
      Field(name: "target NaN", field: "target") { $0.target = .nan },
    ])
  func badField(_ field: Field) {
    var message = MeasurementV1.Measure(name: "Waits")
    field.change(&message)
    var checks = FieldChecks()
    _ = MeasureDefinition.checked(message, &checks)
    #expect(checks.violations.map(\.field) == ["measure.\(field.field)"])
  }

  @Test("what is not said gets its default")
  func defaults() {
    var checks = FieldChecks()
    let definition = MeasureDefinition.checked(MeasurementV1.Measure(name: "Waits"), &checks)
    #expect(definition.chartKind == .run)
    #expect(definition.ruleSet == "anhoej")
    #expect(definition.multiplier == 1)
    #expect(MeasureDefinition.checked(definition.message, &checks) == definition)
    #expect(checks.violations.isEmpty)
  }
}
