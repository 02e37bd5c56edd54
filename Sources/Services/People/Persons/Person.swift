// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// The rules of people.
enum PersonRules {
  typealias Person = PeopleV1.Person

  /// Field names of an update mask.
  static let changeable = ["organisation_id", "display_name", "email"]

  /// The person to store for what a caller sent, cleaned.
  ///
  /// - Throws: `INVALID_ARGUMENT` naming every bad field.
  static func created(_ draft: Person, id: String, now: GoogleProtobuf.Timestamp) throws(RPCError) -> Person {
    var person = try checked(draft)
    person.id = id
    person.createTime = now
    person.updateTime = now
    person.etag = Revision.first.etag
    return person
  }

  /// `stored` with the fields of `change` that `mask` names.
  static func updated(
    _ stored: Person, with change: Person, mask: UpdateMask, now: GoogleProtobuf.Timestamp
  ) throws(RPCError) -> Person {
    var next = stored
    if mask.covers("organisation_id") { next.organisationID = change.organisationID }
    if mask.covers("display_name") { next.displayName = change.displayName }
    if mask.covers("email") { next.email = change.email }
    next = try checked(next)
    next.updateTime = now
    return next
  }

  private static func checked(_ draft: Person) throws(RPCError) -> Person {
    var person = draft
    var checks = FieldChecks()
    person.organisationID = checks.identifier(draft.organisationID, field: "person.organisation_id")
    person.displayName = checks.text(draft.displayName, field: "person.display_name", length: 1...200)
    person.email = checks.text(draft.email, field: "person.email", length: 0...254)
    if !person.email.isEmpty, !isAddress(person.email) {
      checks.violation(
        "person.email",
        "\"\(person.email.shortened)\" is not an e-mail address; one such as name@example.org is accepted")
    }
    try checks.finish()
    return person
  }

  /// Something, an @, and a domain with a dot, without white space.
  ///
  /// Whether mail arrives only mail can tell.
  static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !text.contains(where: \.isWhitespace) else { return false }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
  }
}
