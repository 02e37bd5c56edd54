// SPDX-License-Identifier: Apache-2.0

import Contracts
public import RPC

extension RPCError {
  /// `NOT_FOUND`: there is no such object.
  public static func notFound(_ object: String, id: String) -> RPCError {
    RPCError(code: .notFound, message: "There is no \(object) with the id \(id.shortened).")
  }

  /// `ALREADY_EXISTS`: a value that must be unique is in use.
  ///
  /// The field is named as a violation, too.
  public static func alreadyExists(_ field: String, value: String, _ message: String) -> RPCError {
    refusal(
      .alreadyExists, message: message,
      [
        FieldViolation(
          field: field, description: "\"\(value.shortened)\" is in use; a value of its own is accepted")
      ])
  }
}

extension FieldChecks {
  /// Checks how many items a list has.
  public mutating func count(_ count: Int, field: String, atMost maximum: Int) {
    guard count > maximum else { return }
    violation(field, "has \(count) items; at most \(maximum) are accepted")
  }
}

extension Revision {
  /// Reads back an etag that a store made.
  public init(etag: String) throws(RPCError) {
    guard etag.first == "r", let number = Int64(etag.dropFirst()) else {
      throw RPCError(code: .internalError, message: "The stored etag \"\(etag.shortened)\" has another form.")
    }
    self.init(number)
  }
}

extension String {
  /// What the text is sorted by: the same letters in lower case, so that case does not matter.
  public var sortKey: String { lowercased() }
}
