// SPDX-License-Identifier: Apache-2.0

import RPC

/// What servers and clients count of their connections, as metrics.
enum ConnectionFamilies {
  static func families(of servers: [ServerStatistics]) -> [MetricFamily] {
    if servers.isEmpty { return [] }
    func sum(
      _ name: String, _ kind: MetricFamily.Kind, unit: String? = nil, _ help: String, _ value: (ServerStatistics) -> Int
    )
      -> MetricFamily
    {
      MetricFamily(name, kind, unit: unit, help: help, Double(servers.reduce(0) { $0 &+ value($1) }))
    }
    return [
      sum("rpc_server_connections", .gauge, "Connections of clients that are open.") { $0.connections.count },
      sum("rpc_server_connections_accepted", .counter, "Connections that were taken in.") { $0.connectionsAccepted },
      sum("rpc_server_connections_refused", .counter, "Connections turned away because there were too many.") {
        $0.connectionsRefused
      },
      sum("rpc_server_calls_active", .gauge, "Calls that are being served.") { $0.calls.active },
      sum("rpc_server_streams_failed", .counter, "Streams that were reset or lost before they had a status.") {
        $0.traffic.streamsFailed
      },
      sum("rpc_server_plain_requests", .counter, "Requests over HTTP/2 that are no calls.") { $0.plainRequests },
      sum("rpc_server_messages_received", .counter, "Messages that were read.") { $0.traffic.messagesReceived },
      sum("rpc_server_messages_sent", .counter, "Messages that were handed over to be sent.") {
        $0.traffic.messagesSent
      },
      sum("rpc_server_received_bytes", .counter, unit: "bytes", "Bytes of HTTP/2 that came.") {
        $0.traffic.bytesReceived
      },
      sum("rpc_server_sent_bytes", .counter, unit: "bytes", "Bytes of HTTP/2 that were sent.") {
        $0.traffic.bytesSent
      },
    ]
  }

  static func families(of clients: [ClientStatistics]) -> [MetricFamily] {
    if clients.isEmpty { return [] }
    // Several clients of one server are one series.
    let targets = Dictionary(grouping: clients) { $0.target }.sorted { $0.key < $1.key }
    func each(
      _ name: String, _ kind: MetricFamily.Kind, unit: String? = nil, _ help: String, _ value: (ClientStatistics) -> Int
    )
      -> MetricFamily
    {
      var family = MetricFamily(name: name, kind: kind, unit: unit, help: help)
      for (target, clients) in targets {
        family.add(Double(clients.reduce(0) { $0 &+ value($1) }), [("grpc_target", target)])
      }
      return family
    }
    return [
      each("rpc_client_connections", .gauge, "Connections to the target that are open.") { $0.connections.count },
      each("rpc_client_connections_made", .counter, "Connections that were made.") { $0.connectionsMade },
      each("rpc_client_connect_failures", .counter, "Attempts to connect that failed.") { $0.connectFailures },
      each("rpc_client_calls_active", .gauge, "Calls that are under way.") { $0.calls.active },
      each("rpc_client_calls_waiting", .gauge, "Calls that wait for a connection.") { $0.callsWaiting },
      each("rpc_client_received_bytes", .counter, unit: "bytes", "Bytes of HTTP/2 that came.") {
        $0.traffic.bytesReceived
      },
      each("rpc_client_sent_bytes", .counter, unit: "bytes", "Bytes of HTTP/2 that were sent.") {
        $0.traffic.bytesSent
      },
    ]
  }
}
