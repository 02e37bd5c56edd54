// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// A connection that is open, and what went over it.
public struct ConnectionStatistics: Sendable, Hashable {
  /// Tells the connections of a process apart; never used again.
  public var id: Int
  /// The address of the other side, such as `127.0.0.1:40412`; of a client's connection the target.
  public var peer: String
  /// The addresses of the socket, where it has any.
  public var localAddress: String?
  public var remoteAddress: String?
  /// Whether it is under TLS.
  public var isEncrypted = false
  /// How long ago it was made.
  public var age: Duration
  /// How long ago a stream was opened last, to within a second or two; `nil` if none ever was.
  public var sinceLastStream: Duration?
  /// Streams that are open now.
  public var openStreams: Int
  public var traffic: TrafficCounts

  public init(id: Int, peer: String, age: Duration, openStreams: Int = 0, traffic: TrafficCounts = TrafficCounts()) {
    self.id = id
    self.peer = peer
    self.age = age
    self.openStreams = openStreams
    self.traffic = traffic
  }

  private static let lastID = Atomic<Int>(0)

  /// A number that no connection had before.
  static func nextID() -> Int { lastID.wrappingAdd(1, ordering: .relaxed).newValue }
}

extension SocketAddress {
  /// `host:port`, `[v6 host]:port`, or `unix:path`.
  var text: String {
    switch (ipAddress, port) {
    case (let host?, let port?): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    default: pathname.map { "unix:\($0)" } ?? "unknown"
    }
  }
}
