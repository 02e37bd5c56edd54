// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// The rules of organisations: what a valid one is and what an update may change.
enum OrganisationRules {
  typealias Organisation = PeopleV1.Organisation

  /// Field names of an update mask.
  static let changeable = ["parent_id", "name", "code", "kind"]

  /// The organisation to store for what a caller sent, cleaned.
  ///
  /// - Throws: `INVALID_ARGUMENT` naming every bad field.
  static func created(
    _ draft: Organisation, id: String, now: GoogleProtobuf.Timestamp
  ) throws(RPCError) -> Organisation {
    var organisation = try checked(draft)
    organisation.id = id
    organisation.createTime = now
    organisation.updateTime = now
    organisation.etag = Revision.first.etag
    return organisation
  }

  /// `stored` with the fields of `change` that `mask` names.
  ///
  /// - Parameter ancestors: ids on the way from the new parent to its root, the parent first.
  /// - Throws: `INVALID_ARGUMENT` for bad fields and for a move under itself or one of its descendants.
  static func updated(
    _ stored: Organisation, with change: Organisation, mask: UpdateMask, ancestors: [String],
    now: GoogleProtobuf.Timestamp
  ) throws(RPCError) -> Organisation {
    var next = stored
    if mask.covers("parent_id") { next.parentID = change.parentID }
    if mask.covers("name") { next.name = change.name }
    if mask.covers("code") { next.code = change.code }
    if mask.covers("kind") { next.kind = change.kind }
    next = try checked(next)
    if next.parentID == stored.id || ancestors.contains(stored.id) {
      var checks = FieldChecks()
      checks.violation(
        "organisation.parent_id",
        "\(next.parentID) is this organisation or part of it; an organisation outside of it is accepted")
      try checks.finish()
    }
    next.updateTime = now
    return next
  }

  private static func checked(_ draft: Organisation) throws(RPCError) -> Organisation {
    var organisation = draft
    var checks = FieldChecks()
    organisation.parentID = checks.identifier(draft.parentID, field: "organisation.parent_id", required: false)
    organisation.name = checks.text(draft.name, field: "organisation.name", length: 1...200)
    organisation.code = checks.text(draft.code, field: "organisation.code", length: 0...32)
    if case .unrecognized(let number) = draft.kind {
      checks.violation("organisation.kind", "\(number) is not a kind; SYSTEM, ORGANISATION and DIVISION are")
    }
    if organisation.kind == .unspecified { organisation.kind = .organisation }
    try checks.finish()
    return organisation
  }
}
