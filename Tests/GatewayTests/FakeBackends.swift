// SPDX-License-Identifier: Apache-2.0

import Contracts
import Logging
import NIOCore
import NIOPosix
import RPC
import ServiceLifecycle
import ServiceRuntime

@testable import Gateway

/// What a fake service answers with.
typealias Registration = @Sendable (inout RPCRouter) -> Void

/// Runs `body` against real RPC servers that stand in for the services.
///
/// One that is `nil` is down: nobody listens.
func withBackends<Result: Sendable>(
  people: Registration?, projects: Registration?, measurement: Registration?,
  _ body: @Sendable @escaping (Backends) async throws -> Result
) async throws -> Result {
  let servers = try await [people, projects, measurement].asyncMap { registration -> (RPCServer, String)? in
    guard let registration else { return nil }
    var router = RPCRouter()
    registration(&router)
    var configuration = RPCServer.Configuration()
    ConnectionSettings().apply(to: &configuration)
    let server = RPCServer(router: router, configuration: configuration)
    let address = try await server.bind(host: "127.0.0.1", port: 0)
    return (server, "127.0.0.1:\(address.port ?? 0)")
  }
  let targets = servers.map { $0?.1 ?? ConnectTests.nowhere }
  let backends = Backends(
    people: targets[0], projects: targets[1], measurement: targets[2],
    configuration: Backends.configuration(RPCClient.Configuration(), largestAnswer: 64 << 20))
  do {
    let result = try await body(backends)
    await end(servers.compactMap { $0?.0 }, backends)
    return result
  } catch {
    await end(servers.compactMap { $0?.0 }, backends)
    throw error
  }
}

private func end(_ servers: [RPCServer], _ backends: Backends) async {
  await backends.close()
  for server in servers { await server.shutdownGracefully() }
}

/// Runs `body` against a gateway before these services, on a port of its own.
func withGateway(
  people: Registration? = nil, projects: Registration? = nil, measurement: Registration? = nil,
  settings: GatewaySettings = GatewaySettings(), observers: GatewayObservers = GatewayObservers(),
  _ body: @Sendable @escaping (_ port: Int) async throws -> Void
) async throws {
  try await withBackends(people: people, projects: projects, measurement: measurement) { backends in
    let gateway = try GatewayServer(backends: backends, settings: settings, observers: observers)
    let (ready, continuation) = AsyncStream.makeStream(of: Int.self)
    let group = ServiceGroup(
      configuration: .init(
        services: [Running(gateway: gateway) { continuation.yield($0) }], logger: .init(label: "test")))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await port in ready {
        try await body(port)
        break
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }
}

private struct Running: Service {
  let gateway: GatewayServer
  let onReady: @Sendable (Int) -> Void

  func run() async throws {
    try await gateway.run(host: "127.0.0.1", port: 0) { _, port in onReady(port) }
  }
}

/// Services that answer with the same small world.
enum World {
  static let project = ProjectsV1.Project(
    id: "p1", organisationID: "o1", title: "Fewer <falls>", aim: .init(what: "Reduce falls", toValue: 3),
    status: .active, teamID: "t1", measureIDs: ["m2", "elsewhere", "gone"])

  static func project(_ router: inout RPCRouter) {
    router.register(unary: ProjectsV1.ProjectServiceMethods.getProject) {
      (request: ProjectsV1.GetProjectRequest, _) async throws -> ProjectsV1.GetProjectResponse in
      guard request.id == project.id else {
        throw RPCError(code: .notFound, message: "There is no project with the id \(request.id).")
      }
      return .init(project: project)
    }
    router.register(unary: ProjectsV1.ProjectServiceMethods.listProjects) {
      (request: ProjectsV1.ListProjectsRequest, _) async throws -> ProjectsV1.ListProjectsResponse in
      .init(projects: request.query.isEmpty || request.query == "a b" ? [project] : [], totalSize: 1)
    }
    router.register(unary: ProjectsV1.ProjectServiceMethods.createProject) {
      (request: ProjectsV1.CreateProjectRequest, _) async throws -> ProjectsV1.CreateProjectResponse in
      guard request.project?.title != "bad" else {
        throw RPCError.invalidArgument(field: "project.title", "is bad; good ones are accepted")
      }
      return .init(project: project)
    }
  }

  static func people(_ router: inout RPCRouter) {
    router.register(unary: PeopleV1.OrganisationServiceMethods.getOrganisation) {
      (request: PeopleV1.GetOrganisationRequest, _) async throws -> PeopleV1.GetOrganisationResponse in
      .init(organisation: .init(id: request.id, name: "North & South"))
    }
    router.register(unary: PeopleV1.OrganisationServiceMethods.listOrganisations) {
      (_: PeopleV1.ListOrganisationsRequest, _) async throws -> PeopleV1.ListOrganisationsResponse in
      .init(organisations: [.init(id: "o1", name: "North & South")])
    }
    router.register(unary: PeopleV1.TeamServiceMethods.getTeam) {
      (request: PeopleV1.GetTeamRequest, _) async throws -> PeopleV1.GetTeamResponse in
      .init(team: .init(id: request.id, name: "Ward 7"))
    }
  }

  static func measurement(_ router: inout RPCRouter) {
    measures(&router)
    imports(&router)
  }

  static func measures(_ router: inout RPCRouter) {
    router.register(unary: MeasurementV1.MeasureServiceMethods.listMeasures) {
      (request: MeasurementV1.ListMeasuresRequest, _) async throws -> MeasurementV1.ListMeasuresResponse in
      if request.ids.isEmpty {
        // Two pages, so that paging is followed.
        return request.pageToken.isEmpty
          ? .init(measures: [measure("m1")], nextPageToken: "2") : .init(measures: [measure("m2"), measure("slow")])
      }
      return .init(measures: request.ids.filter { $0 == "elsewhere" }.map(measure))
    }
    router.register(unary: MeasurementV1.MeasureServiceMethods.getMeasure) {
      (request: MeasurementV1.GetMeasureRequest, _) async throws -> MeasurementV1.GetMeasureResponse in
      guard request.id != "none" else { throw RPCError(code: .notFound, message: "There is no such measure.") }
      return .init(measure: measure(request.id))
    }
    router.register(unary: MeasurementV1.ChartServiceMethods.getChart) {
      (request: MeasurementV1.GetChartRequest, _) async throws -> MeasurementV1.GetChartResponse in
      if request.measureID == "slow" { try await untilCancelled() }
      return .init(chart: .init(measureID: request.measureID, title: request.measureID))
    }
    router.register(unary: MeasurementV1.ChartServiceMethods.renderChart) {
      (request: MeasurementV1.RenderChartRequest, _) async throws -> MeasurementV1.RenderChartResponse in
      if request.measureID == "slow" { try await untilCancelled() }
      return .init(svg: "<svg id=\"\(request.measureID)\"/>", chart: .init(measureID: request.measureID))
    }
  }

  static func imports(_ router: inout RPCRouter) {
    router.register(clientStreaming: MeasurementV1.ObservationServiceMethods.importObservations) {
      (requests: RequestStream<MeasurementV1.ImportObservationsRequest>, _) async throws
        -> MeasurementV1.ImportObservationsResponse in
      var (size, options): (Int64, MeasurementV1.ImportOptions?) = (0, nil)
      for try await request in requests {
        switch request.part {
        case .options(let given): options = given
        case .chunk(let bytes): size += Int64(bytes.count)
        case nil: break
        }
      }
      return .init(
        accepted: options?.allowPartial == true, dryRun: options?.dryRun == true, rowsRead: size,
        problems: [.init(row: 2, column: "value", value: "<b>", message: "No number.", accepted: "12.5")],
        problemsTotal: 1, periodColumn: options?.measureID ?? "")
    }
  }

  static func measure(_ id: String) -> MeasurementV1.Measure {
    .init(id: id, organisationID: "o1", projectID: id == "elsewhere" ? "p2" : "p1", name: "Measure \(id)")
  }

  /// Never answers: waits until the caller's deadline or its leaving cancels the call.
  static func untilCancelled() async throws {
    for await _ in AsyncStream<Never>.makeStream().stream {}
    try Task.checkCancellation()
  }
}

extension Sequence {
  fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
    var values: [T] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
