// SPDX-License-Identifier: Apache-2.0

/// How a call went, told once it is over.
public struct CallReport: Sendable {
  /// The method; `nil` when the server has none at this path.
  public let method: MethodDescriptor?
  /// The path as asked for, such as `/waymark.projects.v1.ProjectService/GetProject`.
  public let path: String
  /// The address of the other side, such as `127.0.0.1:40412`.
  public let peer: String
  /// The status that the call ended with; `nil` for OK.
  public let status: RPCError?
  /// From the header of the request to the status.
  public let duration: Duration
  /// Messages that were read, and their bytes as they came, compressed or not, without prefixes.
  public let receivedMessages: Int
  public let receivedBytes: Int
  /// Messages that were handed over to be sent, and their bytes as they go, compressed or not, without prefixes.
  public let sentMessages: Int
  public let sentBytes: Int
  /// The trace that the call is part of: 32 hexadecimal digits; `nil` where calls are not traced.
  public let traceID: String?

  public init(
    method: MethodDescriptor?, path: String, peer: String, status: RPCError?, duration: Duration,
    receivedMessages: Int = 0, receivedBytes: Int = 0, sentMessages: Int = 0, sentBytes: Int = 0,
    traceID: String? = nil
  ) {
    self.method = method
    self.path = path
    self.peer = peer
    self.status = status
    self.duration = duration
    self.receivedMessages = receivedMessages
    self.receivedBytes = receivedBytes
    self.sentMessages = sentMessages
    self.sentBytes = sentBytes
    self.traceID = traceID
  }
}

/// Is told of calls: where metrics and access logs come from.
///
/// Called on the event loop of the call, so it must neither block nor compute for long.
public protocol CallReporter: Sendable {
  /// A call began.
  func callStarted(_ method: MethodDescriptor)
  /// A call is over. Calls that were refused before they began, such as those of unknown methods, are told of here only.
  func callEnded(_ report: CallReport)
  /// A client has begun to make a call on a connection: once for a call that goes well at once, again each time it is
  /// repeated, and never for one that finds no connection.
  func attemptStarted(_ method: MethodDescriptor)
  /// An attempt is over, the last one just before its call.
  func attemptEnded(_ report: CallReport)
}

extension CallReporter {
  public func attemptStarted(_ method: MethodDescriptor) {}
  public func attemptEnded(_ report: CallReport) {}
}
