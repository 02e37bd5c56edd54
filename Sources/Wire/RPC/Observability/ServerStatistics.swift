// SPDX-License-Identifier: Apache-2.0

/// What a server has done since it was made, and what it is doing.
public struct ServerStatistics: Sendable, Hashable {
  /// Where it listens; empty for one that is given its connections.
  public var listeners: [String] = []
  /// Connections that were taken in, and those turned away because there were as many as there may be.
  public var connectionsAccepted = 0
  public var connectionsRefused = 0
  /// Connections that have ended.
  public var connectionsClosed = 0
  /// Calls, those of methods that do not exist among them.
  public var calls = CallCounts()
  /// Requests that are no gRPC calls.
  public var plainRequests = 0
  /// On all connections, those that have ended among them.
  public var traffic = TrafficCounts()
  /// Those that are open, the oldest first.
  public var connections: [ConnectionStatistics] = []

  public init() {}
}

/// What is counted on one event loop of a server, and on each connection.
struct ServerTally {
  var calls = CallCounts()
  var plainRequests = 0
  var traffic = TrafficCounts()
  var connectionsAccepted = 0
  var connectionsRefused = 0
  var connectionsClosed = 0

  /// Counts the end of a call.
  /// - Parameter isAnswered: whether there was somebody left to be told the status.
  mutating func endCall(isOK: Bool, isAnswered: Bool) {
    if isOK { calls.succeeded &+= 1 } else { calls.failed &+= 1 }
    if isAnswered { traffic.streamsSucceeded &+= 1 } else { traffic.streamsFailed &+= 1 }
  }

  /// Counts a call that was answered before it began.
  mutating func refuseCall() {
    calls.started &+= 1
    endCall(isOK: false, isAnswered: true)
  }

  static func += (sum: inout ServerTally, more: ServerTally) {
    sum.calls += more.calls
    sum.plainRequests &+= more.plainRequests
    sum.traffic += more.traffic
    sum.connectionsAccepted &+= more.connectionsAccepted
    sum.connectionsRefused &+= more.connectionsRefused
    sum.connectionsClosed &+= more.connectionsClosed
  }
}

extension ServerStatistics {
  /// Adds what one event loop has counted.
  mutating func add(_ tally: ServerTally, open: [ConnectionStatistics]) {
    calls += tally.calls
    plainRequests &+= tally.plainRequests
    traffic += tally.traffic
    connectionsAccepted &+= tally.connectionsAccepted
    connectionsRefused &+= tally.connectionsRefused
    connectionsClosed &+= tally.connectionsClosed
    connections += open
  }
}
