// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import NIOPosix
import RPC
import ServiceRuntime
import Synchronization
import Testing

@testable import Gateway

/// Health by name and `/readyz`, as proxies ask for them, and what becomes of connections when the gateway stops.
@Suite("Readiness of the gateway", .timeLimit(.minutes(2)))
struct ReadinessTests {
  private static let projects = "waymark.projects.v1.ProjectService"
  private static let teams = "waymark.people.v1.TeamService"

  private static func with(_ health: HealthService, _ registration: @escaping Registration) -> Registration {
    { router in
      registration(&router)
      health.registerMethods(with: &router)
    }
  }

  private static func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !holds() {
      guard ContinuousClock.now < deadline else { return false }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return true
  }

  private static func readyz(_ port: Int) async throws -> String {
    let answer = try await GatewayServerTests.get("/readyz", from: port)
    return String(answer.split(separator: "\r\n\r\n", maxSplits: 1).last ?? "")
  }

  private static func withClient(_ port: Int, _ body: (RPCClient) async throws -> Void) async throws {
    let client = RPCClient(target: "127.0.0.1:\(port)")
    do {
      try await body(client)
      await client.close()
    } catch {
      await client.close()
      throw error
    }
  }

  @Test("the services of a backend that says it takes no calls are NOT_SERVING by name, and /readyz says which it is")
  func byName() async throws {
    let (people, projects) = (HealthService(services: []), HealthService(services: []))
    try await withGateway(
      people: Self.with(people, World.people), projects: Self.with(projects, World.project),
      measurement: World.measurement
    ) { port in
      #expect(try await Self.eventually { try await Self.readyz(port) == "ok\n" })
      try await Self.withClient(port) { client in
        let health = GrpcHealthV1.HealthClient(client)
        func status(_ name: String) async throws -> GrpcHealthV1.HealthCheckResponse.ServingStatus {
          try await health.check(.init(service: name)).status
        }
        for name in ["", Self.projects, Self.teams, "waymark.events.v1.EventService"] {
          let before = try await status(name)
          #expect(before == .serving)
        }
        // A backend that comes and goes is followed each time.
        for _ in 0..<3 {
          projects.setServing(false)
          #expect(try await Self.eventually { try await status(Self.projects) == .notServing })
          #expect(try await status("") == .notServing)
          #expect(try await status("waymark.gateway.v1.ProjectPageService") == .notServing)
          #expect(try await status(Self.teams) == .serving)
          #expect(try await Self.readyz(port) == "not serving: projects takes no calls\n")
          // Whether the process lives is another question.
          #expect(try await GatewayServerTests.get("/healthz", from: port).contains("200 OK"))
          projects.setServing(true)
          #expect(try await Self.eventually { try await status("") == .serving })
        }
        for name in ["nobody", "waymark.projects.v1.ProjectServices", "projects"] {
          let error = await #expect(throws: RPCError.self) { _ = try await status(name) }
          #expect(error?.code == .notFound)
        }
      }
    }
  }

  @Test("backends that nobody listens for are named, and the gateway is not ready until they are there")
  func unreachable() async throws {
    try await withGateway(people: World.people, projects: nil, measurement: nil) { port in
      let sentence = "not serving: projects cannot be reached; measurement cannot be reached\n"
      #expect(try await Self.eventually { try await Self.readyz(port) == sentence })
      #expect(try await GatewayServerTests.get("/readyz", from: port).hasPrefix("HTTP/1.1 503"))
      try await Self.withClient(port) { client in
        let health = GrpcHealthV1.HealthClient(client)
        #expect(try await Self.eventually { try await health.check(.init(service: Self.teams)).status == .serving })
        let projects = try await health.check(.init(service: Self.projects)).status
        #expect(projects == .notServing)
      }
    }
  }

  @Test("a watcher of the gateway's health is told when a backend goes, and when it is back")
  func watch() async throws {
    let projects = HealthService(services: [])
    try await withGateway(
      people: World.people, projects: Self.with(projects, World.project), measurement: World.measurement
    ) { port in
      #expect(try await Self.eventually { try await Self.readyz(port) == "ok\n" })
      try await Self.withClient(port) { client in
        try await GrpcHealthV1.HealthClient(client).watch(.init(service: Self.projects)) { responses in
          var statuses = responses.makeAsyncIterator()
          let status1 = try await statuses.next()?.status
          #expect(status1 == .serving)
          projects.setServing(false)
          let status2 = try await statuses.next()?.status
          #expect(status2 == .notServing)
          projects.setServing(true)
          let status3 = try await statuses.next()?.status
          #expect(status3 == .serving)
        }
      }
    }
  }

  @Test("answers of more than 4 MiB pass, from a service to a caller who takes them, up to the limit that is set")
  func largeAnswers() async throws {
    let big: Registration = { router in
      router.register(unary: PeopleV1.TeamServiceMethods.getTeam) {
        (request: PeopleV1.GetTeamRequest, _) async throws -> PeopleV1.GetTeamResponse in
        .init(team: .init(id: request.id, name: String(repeating: "x", count: Int(request.id) ?? 0)))
      }
    }
    var settings = GatewaySettings()
    settings.connections.largestAnswer = 16 << 20
    try await withGateway(people: big, settings: settings) { port in
      func get(_ size: Int, taking limit: Int) async throws -> Int {
        var configuration = RPCClient.Configuration(maximumMessageSize: limit)
        configuration.maximumSendSize = 4 << 20
        let client = RPCClient(target: "127.0.0.1:\(port)", configuration: configuration)
        let result = await Result { () async throws -> Int in
          try await PeopleV1.TeamServiceClient(client).getTeam(.init(id: "\(size)")).team?.name.utf8.count ?? 0
        }
        await client.close()
        return try result.get()
      }
      let large = try await get(9_000_000, taking: 64 << 20)
      #expect(large == 9_000_000)
      // The limit of who receives is its own.
      let refused = await #expect(throws: RPCError.self) { _ = try await get(9_000_000, taking: 4 << 20) }
      #expect(refused?.code == .resourceExhausted)
      #expect(try await get(3_000_000, taking: 4 << 20) == 3_000_000)
      let beyond = await #expect(throws: RPCError.self) { _ = try await get(17 << 20, taking: 64 << 20) }
      #expect(beyond?.code == .resourceExhausted)
    }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
