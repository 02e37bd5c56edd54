// SPDX-License-Identifier: Apache-2.0

import RPC

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Servers, clients and their connections in JSON, in the manner of gRPC's channelz.
struct ChannelzPage: Encodable {
  let service: String
  let servers: [Server]
  let channels: [Channel]

  struct Server: Encodable {
    let listeners: [String]
    let calls: Calls
    let plainRequests: Int
    let connectionsOpen: Int
    let connectionsAccepted: Int
    let connectionsRefused: Int
    let connectionsClosed: Int
    let traffic: Traffic
    let sockets: [Socket]
  }

  struct Channel: Encodable {
    let target: String
    let state: String
    let lastFailure: String?
    let calls: Calls
    let callsWaiting: Int
    let connectionsOpen: Int
    let connectionsMade: Int
    let connectionsClosed: Int
    let connectFailures: Int
    let traffic: Traffic
    let sockets: [Socket]
  }

  struct Calls: Encodable {
    let started: Int
    let succeeded: Int
    let failed: Int
    let active: Int
  }

  struct Traffic: Encodable {
    let streamsStarted: Int
    let streamsSucceeded: Int
    let streamsFailed: Int
    let messagesSent: Int
    let messagesReceived: Int
    let messageBytesSent: Int
    let messageBytesReceived: Int
    let bytesSent: Int
    let bytesReceived: Int
    let keepalivesSent: Int
  }

  struct Socket: Encodable {
    let id: Int
    let peer: String
    let local: String?
    let remote: String?
    let tls: Bool
    let ageSeconds: Double
    /// How long ago a stream was opened last.
    let idleSeconds: Double?
    let openStreams: Int
    let traffic: Traffic
  }

  init(service: String, servers: [ServerStatistics], clients: [ClientStatistics]) {
    self.service = service
    self.servers = servers.map { Server($0) }
    self.channels = clients.map { Channel($0) }
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Nothing in a page of numbers and strings can fail to be encoded.
    guard let bytes = try? encoder.encode(self) else { return "{}\n" }
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }
}

extension ChannelzPage.Server {
  init(_ statistics: ServerStatistics) {
    listeners = statistics.listeners
    calls = ChannelzPage.Calls(statistics.calls)
    plainRequests = statistics.plainRequests
    connectionsOpen = statistics.connections.count
    connectionsAccepted = statistics.connectionsAccepted
    connectionsRefused = statistics.connectionsRefused
    connectionsClosed = statistics.connectionsClosed
    traffic = ChannelzPage.Traffic(statistics.traffic)
    sockets = statistics.connections.prefix(ChannelzPage.mostSockets).map { ChannelzPage.Socket($0) }
  }
}

extension ChannelzPage.Channel {
  init(_ statistics: ClientStatistics) {
    target = statistics.target
    state = statistics.state.rawValue
    lastFailure = statistics.lastFailure
    calls = ChannelzPage.Calls(statistics.calls)
    callsWaiting = statistics.callsWaiting
    connectionsOpen = statistics.connections.count
    connectionsMade = statistics.connectionsMade
    connectionsClosed = statistics.connectionsClosed
    connectFailures = statistics.connectFailures
    traffic = ChannelzPage.Traffic(statistics.traffic)
    sockets = statistics.connections.prefix(ChannelzPage.mostSockets).map { ChannelzPage.Socket($0) }
  }
}

extension ChannelzPage {
  /// How many connections of a server are listed, the oldest first; all are counted.
  static let mostSockets = 1000
}

extension ChannelzPage.Calls {
  init(_ counts: CallCounts) {
    started = counts.started
    succeeded = counts.succeeded
    failed = counts.failed
    active = counts.active
  }
}

extension ChannelzPage.Traffic {
  init(_ counts: TrafficCounts) {
    streamsStarted = counts.streamsStarted
    streamsSucceeded = counts.streamsSucceeded
    streamsFailed = counts.streamsFailed
    messagesSent = counts.messagesSent
    messagesReceived = counts.messagesReceived
    messageBytesSent = counts.messageBytesSent
    messageBytesReceived = counts.messageBytesReceived
    bytesSent = counts.bytesSent
    bytesReceived = counts.bytesReceived
    keepalivesSent = counts.keepalivesSent
  }
}

extension ChannelzPage.Socket {
  init(_ statistics: ConnectionStatistics) {
    id = statistics.id
    peer = statistics.peer
    local = statistics.localAddress
    remote = statistics.remoteAddress
    tls = statistics.isEncrypted
    ageSeconds = statistics.age.inSeconds
    idleSeconds = statistics.sinceLastStream?.inSeconds
    openStreams = statistics.openStreams
    traffic = ChannelzPage.Traffic(statistics.traffic)
  }
}

extension Duration {
  /// To the millisecond.
  fileprivate var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1000
  }
}
