// SPDX-License-Identifier: Apache-2.0

/// What a client has done since it was made, and what it is doing.
public struct ClientStatistics: Sendable, Hashable {
  /// How it stands with the connections of a client, in gRPC's terms.
  public enum State: String, Sendable, Hashable {
    /// There is none, and none is wanted.
    case idle = "IDLE"
    case connecting = "CONNECTING"
    /// There is at least one.
    case ready = "READY"
    /// All attempts failed; the next waits.
    case transientFailure = "TRANSIENT_FAILURE"
    case shutdown = "SHUTDOWN"
  }

  /// The server, as the client was told.
  public var target: String
  public var state: State
  /// Why there is no connection.
  public var lastFailure: String?
  /// Calls, whatever number of attempts each took; the attempts are the streams of `traffic`.
  public var calls = CallCounts()
  /// Calls that wait for a connection.
  public var callsWaiting = 0
  /// Connections that were made, and those of them that have ended.
  public var connectionsMade = 0
  public var connectionsClosed = 0
  /// Attempts to connect that failed.
  public var connectFailures = 0
  /// On all connections, those that have ended among them.
  public var traffic = TrafficCounts()
  /// Those that are open, the oldest first.
  public var connections: [ConnectionStatistics] = []

  public init(target: String, state: State) {
    self.target = target
    self.state = state
  }
}
