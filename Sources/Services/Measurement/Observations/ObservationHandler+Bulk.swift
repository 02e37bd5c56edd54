// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import SPC
import ServiceRuntime

/// Many observations at a time.
extension ObservationHandler {
  func loadObservations(
    _ requests: RequestStream<MeasurementV1.LoadObservationsRequest>,
    responses: ResponseWriter<MeasurementV1.LoadObservationsResponse>, context: ServerContext
  ) async throws {
    let queue = ChunkQueue()
    var iterator = requests.makeAsyncIterator()
    guard let first = try await iterator.next() else { return }
    var options = MeasurementV1.LoadOptions()
    var pushed: MeasurementV1.LoadObservationsRequest? = first
    if case .options(let said)? = first.part { (options, pushed) = (said, nil) }

    // The reading goes on while chunks are written, in a task that ends with the call at the latest.
    let reading = Task { [iterator, pushed, now] in
      var iterator = iterator
      do {
        var number: Int64 = 0
        var request = pushed
        while true {
          if request == nil { request = try await iterator.next() }
          guard let message = request else { break }
          request = nil
          guard case .chunk(let columns)? = message.part else {
            throw RPCError.invalidArgument(
              field: message.part == nil ? "chunk" : "options", "only chunks are accepted after the first message")
          }
          number += 1
          guard await queue.add(try ObservationChunk(columns, number: number, today: now().day)) else { return }
        }
        queue.finish(.success(()))
      } catch {
        queue.finish(.failure(error))
      }
    }
    defer {
      queue.abandon()
      reading.cancel()
    }
    while true {
      let chunks = try await queue.next()
      if chunks.isEmpty { return }
      let loaded = try await observations.load(chunks, replaces: options.replace, at: now(), by: .anonymous)
      for answer in loaded.answers { try await responses.write(answer) }
      if let problem = loaded.problem { throw problem }
    }
  }

  func exportObservations(
    _ request: MeasurementV1.ExportObservationsRequest,
    responses: ResponseWriter<MeasurementV1.ExportObservationsResponse>, context: ServerContext
  ) async throws {
    var checks = FieldChecks()
    checks.count(request.measureIDs.count, field: "measure_ids", atMost: 1000)
    checks.date(request.since, field: "since")
    if request.organisationID.isEmpty && request.projectID.isEmpty && request.measureIDs.isEmpty {
      checks.violation(
        "organisation_id", "is empty, as are project_id and measure_ids; at least one of them is needed")
    }
    try checks.finish()
    let export = ObservationExport(
      database: observations.database,
      selection: .init(
        organisation: request.organisationID, project: request.projectID, measures: request.measureIDs,
        since: request.since.flatMap { Day(year: Int($0.year), month: Int($0.month), day: Int($0.day)) }))
    var position: ObservationExport.Position? = .init()
    while let from = position {
      let part = try await export.part(after: from)
      for chunk in part.chunks { try await responses.write(.init(chunk: chunk)) }
      position = part.next
    }
  }
}
