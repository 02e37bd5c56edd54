// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import Synchronization
import Testing

@testable import RPC

/// What a client does by itself: choosing addresses, waiting, repeating.
@Suite("A client")
struct ClientPolicyTests {
  /// A server that fails the first calls and answers with its own name then.
  private func withFlaky(
    _ failures: Int, _ code: RPCError.Code = .unavailable, metadata: Metadata = [:], name: Int32 = 1,
    _ body: (_ target: String, _ attempts: @Sendable () -> [String?]) async throws -> Void
  ) async throws {
    let attempts = Mutex<[String?]>([])
    var router = RPCRouter()
    router.register(unary: EchoService.echo) { (request: Note, context: ServerContext) -> Note in
      let count = attempts.withLock { attempts in
        attempts.append(context.metadata.first("grpc-previous-rpc-attempts"))
        return attempts.count
      }
      if count <= failures { throw RPCError(code: code, message: "failure \(count)", metadata: metadata) }
      return Note(code: name, message: request.message)
    }
    router.register(clientStreaming: EchoService.join) {
      (requests: RequestStream<Note>, context: ServerContext) -> Note in
      let count = attempts.withLock { attempts in
        attempts.append(nil)
        return attempts.count
      }
      if count <= failures { throw RPCError(code: code, message: "failure \(count)", metadata: metadata) }
      var joined = Note()
      for try await request in requests { joined.message += request.message }
      return joined
    }
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let port = try #require(try await server.bind(host: "127.0.0.1", port: 0).port)
    do {
      try await body("127.0.0.1:\(port)") { attempts.withLock { $0 } }
    } catch {
      await server.shutdownGracefully()
      throw error
    }
    await server.shutdownGracefully()
  }

  private func withClient<R>(
    _ target: String, _ change: (inout RPCClient.Configuration) -> Void, _ body: (RPCClient) async throws -> R
  ) async throws -> R {
    var configuration = RPCClient.Configuration()
    configuration.backoff = Backoff(initial: .milliseconds(5), maximum: .milliseconds(20))
    change(&configuration)
    let client = RPCClient(target: target, configuration: configuration)
    let result: Result<R, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.close()
    return try result.get()
  }

  private static let retry = ServiceConfig(methods: [
    .init(
      names: [.init()],
      retry: RetryPolicy(maxAttempts: 4, initialBackoff: .milliseconds(1), maxBackoff: .milliseconds(2)))
  ])

  // MARK: Repeating

  @Test("makes a call again that failed with a code its policy names, and tells the server how often")
  func retries() async throws {
    try await withFlaky(2) { target, attempts in
      try await withClient(target, { $0.serviceConfig = Self.retry }) { client in
        let answer: Note = try await client.unary(Note(message: "m"), method: EchoService.echo)
        #expect(answer.message == "m")
      }
      #expect(attempts() == [nil, "1", "2"])
    }
    // A stream of requests is kept and sent again.
    try await withFlaky(2) { target, attempts in
      try await withClient(target, { $0.serviceConfig = Self.retry }) { client in
        let answer: Note = try await client.clientStreaming(method: EchoService.join) {
          (requests: RequestWriter<Note>) in
          for letter in ["a", "b", "c"] { try await requests.write(Note(message: letter)) }
        }
        #expect(answer.message == "abc")
      }
      #expect(attempts().count == 3)
    }
  }

  @Test("gives up after as many attempts as its policy allows, for other codes, and when the server says so")
  func noRetries() async throws {
    func expect(_ attempts: Int, _ code: RPCError.Code, _ config: ServiceConfig, _ metadata: Metadata = [:])
      async throws
    {
      try await withFlaky(100, code, metadata: metadata) { target, made in
        try await withClient(target, { $0.serviceConfig = config }) { client in
          let error = await #expect(throws: RPCError.self) {
            let _: Note = try await client.unary(Note(), method: EchoService.echo)
          }
          #expect(error?.code == code && error?.message == "failure \(attempts)")
        }
        #expect(made().count == attempts)
      }
    }
    try await expect(4, .unavailable, Self.retry)
    try await expect(1, .internalError, Self.retry)
    try await expect(1, .unavailable, ServiceConfig())
    try await expect(1, .unavailable, Self.retry, ["grpc-retry-pushback-ms": "-1"])
    try await expect(1, .unavailable, Self.retry, ["grpc-retry-pushback-ms": "soon"])
    try await expect(4, .unavailable, Self.retry, ["grpc-retry-pushback-ms": "1"])
    var throttled = Self.retry
    // Two tokens: the first failure leaves one, which is not more than half.
    throttled.retryThrottling = .init(maxTokens: 2, tokenRatio: 0.1)
    try await expect(1, .unavailable, throttled)
  }

  // MARK: Waiting

  @Test("waits for a server that is not there yet if told to, and else fails at once")
  func waitForReady() async throws {
    nonisolated(unsafe) var target = ""  // Written before it is read, by one task.
    try await withServer { _, address in target = address }
    let port = try #require(Int(target.split(separator: ":")[1]))
    try await withClient(target, { _ in }) { client in
      let error = await #expect(throws: RPCError.self) {
        let _: Note = try await client.unary(Note(), method: EchoService.echo)
      }
      #expect(error?.code == .unavailable)
      let late = await #expect(throws: RPCError.self) {
        let _: Note = try await client.unary(
          Note(), method: EchoService.echo, options: CallOptions(timeout: .milliseconds(60), waitForReady: true))
      }
      #expect(late?.code == .deadlineExceeded)
      #expect(late?.message.contains("Connection refused") == true, "\(String(describing: late))")
      let waiting = Task { () -> Note in
        try await client.unary(Note(code: 9), method: EchoService.echo, options: CallOptions(waitForReady: true))
      }
      var router = RPCRouter()
      router.register(EchoService())
      let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
      _ = try await server.bind(host: "127.0.0.1", port: port)
      let answer = try await waiting.value
      #expect(answer.code == 9)
      await server.shutdownGracefully()
    }
  }

  // MARK: Addresses

  @Test("uses the first address that answers, or each in turn")
  func balancing() async throws {
    nonisolated(unsafe) var dead = ""  // Written before it is read, by one task.
    try await withServer { _, address in dead = address }
    try await withFlaky(0, name: 1) { first, _ in
      try await withFlaky(0, name: 2) { second, _ in
        let target = "ipv4:\(dead),\(first),\(second)"
        func names(_ client: RPCClient, _ count: Int) async throws -> [Int32] {
          var names: [Int32] = []
          for _ in 0..<count {
            let answer: Note = try await client.unary(Note(), method: EchoService.echo)
            names.append(answer.code)
          }
          return names
        }
        try await withClient(target, { _ in }) { client in
          let all = try await names(client, 4)
          #expect(all == [1, 1, 1, 1])
        }
        try await withClient(target, { $0.serviceConfig.loadBalancing = .roundRobin }) { client in
          var seen: Set<Int32> = []
          // Both are connected soon after the first call; then they take turns.
          while seen.count < 2 { try await seen.formUnion(names(client, 4)) }
          let turns = try await names(client, 10)
          #expect(turns.filter { $0 == 1 }.count == 5, "\(turns)")
        }
      }
    }
  }

  @Test("resolves names, whichever way they are written")
  func names() async throws {
    try await withServer { _, target in
      let port = try #require(target.split(separator: ":").last)
      for text in ["localhost:\(port)", "dns:///localhost:\(port)", "ipv4:127.0.0.1:\(port)", "dns:127.0.0.1:\(port)"] {
        try await withClient(text, { _ in }) { client in
          let answer: Note = try await client.unary(Note(code: 3), method: EchoService.echo)
          #expect(answer.code == 3, "\(text)")
        }
      }
    }
  }

  // MARK: Quiet connections

  @Test("closes its connection when it has no calls for long, and connects again for the next")
  func idle() async throws {
    let peers = Mutex<[String]>([])
    var router = RPCRouter()
    router.register(unary: EchoService.echo) { (request: Note, context: ServerContext) -> Note in
      peers.withLock { $0.append(context.peer) }
      return request
    }
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let port = try #require(try await server.bind(host: "127.0.0.1", port: 0).port)
    try await withClient("127.0.0.1:\(port)", { $0.idleTimeout = .milliseconds(20) }) { client in
      while Set(peers.withLock { $0 }).count < 2 {
        let _: Note = try await client.unary(Note(), method: EchoService.echo)
        try await Task.sleep(for: .milliseconds(60))
      }
    }
    await server.shutdownGracefully()
  }

  @Test("finds out with PINGs that its server is gone without a word, and leaves alone one that answers")
  func keepalive() async throws {
    let service = EchoService()
    try await withServer([service]) { _, target in
      let keepalive = RPCClient.Keepalive(interval: .milliseconds(10), timeout: .milliseconds(500))
      try await withClient(target, { $0.keepalive = keepalive }) { client in
        let error = await #expect(throws: RPCError.self) {
          let _: Note = try await client.unary(
            Note(message: "wait"), method: EchoService.echo, options: CallOptions(timeout: .milliseconds(100)))
        }
        #expect(error?.code == .deadlineExceeded)
      }
    }
    // A server that takes the call and then does not read any more: its SETTINGS come, and nothing else ever.
    try await MuteServer.run { target in
      let keepalive = RPCClient.Keepalive(interval: .milliseconds(10), timeout: .milliseconds(50))
      try await withClient(target, { $0.keepalive = keepalive }) { client in
        let error = await #expect(throws: RPCError.self) {
          let _: Note = try await client.unary(Note(), method: EchoService.echo)
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("keepalive") == true, "\(String(describing: error))")
      }
    }
  }

  // MARK: Around calls

  @Test("has its interceptors around each call, and its reporters told how it went")
  func interceptors() async throws {
    struct Mark: ClientInterceptor {
      let name: String
      func intercept<Result: Sendable>(
        _ context: ClientContext, next: @Sendable (ClientContext) async throws -> Result
      ) async throws -> Result {
        var context = context
        context.metadata.add(name, for: "x-many")
        context.metadata.add("t", for: "x-text")
        return try await next(context)
      }
    }
    final class Recorder: CallReporter {
      let reports = Mutex<[CallReport]>([])
      func callStarted(_ method: MethodDescriptor) {}
      func callEnded(_ report: CallReport) { reports.withLock { $0.append(report) } }
    }
    let (client, server) = (Recorder(), Recorder())
    var configuration = RPCServer.Configuration(eventLoops: 1)
    configuration.reporters = [server]
    try await withServer([EchoService()], configuration: configuration) { _, target in
      try await withClient(
        target,
        {
          $0.interceptors = [Mark(name: "a"), Mark(name: "b")]
          $0.reporters = [client]
        }
      ) { client in
        let answer: Note = try await client.unary(Note(message: "metadata"), method: EchoService.echo)
        #expect(answer.message == "a|b")
        await #expect(throws: RPCError.self) {
          let _: Note = try await client.unary(Note(code: 5, message: "fail"), method: EchoService.echo)
        }
        try await client.serverStreaming(Note(code: 3), method: EchoService.split) {
          (responses: ResponseStream<Note>) in for try await _ in responses {}
        }
      }
    }
    for recorder in [client, server] {
      let reports = recorder.reports.withLock { $0 }
      #expect(reports.map { $0.status?.code } == [nil, .notFound, nil])
      #expect(reports.map(\.method?.method) == ["Echo", "Echo", "Split"])
    }
    let (sent, received) = (client.reports.withLock { $0 }, server.reports.withLock { $0 })
    #expect(sent.map(\.receivedMessages) == [1, 0, 3] && received.map(\.sentMessages) == [1, 0, 3])
    #expect(sent.map(\.sentBytes) == received.map(\.receivedBytes))
    #expect(sent.map(\.receivedBytes) == received.map(\.sentBytes))
  }

  @Test("makes calls inside a handler end when the caller's time is up")
  func propagation() async throws {
    try await withServer { _, target in
      let inner = RPCClient(target: target)
      var router = RPCRouter()
      router.register(unary: EchoService.echo) { (request: Note, _: ServerContext) -> Note in
        try await inner.unary(request, method: EchoService.echo)
      }
      let outer = RPCServer(router: router, configuration: .init(eventLoops: 1))
      let port = try #require(try await outer.bind(host: "127.0.0.1", port: 0).port)
      try await withClient("127.0.0.1:\(port)", { _ in }) { client in
        let told: Note = try await client.unary(
          Note(message: "deadline"), method: EchoService.echo, options: CallOptions(timeout: .seconds(3600)))
        #expect((3500...3600).contains(told.code))
        let untold: Note = try await client.unary(Note(message: "deadline"), method: EchoService.echo)
        #expect(untold.code == -1)
      }
      await outer.shutdownGracefully()
      await inner.close()
    }
  }

  @Test("has its own limits of size, for what is sent and for what comes")
  func limits() async throws {
    try await withServer { _, target in
      try await withClient(target, { $0.maximumSendSize = 1000 }) { client in
        for (size, options) in [
          (2000, CallOptions.default),
          (
            900,
            {
              var o = CallOptions(); o.maximumReceiveSize = 500; return o
            }()
          ),
        ] {
          let error = await #expect(throws: RPCError.self) {
            let _: Note = try await client.unary(
              Note(message: String(repeating: "x", count: size)), method: EchoService.echo, options: options)
          }
          #expect(error?.code == .resourceExhausted)
        }
      }
    }
  }

  @Test("pauses longer after each failure, never longer than its maximum, give or take the jitter")
  func backoff() {
    let backoff = Backoff(initial: .milliseconds(100), multiplier: 2, maximum: .seconds(1), jitter: 0.2)
    let pauses = (1...6).map { backoff.pause(after: $0, jitter: 0) }
    #expect(
      pauses == [
        .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), .seconds(1),
      ])
    for failures in [1, 3, 1000, Int.max] {
      for jitter in [-1.0, 0.3, 1] {
        let pause = backoff.pause(after: failures, jitter: jitter)
        #expect(pause >= .milliseconds(80) && pause <= .milliseconds(1200))
      }
    }
  }
}
