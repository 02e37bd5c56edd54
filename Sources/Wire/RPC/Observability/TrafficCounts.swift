// SPDX-License-Identifier: Apache-2.0

/// Calls, counted.
public struct CallCounts: Sendable, Hashable {
  /// Those that began, and those of them that ended with OK and with any other status.
  public var started = 0
  public var succeeded = 0
  public var failed = 0

  public init() {}

  /// Those that are not over yet.
  public var active: Int { max(0, started - succeeded - failed) }

  static func += (sum: inout CallCounts, more: CallCounts) {
    sum.started &+= more.started
    sum.succeeded &+= more.succeeded
    sum.failed &+= more.failed
  }
}

/// What went over a connection since it began, or over several together.
public struct TrafficCounts: Sendable, Hashable {
  /// Streams that were opened.
  public var streamsStarted = 0
  /// Streams that ended with a status, whichever it was.
  public var streamsSucceeded = 0
  /// Streams that ended without one: reset by either side, or lost with their connection.
  public var streamsFailed = 0
  /// gRPC messages, and their bytes as they went, compressed or not, without prefixes.
  public var messagesSent = 0
  public var messagesReceived = 0
  public var messageBytesSent = 0
  public var messageBytesReceived = 0
  /// All bytes of HTTP/2, inside TLS.
  public var bytesSent = 0
  public var bytesReceived = 0
  /// PINGs that were sent to see whether the other side is there.
  public var keepalivesSent = 0

  public init() {}

  static func += (sum: inout TrafficCounts, more: TrafficCounts) {
    sum.streamsStarted &+= more.streamsStarted
    sum.streamsSucceeded &+= more.streamsSucceeded
    sum.streamsFailed &+= more.streamsFailed
    sum.messagesSent &+= more.messagesSent
    sum.messagesReceived &+= more.messagesReceived
    sum.messageBytesSent &+= more.messageBytesSent
    sum.messageBytesReceived &+= more.messageBytesReceived
    sum.bytesSent &+= more.bytesSent
    sum.bytesReceived &+= more.bytesReceived
    sum.keepalivesSent &+= more.keepalivesSent
  }
}
