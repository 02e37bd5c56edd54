// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import SPC
import ServiceRuntime
import Storage
import Tables

/// Serves `waymark.measurement.v1.ObservationService`.
struct ObservationHandler: MeasurementV1.ObservationServiceProtocol {
  let measures: MeasureStore
  let observations: ObservationStore
  let now: @Sendable () -> Instant

  func importObservations(
    _ requests: RequestStream<MeasurementV1.ImportObservationsRequest>, context: ServerContext
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    var iterator = requests.makeAsyncIterator()
    guard let first = try await iterator.next(), case .options(let options)? = first.part else {
      throw RPCError.invalidArgument(field: "options", "are missing; the first message has to carry them")
    }
    var checks = FieldChecks()
    checks.measureID(options.measureID, field: "options.measure_id")
    try checks.finish()
    let reading = try ReadingOptions(options)
    guard let measure = try await measures.measure(options.measureID) else {
      throw RPCError.notFound("measure", id: options.measureID)
    }

    let file = IncomingFile(
      ObservationImport(
        rules: measure.definition.observationRules, hasDenominator: measure.definition.hasDenominator,
        columns: ColumnChoice(options), today: now().day, options: reading))
    while let request = try await iterator.next() {
      guard case .chunk(let bytes)? = request.part else {
        throw RPCError.invalidArgument(
          field: request.part == nil ? "chunk" : "options", "only chunks are accepted after the first message")
      }
      try await file.append(bytes, context: context)
    }
    let found = try await file.end(context: context)
    let terms = ImportTerms(options)
    let plan = try await observations.apply(
      found, to: measure, terms: terms, at: now(), by: .anonymous)
    return MeasurementV1.ImportObservationsResponse(plan, reading: found, terms: terms)
  }

  func listObservations(
    _ request: MeasurementV1.ListObservationsRequest, context: ServerContext
  ) async throws -> MeasurementV1.ListObservationsResponse {
    var checks = FieldChecks()
    checks.measureID(request.measureID, field: "measure_id")
    try checks.finish()
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 1000, maximum: 10_000,
      of: observations.database.pageTokens)
    try page.require(list: request.measureID)
    let after = page.after.flatMap { $0.last.flatMap { Day($0) } }
    guard let found = try await observations.page(of: request.measureID, after: after, limit: page.limit) else {
      throw RPCError.notFound("measure", id: request.measureID)
    }
    let count = min(page.size, Self.fitting(found))
    let (items, token) = page.cut(found, count: count) { [request.measureID, $0.observation.day.description] }
    return MeasurementV1.ListObservationsResponse(
      observations: items.map { stored in
        MeasurementV1.Observation(
          measureID: request.measureID, period: CommonV1.Date(stored.observation.day),
          value: stored.observation.value, denominator: stored.observation.denominator,
          note: stored.observation.note, updateTime: stored.updateTime.timestamp)
      },
      nextPageToken: token)
  }

  /// How many of these observations fit into one answer: long notes would make a full page too large a message.
  static func fitting(_ items: [ObservationStore.Stored]) -> Int {
    var bytes = 0
    for (index, item) in items.enumerated() {
      // A measure's id, two numbers, a date and a time take less than 128 bytes.
      bytes += 128 + item.observation.note.utf8.count
      if bytes > answerBytes && index > 0 { return index }
    }
    return items.count
  }

  /// What an answer may hold: well below the 4 MiB that a gRPC message has at most.
  private static let answerBytes = 3 * 1024 * 1024
}
