// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import RPC
import SPC
import ServiceRuntime
import Storage

/// Serves `waymark.measurement.v1.JudgementService`.
struct JudgementHandler: MeasurementV1.JudgementServiceProtocol {
  let store: JudgementStore
  let now: @Sendable () -> Instant

  // MARK: Phases

  func createPhase(
    _ request: MeasurementV1.CreatePhaseRequest, context: ServerContext
  ) async throws -> MeasurementV1.CreatePhaseResponse {
    var checks = FieldChecks()
    checks.measureID(request.measureID, field: "measure_id")
    let start = checks.day(request.start, field: "start")
    let reason = checks.text(request.reason, field: "reason", length: 1...500)
    let points = checks.baselinePoints(request.baselinePoints, field: "baseline_points", ruleSet: nil)
    if request.allPoints, points != 0 {
      checks.violation("all_points", "is set beside baseline_points of \(points); one of them is accepted")
    }
    checks.requestID(request.requestID)
    try checks.finish()
    let draft = draft(
      of: request.measureID, day: start, .phase(PhaseBaseline(allPoints: request.allPoints, points: points)), reason)
    return try await store.create(draft, for: .init(request, request.requestID), by: .anonymous) { measure in
      var checks = FieldChecks()
      _ = checks.baselinePoints(
        request.baselinePoints, field: "baseline_points", ruleSet: try? RuleSet.named(measure.definition.ruleSet))
      try checks.finish()
    } answer: {
      MeasurementV1.CreatePhaseResponse(phase: $0.phase)
    }
  }

  func deletePhase(
    _ request: MeasurementV1.DeletePhaseRequest, context: ServerContext
  ) async throws -> MeasurementV1.DeletePhaseResponse {
    try await remove(.phase, request.id, reason: request.reason, for: .init(request, request.requestID)) {
      MeasurementV1.DeletePhaseResponse(phase: $0.phase)
    }
  }

  func listPhases(
    _ request: MeasurementV1.ListPhasesRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListPhasesResponse {
    let (found, token) = try await list(
      .phase, of: request.measureID, withRemoved: request.showDeleted, size: request.pageSize,
      token: request.pageToken)
    return MeasurementV1.ListPhasesResponse(phases: found.compactMap(\.phase), nextPageToken: token)
  }

  // MARK: Exclusions

  func createExclusion(
    _ request: MeasurementV1.CreateExclusionRequest, context: ServerContext
  ) async throws -> MeasurementV1.CreateExclusionResponse {
    var checks = FieldChecks()
    checks.measureID(request.measureID, field: "measure_id")
    let period = checks.day(request.period, field: "period")
    let reason = checks.text(request.reason, field: "reason", length: 1...500)
    checks.requestID(request.requestID)
    try checks.finish()
    return try await store.create(
      draft(of: request.measureID, day: period, .exclusion, reason), for: .init(request, request.requestID),
      by: .anonymous
    ) {
      MeasurementV1.CreateExclusionResponse(exclusion: $0.exclusion)
    }
  }

  func deleteExclusion(
    _ request: MeasurementV1.DeleteExclusionRequest, context: ServerContext
  ) async throws -> MeasurementV1.DeleteExclusionResponse {
    try await remove(.exclusion, request.id, reason: request.reason, for: .init(request, request.requestID)) {
      MeasurementV1.DeleteExclusionResponse(exclusion: $0.exclusion)
    }
  }

  func listExclusions(
    _ request: MeasurementV1.ListExclusionsRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListExclusionsResponse {
    let (found, token) = try await list(
      .exclusion, of: request.measureID, withRemoved: request.showDeleted, size: request.pageSize,
      token: request.pageToken)
    return MeasurementV1.ListExclusionsResponse(exclusions: found.compactMap(\.exclusion), nextPageToken: token)
  }

  // MARK: Annotations

  func createAnnotation(
    _ request: MeasurementV1.CreateAnnotationRequest, context: ServerContext
  ) async throws -> MeasurementV1.CreateAnnotationResponse {
    var checks = FieldChecks()
    checks.measureID(request.measureID, field: "measure_id")
    let day = checks.day(request.day, field: "day")
    if case .unrecognized(let number) = request.kind {
      checks.violation("kind", "has the unknown value \(number); NOTE, EVENT, CHANGE and PDSA are accepted")
    }
    let text = checks.text(request.text, field: "text", length: 1...500)
    let reference = checks.text(request.reference, field: "reference", length: 0...200)
    checks.requestID(request.requestID)
    try checks.finish()
    let kind = request.kind == .unspecified ? MeasurementV1.AnnotationKind.note : request.kind
    return try await store.create(
      draft(of: request.measureID, day: day, .annotation(kind, reference: reference), text),
      for: .init(request, request.requestID), by: .anonymous
    ) {
      MeasurementV1.CreateAnnotationResponse(annotation: $0.annotation)
    }
  }

  func deleteAnnotation(
    _ request: MeasurementV1.DeleteAnnotationRequest, context: ServerContext
  ) async throws -> MeasurementV1.DeleteAnnotationResponse {
    try await remove(.annotation, request.id, reason: request.reason, for: .init(request, request.requestID)) {
      MeasurementV1.DeleteAnnotationResponse(annotation: $0.annotation)
    }
  }

  func listAnnotations(
    _ request: MeasurementV1.ListAnnotationsRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListAnnotationsResponse {
    let (found, token) = try await list(
      .annotation, of: request.measureID, withRemoved: request.showDeleted, size: request.pageSize,
      token: request.pageToken)
    return MeasurementV1.ListAnnotationsResponse(annotations: found.compactMap(\.annotation), nextPageToken: token)
  }

  // MARK: What they have in common

  private func draft(
    of measure: String, day: Day, _ content: Judgement.Content, _ text: String, by actor: Actor = .anonymous
  ) -> Judgement {
    Judgement(
      id: UUIDv7.next(), measureID: measure, day: day, content: content, text: text, createTime: now(),
      actor: actor.text)
  }

  private func remove<Request: Message, Answer: Message>(
    _ kind: JudgementKind, _ id: String, reason: String, for request: JudgementStore.Step<Request>,
    answer: @escaping @Sendable (Judgement) -> Answer
  ) async throws -> Answer {
    var checks = FieldChecks()
    if id.isEmpty { checks.violation("id", "is empty; the id of a judgement is needed") }
    let reason = checks.text(reason, field: "reason", length: 1...500)
    checks.requestID(request.id)
    try checks.finish()
    return try await store.remove(
      id, kind: kind, reason: reason, for: request, at: now(), by: .anonymous, answer: answer)
  }

  private func list(
    _ kind: JudgementKind, of measure: String, withRemoved: Bool, size: Int32, token: String
  ) async throws -> ([Judgement], nextToken: String) {
    var checks = FieldChecks()
    checks.measureID(measure, field: "measure_id")
    try checks.finish()
    let name = "\(kind.rawValue) \(withRemoved) \(measure)"
    let page = try Page(
      size: size, token: token, default: 100, maximum: 1000, of: store.database.pageTokens)
    try page.require(list: name)
    let found = try await store.page(
      kind, of: measure, withRemoved: withRemoved, after: page.after?.last ?? "", limit: page.limit)
    guard let found else { throw RPCError.notFound("measure", id: measure) }
    return page.cut(found) { [name, $0.id] }
  }
}
