// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// What is decided about a call before it begins.
struct CallPlan: Sendable {
  /// The method; of raw bytes made from the path, and `nil` if that names none.
  let method: MethodDescriptor?
  let path: String
  /// The header of the request but for what differs from attempt to attempt.
  let head: HeaderFields
  let deadline: Deadline?
  let waitsForReady: Bool
  let encoding: MessageEncoding
  let receiveLimit: Int
  let sendLimit: Int
  /// What to do when the server answers with a failure that may pass; `nil` leaves it at that.
  let retry: RetryPolicy?
  /// Whether there is exactly one response, which is read without being asked for.
  let hasOneResponse: Bool
  /// The trace that the call is part of, for reports.
  let traceID: String?
}
