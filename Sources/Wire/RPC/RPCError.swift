// SPDX-License-Identifier: Apache-2.0

/// How a call failed: a gRPC status other than OK.
///
/// A handler throws it to choose the status that its caller sees; a client call throws the status it was answered.
/// Any other error that leaves a handler becomes `unknown` without a description, and is logged by the server.
///
/// ```swift
/// throw RPCError(code: .notFound, message: "no project has the id \(request.id)")
/// ```
public struct RPCError: Error, Sendable, Hashable {
  /// The kind of failure, which programs act on.
  public var code: Code
  /// What happened, for people; any Unicode.
  public var message: String
  /// Trailing metadata that goes with the status, such as `grpc-status-details-bin`.
  public var metadata: Metadata

  /// Describes a failed call.
  public init(code: Code, message: String, metadata: Metadata = [:]) {
    self.code = code
    self.message = message
    self.metadata = metadata
  }

  /// The sixteen status codes of gRPC that mean failure, with their numbers on the wire.
  public enum Code: Int, Sendable, Hashable, CaseIterable {
    /// The caller gave the call up.
    case cancelled = 1
    /// A failure without a better code, such as an error that a handler did not expect.
    case unknown = 2
    /// The request is wrong whatever the state of the system.
    case invalidArgument = 3
    /// The time for the call ran out before it was done; it may have had its effect.
    case deadlineExceeded = 4
    /// A thing that the request names does not exist.
    case notFound = 5
    /// A thing that was to be created exists.
    case alreadyExists = 6
    /// The caller is known and may not do this.
    case permissionDenied = 7
    /// A limit is reached, such as the size of a message.
    case resourceExhausted = 8
    /// The state of the system has to change before this can work; retrying alone does not help.
    case failedPrecondition = 9
    /// Somebody else was faster, such as a write with a stale etag; read again and retry.
    case aborted = 10
    /// A position past the end.
    case outOfRange = 11
    /// There is no such method here.
    case unimplemented = 12
    /// Something that must hold did not.
    case internalError = 13
    /// The server cannot be reached or cannot serve just now; retry after a pause.
    case unavailable = 14
    /// Data is lost or damaged beyond recovery.
    case dataLoss = 15
    /// It is not known who is calling.
    case unauthenticated = 16

    /// The name that the gRPC specification gives the code, such as `INVALID_ARGUMENT`.
    public var name: String {
      switch self {
      case .cancelled: "CANCELLED"
      case .unknown: "UNKNOWN"
      case .invalidArgument: "INVALID_ARGUMENT"
      case .deadlineExceeded: "DEADLINE_EXCEEDED"
      case .notFound: "NOT_FOUND"
      case .alreadyExists: "ALREADY_EXISTS"
      case .permissionDenied: "PERMISSION_DENIED"
      case .resourceExhausted: "RESOURCE_EXHAUSTED"
      case .failedPrecondition: "FAILED_PRECONDITION"
      case .aborted: "ABORTED"
      case .outOfRange: "OUT_OF_RANGE"
      case .unimplemented: "UNIMPLEMENTED"
      case .internalError: "INTERNAL"
      case .unavailable: "UNAVAILABLE"
      case .dataLoss: "DATA_LOSS"
      case .unauthenticated: "UNAUTHENTICATED"
      }
    }
  }
}

extension RPCError: CustomStringConvertible {
  /// The code's name and the message: `NOT_FOUND: no project has the id 7`.
  public var description: String { "\(code.name): \(message)" }
}
