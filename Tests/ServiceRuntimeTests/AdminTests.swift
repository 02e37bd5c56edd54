// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import Logging
import NIOCore
import NIOPosix
import RPC
import Testing

@testable import ServiceRuntime

/// Runs the body while the pages are served.
func withAdmin<R>(
  _ pages: AdminPages, limits: AdminServer.Limits = AdminServer.Limits(), _ body: (_ address: String) async throws -> R
) async throws -> R {
  let server = try await AdminServer(
    pages: pages, host: "127.0.0.1", port: 0, logger: Logger(label: "test"), limits: limits)
  let result: Result<R, any Error>
  do { result = .success(try await body("127.0.0.1:\(server.address.port ?? 0)")) } catch { result = .failure(error) }
  await server.close()
  return try result.get()
}

@Suite("The admin port")
struct AdminTests {
  private func pages(_ introspection: Introspection = Introspection()) -> AdminPages {
    AdminPages(
      service: "people", introspection: introspection, metrics: MetricsRegistry(), process: ProcessMetrics())
  }

  private func curl(_ arguments: String...) async throws -> String {
    try await ForeignProgram.run("/usr/bin/curl", ["-s", "-m", "20"] + arguments).text
  }

  @Test("says whether the process lives, and whether calls can be taken")
  func probes() async throws {
    let introspection = Introspection()
    try await withAdmin(pages(introspection)) { address in
      let status = ["-o", "/dev/null", "-w", "%{http_code}"]
      func code(_ path: String) async -> String? {
        let url = "http://\(address)\(path)"
        return try? await ForeignProgram.run("/usr/bin/curl", ["-s", "-m", "20"] + status + [url]).text
      }
      #expect(await code("/livez") == "200")
      #expect(await code("/readyz") == "503")
      let health = HealthService(services: [])
      introspection.add(health)
      #expect(await code("/readyz") == "200")
      #expect(await code("/readyz?verbose") == "200")
      health.shutDown()
      #expect(await code("/readyz") == "503")
      #expect(await code("/livez") == "200")
      #expect(await code("/") == "200")
      #expect(await code("/livez/") == "404")
    }
  }

  @Test("says why calls cannot be taken")
  func reasons() async throws {
    let introspection = Introspection()
    let health = HealthService(services: [])
    introspection.add(health)
    try await withAdmin(pages(introspection)) { address in
      var text = ""
      health.set(["": false], problem: "projects cannot be reached")
      text = try await curl("http://\(address)/readyz")
      #expect(text == "not serving: projects cannot be reached\n")
      health.set(["": true], problem: nil)
      text = try await curl("http://\(address)/readyz")
      #expect(text == "ok\n")
      health.beginDraining()
      text = try await curl("http://\(address)/readyz")
      #expect(text == "not serving: it is about to stop\n")
    }
  }

  @Test("lists servers, clients and their connections")
  func channelz() async throws {
    var router = RPCRouter()
    router.register(HealthService(services: []))
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let listening = try await server.bind(host: "127.0.0.1", port: 0).listed
    let client = RPCClient(target: listening)
    _ = try await GrpcHealthV1.HealthClient(client).check(.init())
    let introspection = Introspection()
    introspection.add(server)
    introspection.add(client)
    try await withAdmin(pages(introspection)) { address in
      let text = try await curl("http://\(address)/channelz")
      let page = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(page["service"] as? String == "people")
      let served = try #require((page["servers"] as? [[String: Any]])?.first)
      #expect(served["listeners"] as? [String] == [listening])
      #expect(served["connectionsOpen"] as? Int == 1)
      #expect((served["calls"] as? [String: Int]) == ["started": 1, "succeeded": 1, "failed": 0, "active": 0])
      let socket = try #require((served["sockets"] as? [[String: Any]])?.first)
      #expect((socket["traffic"] as? [String: Int])?["messagesSent"] == 1)
      #expect(socket["local"] as? String == listening)
      let channel = try #require((page["channels"] as? [[String: Any]])?.first)
      #expect(channel["target"] as? String == listening)
      #expect(channel["state"] as? String == "READY")
      #expect((channel["sockets"] as? [[String: Any]])?.first?["remote"] as? String == listening)
      let metrics = try await curl("http://\(address)/metrics")
      for line in [
        "rpc_server_connections 1", "rpc_server_messages_sent_total 1",
        "rpc_client_connections{grpc_target=\"\(listening)\"} 1",
      ] {
        #expect(metrics.contains("\n\(line)\n"), "\(line) is not in \(metrics)")
      }
    }
    await client.close()
    await server.shutdownGracefully()
  }

  @Test("only tells, and only to who asks in HTTP")
  func refusals() async throws {
    try await withAdmin(pages()) { address in
      let posted = try await curl("-i", "-d", "x", "http://\(address)/readyz")
      #expect(posted.hasPrefix("HTTP/1.1 405 "))
      #expect(posted.contains("allow: GET, HEAD\r\n"))
      let head = try await curl("-I", "http://\(address)/metrics")
      #expect(head.hasPrefix("HTTP/1.1 200 "))
      #expect(head.hasSuffix("\r\n\r\n"))
      for (sent, answer) in [
        ("nonsense\r\n\r\n", "HTTP/1.1 400 "),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 "),
        ("GET /livez HTTP/1.1\r\nhost: x\r\n" + header("x-long", 9 << 10) + "\r\n", "HTTP/1.1 400 "),
        ("GET /livez HTTP/1.1\r\n" + String(repeating: header("x", 1), count: 65) + "\r\n", "HTTP/1.1 400 "),
        ("GET /\(String(repeating: "x", count: 9 << 10)) HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "),
        ("POST / HTTP/1.1\r\ncontent-length: 90000\r\n\r\n" + String(repeating: "x", count: 90000), ""),
        ("GET /livez HTTP/1.0\r\n\r\n", "HTTP/1.1 200 "),
        // Only the first of several requests is answered.
        ("GET /livez HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\n\r\n", "HTTP/1.1 200 "),
      ] {
        let answered = try await exchange(sent, with: address)
        #expect(answered.hasPrefix(answer) && (answer.isEmpty == answered.isEmpty), "\(sent.prefix(40)): \(answered)")
        #expect(answered.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: false).count <= 2)
      }
    }
  }

  @Test("lets nobody stay", arguments: ["", "GET /livez HTTP/1.1\r\n", "POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\n"])
  func slow(sent: String) async throws {
    var limits = AdminServer.Limits()
    limits.time = .milliseconds(50)
    try await withAdmin(pages(), limits: limits) { address in
      let answered = try await exchange(sent, with: address)
      #expect(answered == "")
    }
  }

  @Test("takes so many at a time, and others after them")
  func connections() async throws {
    var limits = AdminServer.Limits()
    limits.connections = 3
    limits.time = .seconds(60)
    try await withAdmin(pages(), limits: limits) { address in
      let held = try await withThrowingTaskGroup(of: (any Channel).self) { group in
        for _ in 0..<3 { group.addTask { try await connect(address) { _ in } } }
        return try await group.reduce(into: [any Channel]()) { $0.append($1) }
      }
      // Those are accepted once a fourth, behind them in the queue, is turned away.
      let refused = try await exchange("GET /livez HTTP/1.1\r\n\r\n", with: address)
      #expect(refused == "")
      for channel in held { try await channel.close() }
      var answer = ""
      for _ in 0..<1000 where answer.isEmpty {
        answer = try await exchange("GET /livez HTTP/1.1\r\n\r\n", with: address)
      }
      #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
  }

  private func header(_ name: String, _ size: Int) -> String { "\(name): \(String(repeating: "x", count: size))\r\n" }

  // MARK: Raw connections

  /// Sends bytes and gives what comes until the other side closes.
  private func exchange(_ text: String, with address: String) async throws -> String {
    let (bytes, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    let channel = try await connect(address) { buffer in
      if let buffer { continuation.yield(buffer) } else { continuation.finish() }
    }
    // Fails when the other side has closed already, which is for the answer to show.
    try? await channel.writeAndFlush(ByteBuffer(string: text))
    var answer = ""
    for await buffer in bytes { answer += String(buffer: buffer) }
    try? await channel.close()
    return answer
  }

  private func connect(_ address: String, _ receive: @escaping @Sendable (ByteBuffer?) -> Void) async throws
    -> any Channel
  {
    let parts = address.split(separator: ":")
    return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Receiver(receive)) }
      }
      .connect(host: String(parts[0]), port: try #require(Int(parts[1]))).get()
  }

  private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let receive: @Sendable (ByteBuffer?) -> Void
    init(_ receive: @escaping @Sendable (ByteBuffer?) -> Void) { self.receive = receive }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }
    func channelInactive(context: ChannelHandlerContext) { receive(nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
