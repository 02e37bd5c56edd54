// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import SPC
import ServiceRuntime
import Storage

/// Serves `waymark.measurement.v1.MeasureService`.
struct MeasureHandler: MeasurementV1.MeasureServiceProtocol {
  let store: MeasureStore
  let projects: ProjectDirectory
  let now: @Sendable () -> Instant

  func createMeasure(
    _ request: MeasurementV1.CreateMeasureRequest, context: ServerContext
  ) async throws -> MeasurementV1.CreateMeasureResponse {
    let message = request.measure ?? MeasurementV1.Measure()
    var checks = FieldChecks()
    checks.requestID(request.requestID)
    if message.projectID.isEmpty {
      checks.violation("measure.project_id", "is empty; the id of a project is needed")
    }
    let definition = MeasureDefinition.checked(message, &checks)
    try checks.finish()

    let key = try RequestKey(
      request, id: request.requestID, organisation: message.organisationID, method: "CreateMeasure")
    // A repeated request needs no project: it is answered even when the projects service is away.
    if let answer = try await store.answer(to: key, on: now().day) { return answer }
    guard let project = try await projects.project(message.projectID, for: context) else {
      throw RPCError.invalidArgument(
        field: "measure.project_id",
        "\"\(message.projectID.shortened)\" is not a project; the id of one that exists is accepted")
    }
    guard message.organisationID.isEmpty || message.organisationID == project.organisationID else {
      throw RPCError.invalidArgument(
        field: "measure.organisation_id",
        "is not the organisation of the project; \(project.organisationID) is accepted, or nothing")
    }

    let time = now()
    let measure = Measure(
      id: UUIDv7.next(), organisationID: project.organisationID, projectID: message.projectID, definition: definition,
      createTime: time, updateTime: time)
    return try await store.create(measure, for: key, by: .anonymous)
  }

  func getMeasure(
    _ request: MeasurementV1.GetMeasureRequest, context: ServerContext
  ) async throws -> MeasurementV1.GetMeasureResponse {
    var checks = FieldChecks()
    checks.measureID(request.id, field: "id")
    try checks.finish()
    guard let measure = try await store.measure(request.id) else { throw RPCError.notFound("measure", id: request.id) }
    return MeasurementV1.GetMeasureResponse(measure: measure.message(on: now().day))
  }

  func listMeasures(
    _ request: MeasurementV1.ListMeasuresRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListMeasuresResponse {
    var checks = FieldChecks()
    checks.count(request.ids.count, field: "ids", atMost: 1000)
    try checks.finish()
    let filter = MeasureStore.Filter(project: request.projectID, ids: request.ids)
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 100, maximum: 1000, of: store.database.pageTokens)
    try page.require(list: filter.fingerprint)
    let found = try await store.measures(filter, after: page.after?.last ?? "", limit: page.limit)
    let today = now().day
    let (measures, token) = page.cut(found) { [filter.fingerprint, $0.id] }
    return MeasurementV1.ListMeasuresResponse(measures: measures.map { $0.message(on: today) }, nextPageToken: token)
  }

  func updateMeasure(
    _ request: MeasurementV1.UpdateMeasureRequest, context: ServerContext
  ) async throws -> MeasurementV1.UpdateMeasureResponse {
    let message = request.measure ?? MeasurementV1.Measure()
    var checks = FieldChecks()
    checks.measureID(message.id, field: "measure.id")
    try checks.finish()
    let mask = try UpdateMask(request.updateMask, changeable: MeasureDefinition.changeable)

    let time = now()
    let measure = try await store.update(message.id, at: time, by: .anonymous) { old, observations in
      try old.revision.check(message.etag, of: "Measure \(old.id)")
      var checks = FieldChecks()
      let definition = MeasureDefinition.checked(
        old.definition.merged(with: message, mask: mask, on: time.day), &checks)
      try checks.finish()
      if definition.observationRules != old.definition.observationRules {
        try definition.requireFit(observations())
      }
      return definition
    }
    guard let measure else { throw RPCError.notFound("measure", id: message.id) }
    return MeasurementV1.UpdateMeasureResponse(measure: measure.message(on: now().day))
  }
}

extension MeasureDefinition {
  /// Refuses a chart kind that what is stored does not fit.
  /// - Throws: ``RPCError`` `FAILED_PRECONDITION` that names the first observation that does not fit.
  func requireFit(_ observations: [Observation]) throws {
    let rules = observationRules
    let unfit = observations.filter { rules.violation(value: $0.value, denominator: $0.denominator) != nil }
    guard let first = unfit.first,
      let violation = rules.violation(value: first.value, denominator: first.denominator)
    else { return }
    let others = unfit.count == 1 ? "" : " and of \(unfit.count - 1) more"
    throw RPCError.failure(
      .failedPrecondition, reason: "OBSERVATIONS_DO_NOT_FIT",
      message: "The observation of \(first.day)\(others) cannot be on a \(chartKind.title): \(violation.message) "
        + "Import these periods again with replacement, or keep the chart kind.",
      facts: ["observations": String(unfit.count), "first_period": first.day.description])
  }
}
