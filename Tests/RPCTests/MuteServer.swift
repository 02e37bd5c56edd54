// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Testing

/// A server that says that it speaks HTTP/2, and then never anything again.
enum MuteServer {
  private final class Greeting: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
      // An empty SETTINGS frame.
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 0])), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
  }

  /// Runs the body with the target of such a server.
  static func run(_ body: (_ target: String) async throws -> Void) async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Greeting()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    do { try await body("127.0.0.1:\(port)") } catch {
      try await listener.close()
      throw error
    }
    try await listener.close()
  }
}
