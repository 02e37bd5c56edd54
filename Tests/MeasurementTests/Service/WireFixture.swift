// SPDX-License-Identifier: Apache-2.0

import Contracts
import Measurement
import NIOCore
import RPC
import Storage
import StorageTesting
import Synchronization

/// A projects service with one project, or one that fails.
struct FewProjects: ProjectsV1.ProjectServiceProtocol {
  static let project = ProjectsV1.Project(id: "project-1", organisationID: "organisation-1", title: "Fewer waits")

  /// What every call is answered instead.
  var failure: RPCError?

  func getProject(
    _ request: ProjectsV1.GetProjectRequest, context: ServerContext
  ) async throws -> ProjectsV1.GetProjectResponse {
    if let failure { throw failure }
    guard request.id == Self.project.id else { throw RPCError(code: .notFound, message: "no such project") }
    return ProjectsV1.GetProjectResponse(project: Self.project)
  }

  func createProject(
    _ request: ProjectsV1.CreateProjectRequest, context: ServerContext
  ) async throws -> ProjectsV1.CreateProjectResponse {
    throw RPCError(code: .unimplemented, message: "not needed here")
  }

  func listProjects(
    _ request: ProjectsV1.ListProjectsRequest, context: ServerContext
  ) async throws -> ProjectsV1.ListProjectsResponse {
    throw RPCError(code: .unimplemented, message: "not needed here")
  }

  func updateProject(
    _ request: ProjectsV1.UpdateProjectRequest, context: ServerContext
  ) async throws -> ProjectsV1.UpdateProjectResponse {
    throw RPCError(code: .unimplemented, message: "not needed here")
  }
}

/// The measurement service behind its own port, asking a projects service behind another.
struct WireFixture: Sendable {
  let database: Database
  let measures: MeasurementV1.MeasureServiceClient
  let observations: MeasurementV1.ObservationServiceClient
  let charts: MeasurementV1.ChartServiceClient
  /// Stops the projects service; returns when nothing listens on its port any more.
  let stopProjects: @Sendable () async -> Void
  /// Stops the measurement service; returns when the calls in flight are done.
  let stop: @Sendable () async -> Void

  static func run(
    projects: FewProjects = FewProjects(), _ body: @Sendable (WireFixture) async throws -> Void
  ) async throws {
    let scratch = try ScratchStore(ScratchStore.chosen)
    defer { scratch.remove() }
    let database = try scratch.open(MeasurementService.migrations, service: MeasurementService.name)

    var projectsRouter = RPCRouter()
    projectsRouter.register(projects)
    let projectsServer = RPCServer(router: projectsRouter, configuration: .init(eventLoops: 1))
    let projectsPort = try await projectsServer.bind(host: "127.0.0.1", port: 0).port ?? 0
    let projectsClient = RPCClient(target: "127.0.0.1:\(projectsPort)")

    var router = RPCRouter()
    for service in MeasurementService.services(database: database, projects: projectsClient) {
      service.registerMethods(with: &router)
    }
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let port = try await server.bind(host: "127.0.0.1", port: 0).port ?? 0
    let client = RPCClient(target: "127.0.0.1:\(port)")

    let fixture = WireFixture(
      database: database, measures: MeasurementV1.MeasureServiceClient(client),
      observations: MeasurementV1.ObservationServiceClient(client), charts: MeasurementV1.ChartServiceClient(client),
      stopProjects: { await projectsServer.shutdownGracefully() }, stop: { await server.shutdownGracefully() })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await projectsServer.run() }
      group.addTask { try await server.run() }
      let result: Result<Void, any Error>
      do {
        result = .success(try await body(fixture))
      } catch {
        result = .failure(error)
      }
      await client.close()
      await server.shutdownGracefully()
      await projectsClient.close()
      await projectsServer.shutdownGracefully()
      try await group.waitForAll()
      try result.get()
    }
    try database.close()
  }

  /// How many rows a table has.
  func count(_ table: SQL) async throws -> Int64 {
    try await database.read { try $0.row("SELECT COUNT(*) AS n FROM \(table)")?.integer("n") ?? -1 }
  }

  func create(
    _ measure: MeasurementV1.Measure, request: String = ""
  ) async throws -> MeasurementV1.Measure {
    try await measures.createMeasure(
      MeasurementV1.CreateMeasureRequest(measure: measure, requestID: request)
    ).measure ?? MeasurementV1.Measure()
  }
}
