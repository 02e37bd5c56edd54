// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import RPC
import ServiceRuntime
import Storage

/// `waymark.people.v1.TeamService`.
struct TeamHandler: PeopleV1.TeamServiceProtocol {
  let database: Database
  let now: @Sendable () -> GoogleProtobuf.Timestamp

  func createTeam(
    _ request: PeopleV1.CreateTeamRequest, context: ServerContext
  ) async throws -> PeopleV1.CreateTeamResponse {
    var checks = FieldChecks()
    checks.requestID(request.requestID)
    try checks.finish()
    let created = try TeamRules.created(request.team ?? .init(), id: UUIDv7.next(), now: now())
    let key = try RequestKey(
      request, id: request.requestID, organisation: created.organisationID, method: "CreateTeam")
    return try await database.write { transaction in
      try transaction.once(key) { id in
        try TeamStore.find(id, in: transaction).map { .init(team: $0) }
      } _: {
        try Self.checkReferences(of: created, in: transaction)
        try TeamStore.insert(created, in: transaction)
        transaction.append(
          Event(
            kind: "team.created", object: created.id, organisation: created.organisationID, actor: .anonymous,
            after: try created.json()))
        return (PeopleV1.CreateTeamResponse(team: created), object: created.id)
      }
    }
  }

  func getTeam(_ request: PeopleV1.GetTeamRequest, context: ServerContext) async throws -> PeopleV1.GetTeamResponse {
    var checks = FieldChecks()
    let id = checks.identifier(request.id, field: "id")
    try checks.finish()
    guard let found = try await database.lookup({ try TeamStore.find(id, in: $0) }) else {
      throw RPCError.notFound("team", id: id)
    }
    return PeopleV1.GetTeamResponse(team: found)
  }

  func listTeams(
    _ request: PeopleV1.ListTeamsRequest, context: ServerContext
  ) async throws -> PeopleV1.ListTeamsResponse {
    var checks = FieldChecks()
    _ = checks.text(request.query, field: "query", length: 0...200)
    try checks.finish()
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 100, maximum: 1000, of: database.pageTokens)
    let found = try await database.read { try TeamStore.list(request, page: page, in: $0) }
    let (teams, token) = page.cut(found) { [$0.name.sortKey, $0.id] }
    return PeopleV1.ListTeamsResponse(teams: teams, nextPageToken: token)
  }

  func updateTeam(
    _ request: PeopleV1.UpdateTeamRequest, context: ServerContext
  ) async throws -> PeopleV1.UpdateTeamResponse {
    let change = request.team ?? .init()
    var checks = FieldChecks()
    let id = checks.identifier(change.id, field: "team.id")
    try checks.finish()
    let mask = try UpdateMask(request.updateMask, changeable: TeamRules.changeable)
    let now = now()
    return try await database.write { transaction in
      guard let stored = try TeamStore.find(id, in: transaction) else { throw RPCError.notFound("team", id: id) }
      let revision = try Revision(etag: stored.etag)
      try revision.check(change.etag, of: "Team \(id)")
      var next = try TeamRules.updated(stored, with: change, mask: mask, now: now)
      try Self.checkReferences(of: next, in: transaction)
      try TeamStore.update(next, to: revision.next, in: transaction)
      next.etag = revision.next.etag
      transaction.append(
        Event(
          kind: "team.updated", object: id, organisation: next.organisationID, actor: .anonymous,
          before: try stored.json(), after: try next.json()))
      return PeopleV1.UpdateTeamResponse(team: next)
    }
  }

  /// Refuses an organisation and people that do not exist.
  private static func checkReferences(of team: PeopleV1.Team, in transaction: Transaction) throws {
    var checks = FieldChecks()
    if try !OrganisationStore.exists(team.organisationID, in: transaction) {
      checks.violation(
        "team.organisation_id",
        "no organisation has the id \(team.organisationID); the id of an existing one is accepted")
    }
    let known = try PersonStore.existing(team.members.map(\.personID), in: transaction)
    for (index, member) in team.members.enumerated() where !known.contains(member.personID) {
      checks.violation(
        "team.members[\(index)].person_id",
        "no person has the id \(member.personID); the id of an existing one is accepted")
    }
    try checks.finish()
  }
}
