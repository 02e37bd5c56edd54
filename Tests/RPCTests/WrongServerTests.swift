// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import NIOPosix
import RPC
import Testing

/// Our client where there is no gRPC server.
@Suite("A client that is pointed at the wrong thing")
struct WrongServerTests {
  /// Answers whatever comes with fixed bytes, and perhaps closes.
  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    let answer: String
    let closes: Bool

    init(_ answer: String, closes: Bool) {
      self.answer = answer
      self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
      if closes { context.close(promise: nil) }
    }
  }

  private func failure(answer: String, closes: Bool = true) async throws -> RPCError? {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answerer(answer, closes: closes))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    let client = RPCClient(
      target: "127.0.0.1:\(port)", configuration: .init(connectTimeout: closes ? .seconds(20) : .milliseconds(80)))
    let error = await #expect(throws: RPCError.self) {
      let _: Note = try await client.unary(Note(), method: EchoService.echo)
    }
    await client.close()
    try await listener.close()
    #expect(error?.code == .unavailable)
    #expect(error?.message.hasPrefix("cannot reach 127.0.0.1:\(port): ") == true, "\(String(describing: error))")
    return error
  }

  @Test(
    "says in one sentence what it found there",
    arguments: [
      (
        "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
        "the server does not speak HTTP/2: it answered \"HTTP/1.1 400 Bad Request\""
      ),
      ("\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F", "the server does not speak plain HTTP/2: it wants TLS"),
      ("SSH-2.0-OpenSSH_9.2\r\n", "the server does not speak HTTP/2: it began with the bytes 53 53 48 2d 32 2e 30 2d"),
      ("", "the server closed the connection before it said anything in HTTP/2; does it want TLS?"),
    ])
  func foreign(answer: String, words: String) async throws {
    let error = try await failure(answer: answer)
    #expect(error?.message.hasSuffix(words) == true, "\(String(describing: error))")
  }

  @Test("does not come again and again to one that takes no calls")
  func leaving() async throws {
    // SETTINGS, the answer to ours, and a GOAWAY without an error.
    let goAway = "\0\0\0\u{4}\0\0\0\0\0" + "\0\0\0\u{4}\u{1}\0\0\0\0" + "\0\0\u{8}\u{7}\0\0\0\0\0\0\0\0\0\0\0\0\0"
    let error = try await failure(answer: goAway)
    #expect(
      error?.message.hasSuffix("the server ended each connection before it took a call") == true,
      "\(String(describing: error))")
  }

  @Test("does not wait for ever for one that says nothing")
  func silent() async throws {
    let error = try await failure(answer: "", closes: false)
    #expect(
      error?.message.hasSuffix("the server said nothing for 0.08 seconds") == true, "\(String(describing: error))")
  }

  @Test("names the cause when there is nothing at all")
  func nothing() async throws {
    nonisolated(unsafe) var dead = ""  // Written before it is read, by one task.
    try await withServer { _, address in dead = address }
    let cases = [
      (dead, "Connection refused"), ("unix:/nowhere/socket", "No such file or directory"),
      ("no-such-host.invalid:50051", "the name no-such-host.invalid does not resolve"),
    ]
    for (target, words) in cases {
      try await withClient(target) { client in
        let error = await #expect(throws: RPCError.self) {
          let _: Note = try await client.unary(Note(), method: EchoService.echo)
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
      }
    }
  }
}
