// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import RPC
import Testing

@testable import ServiceRuntime

@Suite("Health and reflection")
struct StandardServiceTests {
  private static let services = ["waymark.people.v1.TeamService"]

  /// Runs `body` with a client of a real server that has health and reflection.
  private func withServer(_ body: (RPCClient, HealthService) async throws -> Void) async throws {
    let health = HealthService(services: Self.services)
    var router = RPCRouter()
    health.registerMethods(with: &router)
    ReflectionService(services: Self.services).registerMethods(with: &router)
    let server = RPCServer(router: router)
    let address = try await server.bind(host: "127.0.0.1", port: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let client = RPCClient(target: address.listed)
      let result = await Result { () async throws -> Void in try await body(client, health) }
      await client.close()
      await server.shutdownGracefully()
      try await group.waitForAll()
      try result.get()
    }
  }

  @Test("the server and each of its services say whether they serve; another service is NOT_FOUND")
  func health() async throws {
    try await withServer { client, health in
      let client = GrpcHealthV1.HealthClient(client)
      for name in ["", Self.services[0]] {
        let before = try await client.check(.init(service: name)).status
        #expect(before == .serving)
      }
      health.setServing(false, service: Self.services[0])
      let whole = try await client.check(.init()).status
      let one = try await client.check(.init(service: Self.services[0])).status
      #expect(whole == .serving)
      #expect(one == .notServing)
      health.setServing(false)
      let after = try await client.check(.init()).status
      #expect(after == .notServing)
      let error = await #expect(throws: RPCError.self) { _ = try await client.check(.init(service: "nobody")) }
      #expect(error?.code == .notFound)
      #expect(error?.message.contains("nobody") == true)
    }
  }

  @Test("a server that is about to stop says so by every name, goes on to answer, and nothing makes it serve again")
  func draining() async throws {
    try await withServer { client, health in
      let client = GrpcHealthV1.HealthClient(client)
      try await client.watch(.init(service: Self.services[0])) { responses in
        var statuses = responses.makeAsyncIterator()
        let status1 = try await statuses.next()?.status
        #expect(status1 == .serving)
        health.beginDraining()
        let status2 = try await statuses.next()?.status
        #expect(status2 == .notServing)
        health.setServing(true)
        health.set(["": true], problem: nil)
        for name in ["", Self.services[0]] {
          let now = try await client.check(.init(service: name)).status
          #expect(now == .notServing)
        }
        #expect(health.problem == "it is about to stop")
        let error = await #expect(throws: RPCError.self) { _ = try await client.check(.init(service: "nobody")) }
        #expect(error?.code == .notFound)
      }
    }
  }

  @Test("a watcher is told every change, and its call ends when the server shuts down")
  func watch() async throws {
    let health = HealthService(services: Self.services)
    let (statuses, source) = AsyncStream.makeStream(of: GrpcHealthV1.HealthCheckResponse.ServingStatus.self)
    let responses = ResponseWriter<GrpcHealthV1.HealthCheckResponse> { source.yield($0.status) }
    let context = ServerContext(method: GrpcHealthV1.HealthMethods.watch)
    async let watching: Void = health.watch(.init(service: Self.services[0]), responses: responses, context: context)
    var seen = statuses.makeAsyncIterator()
    #expect(await seen.next() == .serving)
    health.shutDown()
    #expect(await seen.next() == .notServing)
    try await watching
    // Whoever begins to watch now is told, and does not hold the server either.
    try await health.watch(.init(service: "nobody"), responses: responses, context: context)
    #expect(await seen.next() == .serviceUnknown)
  }

  private let answers = ReflectionAnswers(services: services)

  private func answer(
    _ question: GrpcReflectionV1.ServerReflectionRequest.MessageRequest?
  ) -> GrpcReflectionV1.ServerReflectionResponse.MessageResponse? {
    answers.answer(.init(host: "here", messageRequest: question)).messageResponse
  }

  @Test("reflection lists the services, and gives a file with all that it needs, each once")
  func reflection() throws {
    #expect(answer(.listServices("*")) == .listServicesResponse(.init(service: Self.services.map { .init(name: $0) })))
    for question in [
      .fileByFilename("waymark/people/v1/team.proto"), .fileContainingSymbol("waymark.people.v1.TeamService"),
      .fileContainingSymbol("waymark.people.v1.Team"),
    ] as [GrpcReflectionV1.ServerReflectionRequest.MessageRequest] {
      guard case .fileDescriptorResponse(let files) = answer(question) else {
        Issue.record("\(question) has no files")
        continue
      }
      #expect(files.fileDescriptorProto.count == 3)
      #expect(Set(files.fileDescriptorProto).count == 3)
      #expect(files.fileDescriptorProto.allSatisfy { !$0.isEmpty })
    }
  }

  @Test("reflection says what it does not know, and repeats the question")
  func unknown() throws {
    for question in [
      .fileByFilename("nowhere.proto"), .fileContainingSymbol("nobody.Nothing"), .fileContainingSymbol(""),
      .fileContainingExtension(.init(containingType: "waymark.people.v1.Team", extensionNumber: 1)),
      .allExtensionNumbersOfType("nobody.Nothing"), nil,
    ] as [GrpcReflectionV1.ServerReflectionRequest.MessageRequest?] {
      guard case .errorResponse(let error) = answer(question) else {
        Issue.record("\(String(describing: question)) is answered")
        continue
      }
      let expected: RPCError.Code = question == nil ? .invalidArgument : .notFound
      #expect(error.errorCode == Int32(expected.rawValue))
      #expect(!error.errorMessage.isEmpty)
    }
    let request = GrpcReflectionV1.ServerReflectionRequest(host: "h", messageRequest: .listServices(""))
    #expect(answers.answer(request).originalRequest == request)
    #expect(answers.answer(request).validHost == "h")
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
