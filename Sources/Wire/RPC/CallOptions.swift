// SPDX-License-Identifier: Apache-2.0

/// How a client makes one call.
public struct CallOptions: Sendable {
  /// How long the call may take from its start to its status; `nil` for as long as it takes.
  ///
  /// The server learns of it (`grpc-timeout`), so that work for a caller who is gone stops.
  public var timeout: Duration?

  /// No time limit.
  public static let `default` = CallOptions()

  /// - Parameter timeout: how long the call may take; `nil` for as long as it takes.
  public init(timeout: Duration? = nil) { self.timeout = timeout }

  /// Options for a call made on behalf of another: it gets the time that is left for that one.
  public init(deadline: Deadline?) { timeout = deadline?.remaining }
}
