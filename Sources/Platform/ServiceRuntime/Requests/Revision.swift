// SPDX-License-Identifier: Apache-2.0

import Contracts
public import RPC

/// How often an object was written; its `etag` on the wire.
public struct Revision: Sendable, Hashable {
  /// 1 for a new object.
  public let number: Int64

  public init(_ number: Int64) { self.number = number }

  /// The revision of a new object.
  public static let first = Revision(1)

  /// The revision after one more write.
  public var next: Revision { Revision(number + 1) }

  /// As callers see it.
  ///
  /// They compare it, and nothing else.
  public var etag: String { "r\(number)" }

  /// Refuses a write that was made from an older state.
  ///
  /// - Parameter etag: what the writer read; empty skips the check.
  /// - Throws: `ABORTED` when somebody else wrote in between, with the reason `ETAG_MISMATCH` and the newer etag as the
  ///   fact `etag`.
  public func check(_ etag: String, of object: String) throws(RPCError) {
    guard etag.isEmpty || etag == self.etag else {
      throw RPCError.failure(
        .aborted, reason: "ETAG_MISMATCH",
        message: "\(object) was changed by someone else: its etag is \"\(self.etag)\", not \"\(etag.shortened)\". "
          + "Read it again and repeat the change.",
        facts: ["etag": self.etag])
    }
  }
}
