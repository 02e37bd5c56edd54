// SPDX-License-Identifier: Apache-2.0

import Contracts
import ServiceRuntime
import Storage

/// Teams and their members in SQL.
enum TeamStore {
  private static let columns: SQL = "id, organisation_id, name, revision, created_at, updated_at"

  static func find(_ id: String, in transaction: Transaction) throws -> PeopleV1.Team? {
    let rows = try transaction.rows("SELECT \(columns) FROM teams WHERE id = $1", [.text(id)])
    return try withMembers(rows.map(team), in: transaction).first
  }

  static func list(
    _ request: PeopleV1.ListTeamsRequest, page: Page, in transaction: Transaction
  ) throws -> [PeopleV1.Team] {
    var query = Query("SELECT \(columns) FROM teams")
    if !request.organisationID.isEmpty {
      query.require("organisation_id = ?", .text(request.organisationID.lowercased()))
    }
    for word in request.query.searchWords {
      query.require(#"name_key LIKE ? ESCAPE '\'"#, .text(word.likePattern))
    }
    query.page(page, by: "name_key", "id")
    return try withMembers(transaction.rows(query.sql, query.values).map(team), in: transaction)
  }

  static func insert(_ team: PeopleV1.Team, in transaction: WriteTransaction) throws {
    try transaction.execute(
      """
      INSERT INTO teams (organisation_id, id, name, name_key, revision, created_at, updated_at)
      VALUES ($1, $2, $3, $4, 1, $5, $6)
      """,
      [
        .text(team.organisationID), .text(team.id), .text(team.name), .text(team.name.sortKey),
        .integer(team.createTime.microseconds), .integer(team.updateTime.microseconds),
      ])
    try insertMembers(of: team, in: transaction)
  }

  static func update(_ team: PeopleV1.Team, to revision: Revision, in transaction: WriteTransaction) throws {
    try transaction.execute(
      "UPDATE teams SET name = $2, name_key = $3, revision = $4, updated_at = $5 WHERE id = $1",
      [
        .text(team.id), .text(team.name), .text(team.name.sortKey), .integer(revision.number),
        .integer(team.updateTime.microseconds),
      ])
    try transaction.execute("DELETE FROM team_members WHERE team_id = $1", [.text(team.id)])
    try insertMembers(of: team, in: transaction)
  }

  private static func insertMembers(of team: PeopleV1.Team, in transaction: WriteTransaction) throws {
    for (position, member) in team.members.enumerated() {
      try transaction.execute(
        """
        INSERT INTO team_members (organisation_id, team_id, position, person_id, function)
        VALUES ($1, $2, $3, $4, $5)
        """,
        [
          .text(team.organisationID), .text(team.id), .integer(Int64(position)), .text(member.personID),
          .integer(Int64(member.function.rawValue)),
        ])
    }
  }

  private static func withMembers(_ teams: [PeopleV1.Team], in transaction: Transaction) throws -> [PeopleV1.Team] {
    guard !teams.isEmpty else { return [] }
    var query = Query("SELECT team_id, person_id, function FROM team_members")
    query.requireAny("team_id", of: teams.map { .text($0.id) })
    var members: [String: [PeopleV1.TeamMember]] = [:]
    for row in try transaction.rows(query.sql + " ORDER BY team_id, position", query.values) {
      members[try row.text("team_id"), default: []].append(
        PeopleV1.TeamMember(
          personID: try row.text("person_id"),
          function: .init(rawValue: Int32(clamping: try row.integer("function")))))
    }
    return teams.map { team in
      var team = team
      team.members = members[team.id] ?? []
      return team
    }
  }

  private static func team(_ row: Row) throws -> PeopleV1.Team {
    PeopleV1.Team(
      id: try row.text("id"), organisationID: try row.text("organisation_id"), name: try row.text("name"),
      createTime: .init(microseconds: try row.integer("created_at")),
      updateTime: .init(microseconds: try row.integer("updated_at")),
      etag: Revision(try row.integer("revision")).etag)
  }
}
