// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTP2
import NIOCore
import NIOPosix
import RPC
import Synchronization
import Testing

/// What servers and clients count of what they do.
@Suite("Statistics")
struct StatisticsTests {
  @Test("of a server count calls, streams, messages and connections, open and gone")
  func server() async throws {
    let (waiting, began) = AsyncStream.makeStream(of: Void.self)
    try await withServer([EchoService(onWait: { began.yield() })]) { server, target in
      let bytes = try await withClient(target) { client in
        try await someCalls(client)
        // One that is given up while its handler runs.
        let given = Task { try await echo(client, Note(message: "wait")) }
        for await _ in waiting { break }
        let during = await server.statistics()
        #expect(during.calls.active == 1)
        #expect(during.connections.first?.openStreams == 1)
        given.cancel()
        await #expect(throws: RPCError.self) { try await given.value }
        let after = try await settled {
          await server.statistics()
        } until: {
          $0.calls.active == 0
        }
        expectSomeCalls(after, cancelled: 1)
        #expect(after.listeners == [target])
        #expect(after.connectionsClosed == 0)
        let only = try #require(after.connections.first)
        #expect(after.connections.count == 1)
        #expect(only.traffic == after.traffic)
        #expect(only.localAddress == target)
        #expect(only.peer == only.remoteAddress)
        #expect(!only.isEncrypted)
        #expect(only.openStreams == 0)
        #expect(only.sinceLastStream != nil)
        #expect(after.traffic.bytesReceived > after.traffic.messageBytesReceived)
        #expect(after.traffic.bytesSent > after.traffic.messageBytesSent)
        return after.traffic.messageBytesReceived
      }
      let closed = try await settled {
        await server.statistics()
      } until: {
        $0.connectionsClosed == 1
      }
      expectSomeCalls(closed, cancelled: 1)
      #expect(closed.connections.isEmpty)
      #expect(closed.traffic.messageBytesReceived == bytes)
      await server.shutdownGracefully()
      // The event loops are gone, what they counted is not.
      let last = await server.statistics()
      #expect(last.calls == closed.calls)
      #expect(last.listeners.isEmpty)
    }
  }

  @Test("of a client count the same from the other side")
  func client() async throws {
    try await withServer { _, target in
      let client = RPCClient(target: target)
      #expect(await client.statistics().state == .idle)
      try await someCalls(client)
      let after = await client.statistics()
      #expect(after.state == .ready)
      #expect(after.target == target)
      #expect((after.calls.started, after.calls.succeeded, after.calls.failed) == (6, 4, 2))
      #expect((after.traffic.streamsStarted, after.traffic.streamsSucceeded, after.traffic.streamsFailed) == (6, 6, 0))
      #expect((after.traffic.messagesSent, after.traffic.messagesReceived) == (6, 8))
      #expect(after.traffic.messageBytesReceived > 0)
      #expect((after.connectionsMade, after.connectionsClosed, after.connectFailures) == (1, 0, 0))
      #expect(after.connections.first?.remoteAddress == target)
      #expect(after.connections.first?.sinceLastStream != nil)
      await client.close()
      let closed = await client.statistics()
      #expect(closed.state == .shutdown)
      #expect(closed.connectionsClosed == 1)
      #expect(closed.connections.isEmpty)
      #expect(closed.traffic.messagesReceived == after.traffic.messagesReceived)
    }
  }

  @Test("of a client without a server say why")
  func unreachable() async throws {
    let client = RPCClient(target: "127.0.0.1:1")
    await #expect(throws: RPCError.self) { try await echo(client, Note()) }
    let statistics = await client.statistics()
    #expect(statistics.state == .transientFailure)
    #expect(statistics.lastFailure?.contains("127.0.0.1:1") == true)
    #expect((statistics.calls.started, statistics.calls.failed) == (1, 1))
    #expect(statistics.connectFailures >= 1)
    #expect(statistics.traffic.streamsStarted == 0)
    await client.close()
  }

  @Test("requests that are no calls are counted, and reported with the status of HTTP that they were answered")
  func noCalls() async throws {
    let reports = Reports()
    var configuration = RPCServer.Configuration(eventLoops: 1)
    configuration.reporters = [reports]
    configuration.limits.headerListSize = 16_384
    try await withServer(configuration: configuration) { server, target in
      let url = "http://\(target)\(EchoService.echo.path)"
      let grpc = ["-H", "content-type: application/grpc"]
      let long = ["-H", "x-long: " + String(repeating: "x", count: 60_000)]
      for (arguments, status) in [
        (["-X", "POST"], "415"), (grpc, "405"), (["-d", ""] + long, "431"), (grpc + ["-d", ""] + long, "200"),
      ] {
        let output = try await ForeignTools.run(
          "/usr/bin/curl",
          ["-s", "--http2-prior-knowledge", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}"] + arguments + [url])
        #expect(output.text == status)
      }
      #expect(
        reports.all == [
          "call ended - UNKNOWN answered with HTTP status 415 (only application/grpc is served)",
          "call ended - UNKNOWN answered with HTTP status 405 (calls are made with POST)",
          "call ended - UNKNOWN answered with HTTP status 431 (the header is too large)",
          "call ended - RESOURCE_EXHAUSTED the header is larger than the limit of 16384 bytes",
        ])
      let statistics = await server.statistics()
      #expect((statistics.calls.started, statistics.calls.failed) == (4, 4))
    }
  }

  @Test("a call that is repeated is reported once, each of its attempts too")
  func attempts() async throws {
    let reports = Reports()
    let left = Mutex(2)
    let flaky = FlakyService {
      left.withLock {
        $0 -= 1; return $0 >= 0
      }
    }
    try await withServer([flaky]) { _, target in
      var configuration = RPCClient.Configuration()
      configuration.reporters = [reports]
      configuration.serviceConfig = ServiceConfig(methods: [
        .init(
          names: [.init()],
          retry: RetryPolicy(maxAttempts: 4, initialBackoff: .milliseconds(1), maxBackoff: .milliseconds(2)))
      ])
      let client = RPCClient(target: target, configuration: configuration)
      let answer = try await echo(client, Note(message: "hello"))
      #expect(answer.message == "hello")
      let statistics = await client.statistics()
      await client.close()
      let failed = "Echo UNAVAILABLE not yet sent 1 received 0"
      let done = "Echo OK sent 1 received 1"
      #expect(
        reports.all == [
          "call started Echo",
          "attempt started Echo", "attempt ended \(failed)", "attempt started Echo", "attempt ended \(failed)",
          "attempt started Echo", "attempt ended \(done)",
          "call ended \(done)",
        ])
      #expect((statistics.calls.started, statistics.calls.succeeded) == (1, 1))
      #expect((statistics.traffic.streamsStarted, statistics.traffic.streamsSucceeded) == (3, 3))
    }
  }

  @Test("a call that finds no connection has no attempt")
  func noAttempt() async throws {
    let reports = Reports()
    var configuration = RPCClient.Configuration()
    configuration.reporters = [reports]
    let client = RPCClient(target: "127.0.0.1:1", configuration: configuration)
    await #expect(throws: RPCError.self) { try await echo(client, Note()) }
    await client.close()
    #expect(reports.all.map { $0.prefix(22) } == ["call started Echo", "call ended Echo UNAVAI"])
  }

  @Test("a client that leaves is noticed on a channel that lets one side end alone, as a gateway's does")
  func halfClosed() async throws {
    var router = RPCRouter()
    router.register(EchoService())
    let server = RPCServer(router: router)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { server.attach(to: $0) }
      .bind(host: "127.0.0.1", port: 0).get()
    try await withClient("127.0.0.1:\(listener.localAddress?.port ?? 0)") { client in
      _ = try await echo(client, Note(message: "hello"))
    }
    let url = "http://127.0.0.1:\(listener.localAddress?.port ?? 0)/"
    _ = try await ForeignTools.run("/usr/bin/curl", ["-s", "--http2-prior-knowledge", "-m", "20", url])
    let after = try await settled {
      await server.statistics()
    } until: {
      $0.connectionsClosed == 2
    }
    #expect(after.connections.isEmpty)
    try await listener.close()
    await server.shutdownGracefully()
  }

  // MARK: What is called

  /// Four calls that go well, with a stream of three responses among them, and two that do not.
  private func someCalls(_ client: RPCClient) async throws {
    for number in 0..<3 { _ = try await echo(client, Note(code: Int32(number), message: "hello")) }
    let split: Int = try await client.serverStreaming(Note(code: 5, message: "s"), method: EchoService.split) {
      (responses: ResponseStream<Note>) in try await responses.reduce(into: 0) { count, _ in count += 1 }
    }
    #expect(split == 5)
    await #expect(throws: RPCError.self) { try await echo(client, Note(code: 5, message: "fail")) }
    let missing = MethodDescriptor(service: EchoService.name, method: "Missing", kind: .unary)
    await #expect(throws: RPCError.self) {
      let _: Note = try await client.unary(Note(message: "lost"), method: missing)
    }
  }

  private func expectSomeCalls(_ statistics: ServerStatistics, cancelled: Int) {
    #expect(statistics.connectionsAccepted == 1)
    #expect(statistics.calls.started == 6 + cancelled)
    #expect(statistics.calls.succeeded == 4)
    #expect(statistics.calls.failed == 2 + cancelled)
    #expect(statistics.traffic.streamsStarted == 6 + cancelled)
    #expect(statistics.traffic.streamsSucceeded == 6)
    #expect(statistics.traffic.streamsFailed == cancelled)
    #expect(statistics.traffic.messagesSent == 8)
    // The request of a method that does not exist is not read.
    #expect(statistics.traffic.messagesReceived == 5 + cancelled)
  }

  private func echo(_ client: RPCClient, _ note: Note) async throws -> Note {
    try await client.unary(note, method: EchoService.echo)
  }

  /// Looks until what is seen satisfies the condition.
  private func settled<Seen>(_ look: () async -> Seen, until condition: (Seen) -> Bool) async throws -> Seen {
    for _ in 0..<1000 {
      let seen = await look()
      if condition(seen) { return seen }
      try await Task.sleep(for: .milliseconds(10))
    }
    let last = await look()
    Issue.record("it did not come to pass: \(last)")
    return last
  }
}

/// Echoes, but is not available while it is told so.
private struct FlakyService: RegistrableService {
  let isDown: @Sendable () -> Bool

  func registerMethods(with router: inout RPCRouter) {
    router.register(unary: EchoService.echo) { (request: Note, _: ServerContext) -> Note in
      if isDown() { throw RPCError(code: .unavailable, message: "not yet") }
      return request
    }
  }
}

/// Writes down what it is told of calls.
private final class Reports: CallReporter {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }

  func callStarted(_ method: MethodDescriptor) { write("call started \(method.method)") }
  func callEnded(_ report: CallReport) { write("call ended \(text(report))") }
  func attemptStarted(_ method: MethodDescriptor) { write("attempt started \(method.method)") }
  func attemptEnded(_ report: CallReport) { write("attempt ended \(text(report))") }

  private func write(_ line: String) { lines.withLock { $0.append(line) } }

  private func text(_ report: CallReport) -> String {
    let status = report.status.map { "\($0.code.name) \($0.message)" } ?? "OK"
    guard let method = report.method else { return "- \(status)" }
    return "\(method.method) \(status) sent \(report.sentMessages) received \(report.receivedMessages)"
  }
}
