// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import SPC
import Storage
import StorageTesting
import Synchronization

@testable import Measurement

/// The measurement service over a store of its own, with a projects service that knows what a test tells it.
struct ServiceFixture: Sendable {
  let database: Database
  let measures: MeasureHandler
  let observations: ObservationHandler
  let judgements: JudgementHandler
  let charts: ChartHandler

  /// Runs a test with a service; its files are gone afterwards.
  ///
  /// - Parameter projects: Target of the projects service; by default a port on which nothing listens.
  static func run(
    projects target: String = "127.0.0.1:1", _ body: (ServiceFixture) async throws -> Void
  ) async throws {
    let scratch = try ScratchStore(ScratchStore.chosen)
    defer { scratch.remove() }
    let database = try scratch.open(MeasurementService.migrations, service: MeasurementService.name)
    let client = RPCClient(target: target)
    let now: @Sendable () -> Instant = { Self.noon }
    let store = MeasureStore(database: database)
    let observations = ObservationStore(database: database)
    let fixture = ServiceFixture(
      database: database,
      measures: MeasureHandler(
        store: store, projects: ProjectDirectory(ProjectsV1.ProjectServiceClient(client)), now: now),
      observations: ObservationHandler(measures: store, observations: observations, now: now),
      judgements: JudgementHandler(store: JudgementStore(database: database), now: now),
      charts: ChartHandler(
        observations: observations, portfolio: PortfolioStore(database: database, cache: VerdictCache())))
    do {
      try await body(fixture)
    } catch {
      await client.close()
      try? database.close()
      throw error
    }
    await client.close()
    try database.close()
  }

  /// Noon of `today`.
  static let noon = Instant(nanoseconds: (Int64(today.daysSinceEpoch) * 86_400 + 43_200) * 1_000_000_000)

  func context(_ method: MethodDescriptor) -> ServerContext { ServerContext(method: method) }

  /// Keeps a measure without asking the projects service.
  func keep(_ definition: MeasureDefinition, project: String = "project-1") async throws -> Measure {
    let measure = Measure(
      id: UUIDv7.next(), organisationID: "organisation-1", projectID: project, definition: definition,
      createTime: Self.noon, updateTime: Self.noon)
    _ = try await measures.store.create(measure, for: nil, by: .anonymous)
    return measure
  }

  func importing(
    _ text: String, options: MeasurementV1.ImportOptions, pieces: Int = 1
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    let bytes = Array(text.utf8)
    let size = max(1, (bytes.count + pieces - 1) / pieces)
    let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    return try await importing([.options(options)] + chunks.map { .chunk($0) })
  }

  func importing(
    _ parts: [MeasurementV1.ImportObservationsRequest.Part?]
  ) async throws -> MeasurementV1.ImportObservationsResponse {
    try await observations.importObservations(
      RequestStream(parts.map { MeasurementV1.ImportObservationsRequest(part: $0) }),
      context: context(MeasurementV1.ObservationServiceMethods.importObservations))
  }

  /// What is stored for a measure: all of it, page by page.
  func stored(_ measure: Measure, pageSize: Int32 = 2) async throws -> [MeasurementV1.Observation] {
    var all: [MeasurementV1.Observation] = []
    var token = ""
    repeat {
      let page = try await observations.listObservations(
        MeasurementV1.ListObservationsRequest(measureID: measure.id, pageSize: pageSize, pageToken: token),
        context: context(MeasurementV1.ObservationServiceMethods.listObservations))
      all += page.observations
      token = page.nextPageToken
    } while !token.isEmpty
    return all
  }

  /// The events of this store, oldest first: kind, object, and what it was before and afterwards.
  func events() async throws -> [(kind: String, object: String, before: String?, after: String)] {
    try await database.read { transaction in
      try transaction.rows("SELECT kind, object_id, before_json, after_json FROM events ORDER BY sequence").map {
        (
          try $0.text("kind"), try $0.text("object_id"), try $0.optionalText("before_json"),
          try $0.optionalText("after_json") ?? ""
        )
      }
    }
  }
}

extension Measure {
  /// The measure as it travels on `today`.
  var message: MeasurementV1.Measure { message(on: today) }
}

extension MeasureDefinition {
  /// A message with these fields on `today`.
  var message: MeasurementV1.Measure { message(on: today) }
}

/// The error that a call ends with; nil when it succeeds.
func rpcError(_ body: () async throws -> Void) async throws -> RPCError? {
  do {
    try await body()
    return nil
  } catch let error as RPCError {
    return error
  }
}
