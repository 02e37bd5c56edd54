// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Interoperability
import NIOCore
import RPC

/// A server of the test service whose connections live for seconds, so that clients have to find new ones all the time.
struct SoakServer {
  let server: RPCServer
  let port: Int
  let isEncrypted: Bool

  init(tls: ServerTLS?, gracePeriod: Duration = .seconds(5)) async throws {
    var configuration = RPCServer.Configuration(eventLoops: 2, gracePeriod: gracePeriod)
    configuration.tls = tls
    configuration.connections.maximumAge = .seconds(2)
    // Sanitizers make everything slow: what is not to end has time enough.
    configuration.connections.ageGrace = .seconds(60)
    configuration.connections.handshakeTimeout = .seconds(20)
    // Clients here look after their connections every second.
    configuration.limits.pings = HTTP2PingPolicy(minimumInterval: .milliseconds(500))
    configuration.connections.unusedTimeout = .seconds(3)
    server = RPCServer.interoperability(configuration: configuration)
    port = try await server.bind(host: "127.0.0.1", port: 0).port ?? 0
    isEncrypted = tls != nil
  }

  /// Ends the server, and sees whether anything of it is left.
  func stop(_ tally: Tally) async {
    await server.shutdownGracefully()
    let statistics = await server.statistics()
    tally.note("calls served\(isEncrypted ? " over TLS" : "")", times: statistics.calls.started)
    tally.note("connections served\(isEncrypted ? " over TLS" : "")", times: statistics.connectionsAccepted)
    if statistics.calls.active != 0 { tally.fail("\(statistics.calls.active) calls never ended on the server") }
    let open = statistics.connectionsAccepted - statistics.connectionsClosed
    if open != 0 { tally.fail("\(open) connections never ended on the server") }
  }
}
