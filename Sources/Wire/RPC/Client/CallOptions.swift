// SPDX-License-Identifier: Apache-2.0

/// How a client makes one call.
public struct CallOptions: Sendable {
  /// How long the call may take from its start to its status; `nil` for as long as it takes.
  ///
  /// Counts from the moment the call is made: waiting for a connection and attempts that are repeated are part of it.
  /// The server learns of it (`grpc-timeout`), so that work for a caller who is gone stops. Inside a handler whose own
  /// caller set a limit (``Deadline/current``), the earlier of the two counts.
  public var timeout: Duration?
  /// Whether the call waits, until its time is up, while the server cannot be reached, rather than failing with
  /// `UNAVAILABLE` as soon as an attempt to connect has failed.
  ///
  /// `nil`: as the service config says for the method, and if that says nothing, no.
  public var waitForReady: Bool?
  /// How requests are compressed; a ``RequestWriter`` may leave single ones as they are.
  public var compression = MessageEncoding.identity
  /// The largest response in bytes; `nil` for what the client is configured with.
  public var maximumReceiveSize: Int?
  /// The largest request in bytes; `nil` for what the client is configured with.
  public var maximumSendSize: Int?

  /// No time limit, and all else as the client is configured.
  public static let `default` = CallOptions()

  /// - Parameters:
  ///   - timeout: how long the call may take; `nil` for as long as it takes.
  ///   - waitForReady: whether the call waits while the server cannot be reached.
  ///   - compression: how requests are compressed.
  public init(
    timeout: Duration? = nil, waitForReady: Bool? = nil, compression: MessageEncoding = .identity
  ) {
    self.timeout = timeout
    self.waitForReady = waitForReady
    self.compression = compression
  }

  /// Options for a call made on behalf of another: it gets the time that is left for that one.
  public init(deadline: Deadline?) { timeout = deadline?.remaining }
}
