// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// The rules of teams.
enum TeamRules {
  typealias Team = PeopleV1.Team

  /// Field names of an update mask.
  static let changeable = ["name", "members"]

  /// The largest number of people in a team.
  static let largest = 200

  /// The team to store for what a caller sent, cleaned.
  ///
  /// - Throws: `INVALID_ARGUMENT` naming every bad field.
  static func created(_ draft: Team, id: String, now: GoogleProtobuf.Timestamp) throws(RPCError) -> Team {
    var team = try checked(draft)
    team.id = id
    team.createTime = now
    team.updateTime = now
    team.etag = Revision.first.etag
    return team
  }

  /// `stored` with the fields of `change` that `mask` names.
  static func updated(
    _ stored: Team, with change: Team, mask: UpdateMask, now: GoogleProtobuf.Timestamp
  ) throws(RPCError) -> Team {
    var next = stored
    if mask.covers("name") { next.name = change.name }
    if mask.covers("members") { next.members = change.members }
    next = try checked(next)
    next.updateTime = now
    return next
  }

  private static func checked(_ draft: Team) throws(RPCError) -> Team {
    var team = draft
    var checks = FieldChecks()
    team.organisationID = checks.identifier(draft.organisationID, field: "team.organisation_id")
    team.name = checks.text(draft.name, field: "team.name", length: 1...200)
    checks.count(draft.members.count, field: "team.members", atMost: largest)
    var seen: Set<String> = []
    for (index, member) in draft.members.prefix(largest).enumerated() {
      let path = "team.members[\(index)]"
      let person = checks.identifier(member.personID, field: "\(path).person_id")
      team.members[index].personID = person
      if !person.isEmpty, !seen.insert(person).inserted {
        checks.violation(
          "\(path).person_id", "\(person.shortened) is in the team already; each person is accepted once")
      }
      if case .unrecognized(let number) = member.function {
        checks.violation("\(path).function", "\(number) is not a function; 1 (sponsor) to 6 (patient partner) are")
      }
    }
    try checks.finish()
    return team
  }
}
