// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import ProtobufC
import RPC
import ServiceRuntime
import Storage

/// `waymark.projects.v1.ProjectService`.
struct ProjectHandler: ProjectsV1.ProjectServiceProtocol {
  let database: Database
  let directory: PeopleDirectory
  let now: @Sendable () -> GoogleProtobuf.Timestamp

  func createProject(
    _ request: ProjectsV1.CreateProjectRequest, context: ServerContext
  ) async throws -> ProjectsV1.CreateProjectResponse {
    var checks = FieldChecks()
    checks.requestID(request.requestID)
    try checks.finish()
    let created = try ProjectRules.created(request.project ?? .init(), id: UUIDv7.next(), now: now())
    let key = try RequestKey(
      request, id: request.requestID, organisation: created.organisationID, method: "CreateProject")
    // A repeated request needs no directory: it is answered even when the people service is away.
    if let answer = try await database.lookup({ try Self.answer(to: key, in: $0) }) { return answer }
    try await directory.check(organisation: created.organisationID, team: created.teamID, context: context)
    return try await database.write { transaction in
      if let answer = try Self.answer(to: key, in: transaction) { return answer }
      try ProjectStore.insert(created, in: transaction)
      transaction.append(
        Event(
          kind: "project.created", object: created.id, organisation: created.organisationID, actor: .anonymous,
          after: try created.json()))
      return try transaction.keeping(ProjectsV1.CreateProjectResponse(project: created), for: key, object: created.id)
    }
  }

  private static func answer(
    to key: RequestKey?, in transaction: Transaction
  ) throws -> ProjectsV1.CreateProjectResponse? {
    try transaction.answer(to: key) { id in try ProjectStore.find(id, in: transaction).map { .init(project: $0) } }
  }

  func getProject(
    _ request: ProjectsV1.GetProjectRequest, context: ServerContext
  ) async throws -> ProjectsV1.GetProjectResponse {
    var checks = FieldChecks()
    let id = checks.identifier(request.id, field: "id")
    try checks.finish()
    guard let found = try await database.lookup({ try ProjectStore.find(id, in: $0) }) else {
      throw RPCError.notFound("project", id: id)
    }
    return ProjectsV1.GetProjectResponse(project: found)
  }

  func listProjects(
    _ request: ProjectsV1.ListProjectsRequest, context: ServerContext
  ) async throws -> ProjectsV1.ListProjectsResponse {
    var checks = FieldChecks()
    checks.count(request.organisationIDs.count, field: "organisation_ids", atMost: 1000)
    let query = checks.text(request.query, field: "query", length: 0...200)
    try checks.finish()
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 50, maximum: 1000, of: database.pageTokens)
    let (words, isComplete) = await directory.searchWords(query, context: context)
    let found = try await database.read { try ProjectStore.list(request, words: words, page: page, in: $0) }
    let cut = page.cutBothWays(found.projects) { [$0.title.sortKey, $0.id] }
    return ProjectsV1.ListProjectsResponse(
      projects: cut.items, nextPageToken: cut.nextToken, totalSize: Int32(clamping: found.total),
      namesIncomplete: !isComplete, previousPageToken: cut.previousToken)
  }

  func updateProject(
    _ request: ProjectsV1.UpdateProjectRequest, context: ServerContext
  ) async throws -> ProjectsV1.UpdateProjectResponse {
    let change = request.project ?? .init()
    var checks = FieldChecks()
    let id = checks.identifier(change.id, field: "project.id")
    try checks.finish()
    let mask = try UpdateMask(request.updateMask, changeable: ProjectRules.changeable)
    if mask.covers("team_id"), !change.teamID.isEmpty {
      try await directory.check(organisation: nil, team: change.teamID, context: context)
    }
    let now = now()
    return try await database.write { transaction in
      guard let stored = try ProjectStore.find(id, in: transaction) else { throw RPCError.notFound("project", id: id) }
      let revision = try Revision(etag: stored.etag)
      try revision.check(change.etag, of: "Project \(id)")
      var next = try ProjectRules.updated(stored, with: change, mask: mask, now: now)
      try ProjectStore.update(next, to: revision.next, in: transaction)
      next.etag = revision.next.etag
      transaction.append(
        Event(
          kind: "project.updated", object: id, organisation: next.organisationID, actor: .anonymous,
          before: try stored.json(), after: try next.json()))
      return ProjectsV1.UpdateProjectResponse(project: next)
    }
  }
}
