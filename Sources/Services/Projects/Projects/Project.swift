// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

/// The rules of projects: what a valid one is and what an update may change.
enum ProjectRules {
  typealias Project = ProjectsV1.Project

  /// Field names of an update mask.
  static let changeable = ["title", "aim", "status", "start_date", "end_date", "team_id", "measure_ids"]

  /// The largest number of measures shown with a project.
  static let mostMeasures = 100

  /// The project to store for what a caller sent, cleaned.
  ///
  /// - Throws: `INVALID_ARGUMENT` naming every bad field.
  static func created(_ draft: Project, id: String, now: GoogleProtobuf.Timestamp) throws(RPCError) -> Project {
    var project = try checked(draft)
    project.id = id
    project.createTime = now
    project.updateTime = now
    project.etag = Revision.first.etag
    return project
  }

  /// `stored` with the fields of `change` that `mask` names.
  static func updated(
    _ stored: Project, with change: Project, mask: UpdateMask, now: GoogleProtobuf.Timestamp
  ) throws(RPCError) -> Project {
    var next = stored
    if mask.covers("title") { next.title = change.title }
    if mask.covers("aim") { next.aim = change.aim }
    if mask.covers("status") { next.status = change.status }
    if mask.covers("start_date") { next.startDate = change.startDate }
    if mask.covers("end_date") { next.endDate = change.endDate }
    if mask.covers("team_id") { next.teamID = change.teamID }
    if mask.covers("measure_ids") { next.measureIDs = change.measureIDs }
    next = try checked(next)
    next.updateTime = now
    return next
  }

  private static func checked(_ draft: Project) throws(RPCError) -> Project {
    var project = draft
    var checks = FieldChecks()
    project.organisationID = checks.identifier(draft.organisationID, field: "project.organisation_id")
    project.title = checks.text(draft.title, field: "project.title", length: 1...200)
    project.aim = draft.aim.map { checked($0, &checks) }
    if case .unrecognized(let number) = draft.status {
      checks.violation("project.status", "\(number) is not a status; 1 (draft) to 5 (stopped) are")
    }
    if project.status == .unspecified { project.status = .draft }
    checks.date(draft.startDate, field: "project.start_date")
    checks.date(draft.endDate, field: "project.end_date")
    if let start = draft.startDate, let end = draft.endDate, start.isValid, end.isValid, end.isoText < start.isoText {
      checks.violation(
        "project.end_date", "\(end.isoText) is before the start, \(start.isoText); that day or a later one is accepted")
    }
    project.teamID = checks.identifier(draft.teamID, field: "project.team_id", required: false)
    checkMeasures(&project, &checks)
    try checks.finish()
    return project
  }

  private static func checked(_ draft: ProjectsV1.Aim, _ checks: inout FieldChecks) -> ProjectsV1.Aim {
    var aim = draft
    aim.what = checks.text(draft.what, field: "project.aim.what", length: 0...1000, lines: true)
    aim.forWhom = checks.text(draft.forWhom, field: "project.aim.for_whom", length: 0...500, lines: true)
    checks.finite(draft.fromValue, field: "project.aim.from_value")
    checks.finite(draft.toValue, field: "project.aim.to_value")
    aim.unit = checks.text(draft.unit, field: "project.aim.unit", length: 0...50)
    checks.date(draft.byWhen, field: "project.aim.by_when")
    return aim
  }

  private static func checkMeasures(_ project: inout Project, _ checks: inout FieldChecks) {
    checks.count(project.measureIDs.count, field: "project.measure_ids", atMost: mostMeasures)
    var seen: Set<String> = []
    for (index, id) in project.measureIDs.prefix(mostMeasures).enumerated() {
      let field = "project.measure_ids[\(index)]"
      let checked = checks.identifier(id, field: field)
      project.measureIDs[index] = checked
      if !seen.insert(checked).inserted {
        checks.violation(field, "\(checked.shortened) is in the list already; each measure is accepted once")
      }
    }
  }
}
