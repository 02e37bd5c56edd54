// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import RPC
import Synchronization
import Testing

/// How calls, connections and servers begin and end.
@Suite("A connection")
struct LifetimeTests {
  private func echo(_ client: RPCClient, _ note: Note, options: CallOptions = .default) async throws -> Note {
    try await client.unary(note, method: EchoService.echo, options: options)
  }

  @Test("that cannot be made fails the call with UNAVAILABLE and the target's name")
  func unreachable() async throws {
    // The port of a server that is gone.
    nonisolated(unsafe) var target = ""  // Written before it is read, by one task.
    try await withServer { _, address in target = address }
    for target in [target, "nonsense", "unix:/nowhere/socket"] {
      try await withClient(target) { client in
        let error = await #expect(throws: RPCError.self) { try await echo(client, Note()) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(target) == true, "\(String(describing: error))")
      }
    }
  }

  @Test("that was lost is made again for the next call")
  func reconnect() async throws {
    var router = RPCRouter()
    router.register(EchoService())
    let first = RPCServer(router: router, configuration: RPCServer.Configuration(eventLoops: 1))
    let port = try #require(try await first.bind(host: "127.0.0.1", port: 0).port)
    try await withClient("127.0.0.1:\(port)") { client in
      _ = try await echo(client, Note())
      await first.shutdownGracefully()
      let second = RPCServer(router: router, configuration: RPCServer.Configuration(eventLoops: 1))
      _ = try await second.bind(host: "127.0.0.1", port: port)
      let answer = try await echo(client, Note(code: 5))
      #expect(answer.code == 5)
      await second.shutdownGracefully()
    }
  }

  @Test("tells the server of a deadline, which ends the call on both sides")
  func deadline() async throws {
    let (cancelled, continuation) = AsyncStream<Void>.makeStream()
    let hasBegun = Atomic(false)
    let service = EchoService {
      hasBegun.store(true, ordering: .sequentiallyConsistent)
    } onCancel: {
      continuation.yield()
    }
    try await withServer([service]) { _, target in
      try await withClient(target) { client in
        var timeout = Duration.milliseconds(50)
        repeat {
          let options = CallOptions(timeout: timeout)
          let error = await #expect(throws: RPCError.self) {
            try await echo(client, Note(message: "wait"), options: options)
          }
          #expect(error?.code == .deadlineExceeded)
          // A busy machine may not have got as far as the handler in that time.
          timeout *= 2
        } while !hasBegun.load(ordering: .sequentiallyConsistent)
        for await _ in cancelled.prefix(1) {}
        let past = await #expect(throws: RPCError.self) {
          try await echo(client, Note(), options: CallOptions(timeout: .zero))
        }
        #expect(past?.code == .deadlineExceeded)
      }
    }
  }

  @Test("tells the handler that the caller's task was cancelled")
  func cancellation() async throws {
    let (cancelled, continuation) = AsyncStream<Void>.makeStream()
    let (begun, didBegin) = AsyncStream<Void>.makeStream()
    let service = EchoService {
      didBegin.yield()
    } onCancel: {
      continuation.yield()
    }
    try await withServer([service]) { _, target in
      try await withClient(target) { client in
        let call = Task { try await echo(client, Note(message: "wait")) }
        for await _ in begun.prefix(1) {}
        call.cancel()
        let error = await #expect(throws: RPCError.self) { try await call.value }
        #expect(error?.code == .cancelled)
        for await _ in cancelled.prefix(1) {}
      }
    }
  }

  @Test("is closed by a graceful shutdown only when its calls are done")
  func gracefulShutdown() async throws {
    let (begun, didBegin) = AsyncStream<Void>.makeStream()
    let (allowed, allow) = AsyncStream<Void>.makeStream()
    try await withServer(
      [],
      fallback: { _, request, _ in
        didBegin.yield()
        for await _ in allowed.prefix(1) {}
        return request
      }
    ) { server, target in
      try await withClient(target) { client in
        async let answer = client.unaryBytes(ByteBuffer(string: "x"), path: "/a/B")
        for await _ in begun.prefix(1) {}
        async let down: Void = server.shutdownGracefully()
        allow.yield()
        let message = try await answer.message
        #expect(message == ByteBuffer(string: "x"))
        await down
      }
    }
  }

  @Test("ends with UNAVAILABLE for a call that outlasts the grace period")
  func abruptShutdown() async throws {
    let configuration = RPCServer.Configuration(eventLoops: 1, gracePeriod: .milliseconds(50))
    let (begun, didBegin) = AsyncStream<Void>.makeStream()
    try await withServer([EchoService(onWait: { didBegin.yield() })], configuration: configuration) { server, target in
      try await withClient(target) { client in
        let call = Task { try await echo(client, Note(message: "wait")) }
        for await _ in begun.prefix(1) {}
        await server.shutdownGracefully()
        let error = await #expect(throws: RPCError.self) { try await call.value }
        #expect(error?.code == .unavailable)
      }
    }
  }

  @Test("passes calls on without looking into their messages")
  func passThrough() async throws {
    try await withServer { _, owner in
      try await withClient(owner) { upstream in
        try await withServer(
          [],
          fallback: { path, request, context in
            try await upstream.unaryBytes(
              request, path: path, metadata: context.metadata, options: CallOptions(deadline: context.deadline)
            ).message
          }
        ) { _, gateway in
          try await withClient(gateway) { client in
            let answer = try await echo(client, Note(code: 3, message: "through"))
            #expect(answer == Note(code: 3, message: "through"))
            let error = await #expect(throws: RPCError.self) { try await echo(client, Note(message: "details")) }
            #expect(error?.fieldViolations.map(\.field) == ["project.aim"])
            let missing = await #expect(throws: RPCError.self) {
              try await client.unaryBytes(ByteBuffer(), path: "/waymark.test.v1.EchoService/None")
            }
            #expect(missing?.code == .unimplemented)
          }
        }
      }
    }
  }

  @Test("that cannot be listened for says why, in one sentence")
  func bindErrors() async throws {
    try await withServer { _, target in
      let port = try #require(target.split(separator: ":").last.flatMap { Int($0) })
      let second = RPCServer(router: RPCRouter(), configuration: RPCServer.Configuration(eventLoops: 1))
      let taken = await #expect(throws: RPCBindError.self) { try await second.bind(host: "127.0.0.1", port: port) }
      #expect(taken?.reason == .addressInUse)
      #expect(taken?.description.contains("127.0.0.1:\(port)") == true)
      let foreign = await #expect(throws: RPCBindError.self) { try await second.bind(host: "192.0.2.1", port: 0) }
      #expect(foreign?.reason == .addressNotAvailable)
      await second.shutdownGracefully()
    }
  }

  @Test(
    "refuses metadata that the wire does not carry, and names it",
    arguments: ["grpc-timeout", "grpc-tomorrow", "grpc-trace-bin", "bad name", ":path", ""])
  func metadataNames(name: String) async throws {
    try await withClient("127.0.0.1:1") { client in
      let error = await #expect(throws: RPCError.self) {
        let _: Note = try await client.unary(Note(), method: EchoService.echo, metadata: [name: "x"])
      }
      #expect(error?.code == .internalError)
      #expect(error?.message.contains("\"\(name)\"") == true)
    }
  }
}
