// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import RPC

/// The message that the tests send to and fro: two strings are enough.
typealias Note = GoogleRpc.Status

/// Methods of every kind that answer with what they were asked.
struct EchoService: RegistrableService {
  static let name = "waymark.test.v1.EchoService"
  static let echo = MethodDescriptor(service: name, method: "Echo", kind: .unary)
  static let join = MethodDescriptor(service: name, method: "Join", kind: .clientStreaming)
  static let split = MethodDescriptor(service: name, method: "Split", kind: .serverStreaming)
  static let chat = MethodDescriptor(service: name, method: "Chat", kind: .bidirectional)

  /// Told when a handler begins to wait for its cancellation.
  let onWait: @Sendable () -> Void
  /// Told of calls whose handler saw its cancellation.
  let onCancel: @Sendable () -> Void

  init(onWait: @escaping @Sendable () -> Void = {}, onCancel: @escaping @Sendable () -> Void = {}) {
    self.onWait = onWait
    self.onCancel = onCancel
  }

  func registerMethods(with router: inout RPCRouter) {
    router.register(unary: Self.echo) { (request: Note, context: ServerContext) -> Note in
      try await echo(request, context)
    }
    router.register(clientStreaming: Self.join) { (requests: RequestStream<Note>, _: ServerContext) -> Note in
      var joined = Note()
      for try await request in requests {
        if request.message == "stop" { throw RPCError(code: .aborted, message: "told to stop") }
        joined.message += request.message
        joined.code += 1
      }
      return joined
    }
    router.register(serverStreaming: Self.split) {
      (request: Note, responses: ResponseWriter<Note>, _: ServerContext) in
      for index in 0..<request.code { try await responses.write(Note(code: index, message: request.message)) }
      if request.message == "fail" { throw RPCError(code: .dataLoss, message: "failed half-way") }
    }
    router.register(bidirectional: Self.chat) {
      (requests: RequestStream<Note>, responses: ResponseWriter<Note>, _: ServerContext) in
      for try await request in requests { try await responses.write(request) }
    }
  }

  /// Does what the message says, and else answers with it.
  private func echo(_ request: Note, _ context: ServerContext) async throws -> Note {
    switch request.message {
    case "fail":
      throw RPCError(
        code: RPCError.Code(rawValue: Int(request.code)) ?? .unknown, message: "größer als 100 %\n",
        metadata: ["x-why": "asked to"])
    case "details":
      throw RPCError.invalidArgument([FieldViolation(field: "project.aim", description: "must not be empty")])
    case "rich details": throw try RPCError.withEveryDetail()
    case "unexpected":
      struct Secret: Error { let password = "hunter2" }
      throw Secret()
    case "metadata":
      var metadata = Metadata()
      metadata.add(context.metadata.first("x-text") ?? "none", for: "x-text")
      metadata.add(context.metadata.binary("x-bytes-bin") ?? [], for: "x-bytes-bin")
      context.addInitialMetadata(metadata)
      context.addTrailingMetadata(metadata)
      return Note(message: context.metadata.all("x-many").joined(separator: "|"))
    case "large head": context.addInitialMetadata(["x-large": .text(String(repeating: "x", count: Int(request.code)))])
    case "large trailers":
      context.addTrailingMetadata(["x-large": .text(String(repeating: "x", count: Int(request.code)))])
    case "large failure":
      var error = RPCError(code: .notFound, message: String(repeating: "x", count: Int(request.code)))
      error.metadata = ["x-large": .text(String(repeating: "x", count: Int(request.code)))]
      throw error
    case "wait":
      onWait()
      do { try await Task.sleep(for: .seconds(60)) } catch {
        onCancel()
        throw error
      }
    case "deadline":
      return Note(code: context.deadline.map { Int32($0.remaining.components.seconds) } ?? -1)
    default: break
    }
    return request
  }
}

extension RPCError {
  /// A failure with every standard detail; `Foreign/rich.py` has the same.
  static func withEveryDetail() throws -> RPCError {
    try RPCError(
      code: .resourceExhausted, message: "größer als 100 % 😀\n",
      details: [
        GoogleRpc.ErrorInfo(reason: "TOO_MUCH", domain: "test", metadata: [.init(key: "größe", value: "7")]),
        GoogleRpc.RetryInfo(retryDelay: GoogleProtobuf.Duration(.milliseconds(1500))),
        GoogleRpc.DebugInfo(stackEntries: ["inner", "outer"], detail: "deep"),
        GoogleRpc.QuotaFailure(violations: [.init(subject: "project:7", description: "full")]),
        GoogleRpc.PreconditionFailure(violations: [.init(type: "TERMS", subject: "person:7", description: "sign")]),
        GoogleRpc.BadRequest(fieldViolations: [.init(field: "project.aim", description: "is empty")]),
        GoogleRpc.RequestInfo(requestID: "r-1", servingData: "s"),
        GoogleRpc.ResourceInfo(resourceType: "project", resourceName: "7", owner: "person:7", description: "locked"),
        GoogleRpc.Help(links: [.init(description: "limits", url: "https://example.org/limits")]),
        GoogleRpc.LocalizedMessage(locale: "de-DE", message: "zu groß"),
      ])
  }
}

/// Runs the body against a server with these services, on a port that is free.
func withServer(
  _ services: [any RegistrableService] = [EchoService()],
  configuration: RPCServer.Configuration = RPCServer.Configuration(eventLoops: 1),
  fallback: RPCRouter.Fallback? = nil,
  _ body: (_ server: RPCServer, _ target: String) async throws -> Void
) async throws {
  var router = RPCRouter()
  for service in services { router.register(service) }
  if let fallback { router.registerFallback(fallback) }
  let server = RPCServer(router: router, configuration: configuration)
  let address = try await server.bind(host: "127.0.0.1", port: 0)
  do {
    try await body(server, "127.0.0.1:\(address.port ?? 0)")
  } catch {
    await server.shutdownGracefully()
    throw error
  }
  await server.shutdownGracefully()
}

/// Runs the body with a client of the target.
func withClient<R>(_ target: String, _ body: (RPCClient) async throws -> R) async throws -> R {
  let client = RPCClient(target: target)
  let result: Result<R, any Error>
  do { result = .success(try await body(client)) } catch { result = .failure(error) }
  await client.close()
  return try result.get()
}
