// SPDX-License-Identifier: Apache-2.0

/// What one side of a connection allows the other, announced in its SETTINGS.
public struct HTTP2Limits: Sendable, Hashable {
  /// How many streams the other side may have open at a time.
  public var concurrentStreams: Int
  /// How many unread bytes a stream may hold before its sender has to wait.
  public var streamWindow: Int
  /// How many bytes may be on their way on all streams of a connection together.
  public var connectionWindow: Int
  /// The largest header or trailer section: the sum of names and values and 32 bytes for each field.
  public var headerListSize: Int
  /// How often a client may do what costs the server more than the client; `nil` to count nothing, as clients do.
  public var floods: HTTP2FloodLimits? = HTTP2FloodLimits()
  /// How often a client may send PINGs; `nil` for any time within `floods`.
  public var pings: HTTP2PingPolicy? = HTTP2PingPolicy()

  public init(
    concurrentStreams: Int = 256, streamWindow: Int = 256 << 10, connectionWindow: Int = 1 << 20,
    headerListSize: Int = 64 << 10
  ) {
    self.concurrentStreams = concurrentStreams
    self.streamWindow = streamWindow
    self.connectionWindow = connectionWindow
    self.headerListSize = headerListSize
  }

  /// What a server allows by default: what all streams of a connection may hold unread together is 8 MiB.
  ///
  /// The window of a stream whose message is larger is made wider when there is room for the message.
  public static let server = HTTP2Limits(concurrentStreams: 128, streamWindow: 64 << 10)
}
