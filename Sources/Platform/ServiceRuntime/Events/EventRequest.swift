// SPDX-License-Identifier: Apache-2.0

import Contracts
public import RPC
import Storage

/// What the requests for events have in common, checked.
struct EventRequest: Sendable {
  let filter: EventFilter

  /// - Parameters:
  ///   - service: whose events are asked for; empty for those of the service that is asked.
  ///   - own: name of the service that is asked.
  ///   - after: the number of the event behind which to begin.
  /// - Throws: `INVALID_ARGUMENT` naming every bad field.
  init(
    service: String, own: String, after: Int64, organisation: String, object: String, kinds: [String]
  ) throws(RPCError) {
    var checks = FieldChecks()
    checks.service(service, own: own)
    if after < 0 {
      checks.violation(
        "after_sequence",
        "\(after) is not a number of an event; the number of an event is accepted, or 0 for the beginning")
    }
    let organisation = checks.identifier(organisation, field: "organisation_id", required: false)
    let object = checks.identifier(object, field: "object_id", required: false)
    checks.count(kinds.count, field: "kinds", atMost: 100)
    for (index, kind) in kinds.prefix(100).enumerated() {
      _ = checks.text(kind, field: "kinds[\(index)]", length: 1...100)
    }
    try checks.finish()
    filter = EventFilter(
      organisation: organisation.isEmpty ? nil : organisation, object: object.isEmpty ? nil : object,
      kinds: Set(kinds))
  }
}

extension FieldChecks {
  /// Checks whose store a request is about.
  mutating func service(_ value: String, own: String) {
    guard !value.isEmpty, value != own else { return }
    violation("service", "\"\(value.shortened)\" is not served here; \"\(own)\" is accepted, or none")
  }
}

extension RPCError {
  /// `OUT_OF_RANGE`: somebody wants to go on behind an event that there is not.
  static func beyondEnd(_ sequence: Int64, last: Int64) -> RPCError {
    let accepted = last == 0 ? "there is no event yet, so only 0 is accepted" : "0 to \(last) is accepted"
    let description =
      "\(sequence) is beyond the last event; \(accepted). The store was put back to an earlier state, such as from a "
      + "backup: compare the last event that you have with the one of its number here, and begin anew if they differ"
    return refusal(
      .outOfRange, message: "after_sequence: \(description)",
      [FieldViolation(field: "after_sequence", description: description)])
  }

  /// `FAILED_PRECONDITION`: the event behind which somebody wants to go on is another one now.
  static func otherHistory(_ sequence: Int64, hash: String, not told: String) -> RPCError {
    let description =
      "\"\(told.shortened)\" is not the hash of event \(sequence), \"\(hash)\" is; that is accepted, or none. The store "
      + "was put back to an earlier state, such as from a backup, and other things have happened since: find the last "
      + "event that is the same, and begin anew behind it"
    return refusal(
      .failedPrecondition, message: "after_hash: \(description)",
      [FieldViolation(field: "after_hash", description: description)])
  }

  /// `UNAVAILABLE`: a watch cannot go on at present, and where it can later.
  ///
  /// - Parameters:
  ///   - position: number of the last event that the caller was told of.
  ///   - reason: `SERVICE_STOPPING` or `STORE_UNAVAILABLE`.
  ///   - message: what happened, in a sentence.
  public static func interrupted(at position: Int64, reason: String, _ message: String) -> RPCError {
    failure(
      .unavailable, reason: reason,
      message: "\(message) Watch again in a while, with the after_sequence \(position) unless you have read less.",
      facts: ["position": "\(position)"])
  }
}
