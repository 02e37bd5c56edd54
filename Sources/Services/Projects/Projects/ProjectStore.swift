// SPDX-License-Identifier: Apache-2.0

import Contracts
import ServiceRuntime
import Storage

/// Projects in SQL.
enum ProjectStore {
  private static let columns: SQL = """
    id, organisation_id, title, has_aim, aim_what, aim_for_whom, aim_from, aim_to, aim_unit, aim_by_when, status, \
    start_date, end_date, team_id, revision, created_at, updated_at
    """

  static func find(_ id: String, in transaction: Transaction) throws -> ProjectsV1.Project? {
    let rows = try transaction.rows("SELECT \(columns) FROM projects WHERE id = $1", [.text(id)])
    return try withMeasures(rows.map(project), in: transaction).first
  }

  /// One page of projects, and how many there are on all pages.
  static func list(
    _ request: ProjectsV1.ListProjectsRequest, words: [SearchWord], page: Page, in transaction: Transaction
  ) throws -> (projects: [ProjectsV1.Project], total: Int64) {
    var query = Query("SELECT \(columns) FROM projects")
    var count = Query("SELECT COUNT(*) AS total FROM projects")
    restrict(&query, to: request, words: words)
    restrict(&count, to: request, words: words)
    query.page(page, by: "title_key", "id")
    let projects = try withMeasures(transaction.rows(query.sql, query.values).map(project), in: transaction)
    return (projects, try transaction.row(count.sql, count.values)?.integer("total") ?? 0)
  }

  private static func restrict(_ query: inout Query, to request: ProjectsV1.ListProjectsRequest, words: [SearchWord]) {
    query.requireAny("organisation_id", of: request.organisationIDs.map { .text($0.lowercased()) })
    if request.status != .unspecified { query.require("status = ?", .integer(Int64(request.status.rawValue))) }
    for word in words {
      query.require(
        #"search_key LIKE ? ESCAPE '\'"#, .text(word.text.likePattern),
        orAny: [
          ("organisation_id", word.organisations.map { .text($0) }), ("team_id", word.teams.map { .text($0) }),
        ])
    }
  }

  static func insert(_ project: ProjectsV1.Project, in transaction: WriteTransaction) throws {
    try transaction.execute(
      """
      INSERT INTO projects
        (organisation_id, id, title, title_key, search_key, has_aim, aim_what, aim_for_whom, aim_from, aim_to,
         aim_unit, aim_by_when, status, start_date, end_date, team_id, updated_at, revision, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18)
      """,
      values(project) + [.integer(project.createTime.microseconds)])
    try insertMeasures(of: project, in: transaction)
  }

  static func update(_ project: ProjectsV1.Project, to revision: Revision, in transaction: WriteTransaction) throws {
    try transaction.execute(
      """
      UPDATE projects SET title = $3, title_key = $4, search_key = $5, has_aim = $6, aim_what = $7,
        aim_for_whom = $8, aim_from = $9, aim_to = $10, aim_unit = $11, aim_by_when = $12, status = $13,
        start_date = $14, end_date = $15, team_id = $16, updated_at = $17, revision = $18
      WHERE organisation_id = $1 AND id = $2
      """, values(project) + [.integer(revision.number)])
    try transaction.execute(
      "DELETE FROM project_measures WHERE organisation_id = $1 AND project_id = $2",
      [.text(project.organisationID), .text(project.id)])
    try insertMeasures(of: project, in: transaction)
  }

  /// The columns that insert and update share, `organisation_id` to `updated_at`, in the order of the insert.
  private static func values(_ project: ProjectsV1.Project) -> [SQLValue] {
    let aim = project.aim ?? .init()
    return [
      .text(project.organisationID), .text(project.id), .text(project.title), .text(project.title.sortKey),
      .text("\(project.title)\n\(aim.what)\n\(aim.forWhom)".sortKey), .integer(project.aim == nil ? 0 : 1),
      .text(aim.what), .text(aim.forWhom), .optional(real: aim.fromValue), .optional(real: aim.toValue),
      .text(aim.unit), .optional(date: aim.byWhen), .integer(Int64(project.status.rawValue)),
      .optional(date: project.startDate), .optional(date: project.endDate), .text(project.teamID),
      .integer(project.updateTime.microseconds),
    ]
  }

  private static func insertMeasures(of project: ProjectsV1.Project, in transaction: WriteTransaction) throws {
    for (position, measure) in project.measureIDs.enumerated() {
      try transaction.execute(
        "INSERT INTO project_measures (organisation_id, project_id, position, measure_id) VALUES ($1, $2, $3, $4)",
        [.text(project.organisationID), .text(project.id), .integer(Int64(position)), .text(measure)])
    }
  }

  private static func withMeasures(
    _ projects: [ProjectsV1.Project], in transaction: Transaction
  ) throws -> [ProjectsV1.Project] {
    guard !projects.isEmpty else { return [] }
    var query = Query("SELECT project_id, measure_id FROM project_measures")
    query.requireAny("project_id", of: projects.map { .text($0.id) })
    var measures: [String: [String]] = [:]
    for row in try transaction.rows(query.sql + " ORDER BY project_id, position", query.values) {
      measures[try row.text("project_id"), default: []].append(try row.text("measure_id"))
    }
    return projects.map { project in
      var project = project
      project.measureIDs = measures[project.id] ?? []
      return project
    }
  }

  private static func project(_ row: Row) throws -> ProjectsV1.Project {
    var project = ProjectsV1.Project(
      id: try row.text("id"), organisationID: try row.text("organisation_id"), title: try row.text("title"),
      status: .init(rawValue: Int32(clamping: try row.integer("status"))),
      startDate: try row.optionalDate("start_date"), endDate: try row.optionalDate("end_date"),
      teamID: try row.text("team_id"), createTime: .init(microseconds: try row.integer("created_at")),
      updateTime: .init(microseconds: try row.integer("updated_at")),
      etag: Revision(try row.integer("revision")).etag)
    if try row.integer("has_aim") != 0 {
      project.aim = ProjectsV1.Aim(
        what: try row.text("aim_what"), forWhom: try row.text("aim_for_whom"),
        fromValue: try row.optionalReal("aim_from"), toValue: try row.optionalReal("aim_to"),
        unit: try row.text("aim_unit"), byWhen: try row.optionalDate("aim_by_when"))
    }
    return project
  }
}
