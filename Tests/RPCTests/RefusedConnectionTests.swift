// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore
import NIOPosix
import Testing

@testable import RPC

/// Connections that a server does not take in.
@Suite("A connection that is refused")
struct RefusedConnectionTests {
  @Test("leaves nothing in memory, whether the server is closing or has as many as it may")
  func memory() async throws {
    try await withServer { _, target in
      let port = try #require(target.split(separator: ":").last.flatMap { Int($0) })
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port).get()
      for isClosing in [true, false] {
        let isGone = try await channel.eventLoop.submit {
          let registry = ConnectionRegistry()
          if isClosing { _ = registry.close() }
          var configuration = RPCServer.Configuration()
          configuration.connections.maximumConnections = 0
          let loop = channel.eventLoop
          let watch = ConnectionWatch(eventLoop: loop)
          var connection: ServerConnection? = ServerConnection(
            router: RPCRouter(), configuration: configuration, registry: registry, peer: "", eventLoop: loop,
            watch: watch)
          weak let trace = connection
          #expect(throws: ChannelError.self) { try connection?.begin(on: channel, executor: LoopExecutor(loop)) }
          connection = nil
          return trace == nil
        }.get()
        #expect(isGone)
      }
      try await channel.close()
    }
  }
}
