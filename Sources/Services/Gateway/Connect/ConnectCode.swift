// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import RPC

/// gRPC status codes as the Connect protocol writes them.
///
/// - SeeAlso: https://connectrpc.com/docs/protocol#error-codes
extension RPCError.Code {
  /// The name in a Connect error: `invalid_argument`.
  ///
  /// Connect spells `canceled` with one l.
  var connectName: String {
    switch self {
    case .cancelled: "canceled"
    case .internalError: "internal"
    default: name.lowercased()
    }
  }

  /// The HTTP status of a unary answer with this error.
  var httpStatus: HTTPResponse.Status {
    switch self {
    case .cancelled: .clientClosedRequest
    case .unknown, .internalError, .dataLoss: .internalServerError
    case .invalidArgument, .failedPrecondition, .outOfRange: .badRequest
    case .deadlineExceeded: .gatewayTimeout
    case .notFound: .notFound
    case .alreadyExists, .aborted: .conflict
    case .permissionDenied: .forbidden
    case .resourceExhausted: .tooManyRequests
    case .unimplemented: .notImplemented
    case .unavailable: .serviceUnavailable
    case .unauthenticated: .unauthorized
    }
  }
}
