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
        MeasureDefinition(name: "Waits", unit: "%", chartKind: .p, multiplier: 100, targets: 5)
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
      bad.ruleSet = "nelson@77"
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
      Field(name: "target step NaN", field: "targets.steps[1].value") {
        $0.targets = MeasurementV1.Targets(steps: [.init(value: 1), .init(value: .nan)])
      },
      Field(name: "target step without a day of the calendar", field: "targets.steps[0].from") {
        let noDay = CommonV1.Date(year: 2024, month: 2, day: 30)
        $0.targets = MeasurementV1.Targets(steps: [.init(from: noDay, value: 1)])
      },
      Field(name: "milestone without a day", field: "targets.trajectory[0].day") {
        $0.targets = MeasurementV1.Targets(trajectory: [.init(value: 1)])
      },
      Field(name: "negative baseline", field: "baseline_points") { $0.baselinePoints = -1 },
      Field(name: "baseline shorter than the rule set allows", field: "baseline_points") {
        $0.ruleSet = "making-data-count@1"
        $0.baselinePoints = 2
      },
      Field(name: "width of 0", field: "method.individuals_width") {
        $0.method = MeasurementV1.ChartMethod(individualsWidth: 0)
      },
      Field(name: "unknown centre", field: "method.geometric_centre") {
        $0.method = MeasurementV1.ChartMethod(geometricCentre: .unrecognized(7))
      },
      Field(name: "known centre line NaN", field: "known_centre_line") { $0.knownCentreLine = .nan },
      Field(name: "kind for subgroups", field: "chart_kind") { $0.chartKind = .xBar },
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
    #expect(definition.ruleSet == "anhoej@1")
    #expect(definition.multiplier == 1)
    #expect(MeasureDefinition.checked(definition.message, &checks) == definition)
    #expect(checks.violations.isEmpty)
  }

  @Test(
    "a rule set is kept with its version",
    arguments: [
      ("", "anhoej@1"), ("anhoej", "anhoej@1"), ("anhoej@1", "anhoej@1"),
      ("making-data-count", RuleSet.makingDataCount.id.description), ("making-data-count@1", "making-data-count@1"),
    ])
  func versions(written: String, kept: String) {
    var checks = FieldChecks()
    let definition = MeasureDefinition.checked(MeasurementV1.Measure(name: "Waits", ruleSet: written), &checks)
    #expect(definition.ruleSet == kept)
    #expect(checks.violations.isEmpty)
  }

  @Test("a whole specification comes back as it was written")
  func specification() async throws {
    try await ServiceFixture.run { service in
      let made = try await service.keep(MeasureDefinition(name: "Waits")).message
      var new = made
      new.chartKind = .iPrime
      new.ruleSet = "nelson@1"
      new.targets = MeasurementV1.Targets(
        steps: [.init(value: 12.1), .init(from: CommonV1.Date(day("2024-04-01")), value: 8.3)],
        trajectory: [
          .init(day: CommonV1.Date(day("2024-01-01")), value: 12),
          .init(day: CommonV1.Date(day("2024-12-01")), value: 0.1),
        ])
      new.baselinePoints = 20
      new.method = MeasurementV1.ChartMethod(
        screensMovingRanges: false, individualsWidth: 2.66, cutsLimitsAtZero: true, keepsSigmaZAtLeastOne: true,
        geometricCentre: .mean, countsEmptySubgroups: true)
      new.knownCentreLine = 0.1 + 0.2
      let updated = try #require(try await update(service, new))
      #expect(updated.target == 8.3, "the step in force on the day of reading")
      new.target = 8.3
      new.etag = updated.etag
      new.updateTime = updated.updateTime
      #expect(updated == new)
      let read = try await service.measures.getMeasure(
        MeasurementV1.GetMeasureRequest(id: made.id),
        context: service.context(MeasurementV1.MeasureServiceMethods.getMeasure)
      ).measure
      #expect(read == updated)
    }
  }

  struct TargetChange: Sendable, CustomTestStringConvertible {
    var name: String
    var mask: [String]
    var target: Double?
    var targets: MeasurementV1.Targets?
    var kept: Targets
    var testDescription: String { name }
  }

  private static let steps = Targets(
    steps: [.init(value: 10), .init(from: day("2024-01-01"), value: 8)], trajectory: [])

  @Test(
    "a target can be written alone or as steps, whatever else the writer knows of",
    arguments: [
      TargetChange(name: "alone", mask: ["target"], target: 5, kept: 5),
      TargetChange(name: "alone by a writer of all fields", mask: [], target: 5, kept: 5),
      TargetChange(
        name: "alone, the steps read sent back", mask: [], target: 5, targets: MeasurementV1.Targets(steps), kept: 5),
      TargetChange(name: "unchanged by a writer that has not seen steps", mask: [], target: 8, kept: steps),
      TargetChange(
        name: "steps", mask: ["targets"], target: 8,
        targets: MeasurementV1.Targets(steps: [.init(value: 7)]), kept: 7),
      TargetChange(
        name: "steps before the one target", mask: [], target: 5,
        targets: MeasurementV1.Targets(steps: [.init(value: 7)]), kept: 7),
      TargetChange(name: "no target", mask: ["target"], kept: .none),
      TargetChange(name: "no steps", mask: ["targets"], target: 8, kept: .none),
      TargetChange(name: "neither", mask: [], kept: .none),
    ])
  func targets(_ change: TargetChange) async throws {
    try await ServiceFixture.run { service in
      let old = try await service.keep(MeasureDefinition(name: "Waits", targets: Self.steps))
      var message = old.message
      #expect(message.target == 8)
      message.target = change.target
      message.targets = change.targets
      _ = try await update(service, message, change.mask)
      let kept = try await service.measures.store.measure(old.id)
      #expect(kept?.definition.targets == change.kept)
      #expect(kept?.chartVersion == (change.kept == Self.steps ? 1 : 2))
    }
  }
}
