// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import RPC

// The list of projects and the page of one.

extension WebPages {
  private static let projectsPerPage: Int32 = 24

  @Sendable func projectList(_ request: Request, _ context: Context) async throws -> Response {
    let parameters = try Form(query: request)
    let (query, token) = (parameters["q"], parameters["page"])
    let deadline = deadline
    let list: ProjectsV1.ListProjectsResponse
    do {
      list = try await backends.projectList.listProjects(
        .init(pageSize: Self.projectsPerPage, pageToken: token, query: query), options: deadline.options)
    } catch let error as RPCError {
      return render(
        ProjectListView(
          query: query, notices: [Self.listNotice(error, backends.projects)], projects: [], total: nil,
          isFirstPage: token.isEmpty))
    }
    var (names, notices) = await organisationNames(of: list.projects, deadline)
    if list.namesIncomplete {
      notices.append(
        .hole(
          "Not all names could be searched",
          "A project may be missing here that only the name of its organisation or team would have found.",
          "Add a word that stands in its title, or search again in a moment."))
    }
    return render(
      ProjectListView(
        query: query, notices: notices,
        projects: list.projects.map { .init($0, organisationName: names[$0.organisationID]) },
        total: Int(list.totalSize),
        isFirstPage: token.isEmpty || list.previousPageToken.isEmpty && !list.projects.isEmpty,
        previousToken: list.previousPageToken, nextToken: list.nextPageToken))
  }

  private static func listNotice(_ error: RPCError, _ backend: Backend) -> Notice {
    if error.code == .invalidArgument {
      let sentences = error.fieldViolations.map { violation in
        violation.field == "query"
          ? Words.sentence("The search \(violation.description)") : "The link to this page of the list is not valid."
      }
      return .hole("This list cannot be shown", sentences.first ?? Words.sentence(Words.capitalised(error.message)))
    }
    let hole = GatewayV1.MissingPart(part: "projects", of: backend, error)
    return .hole("The projects can’t be shown right now", hole.message, "Load the page again in a moment.")
  }

  /// Names by id of the organisations that own these projects.
  private func organisationNames(
    of projects: [ProjectsV1.Project], _ deadline: SharedDeadline
  ) async -> ([String: String], [Notice]) {
    let ids = Set(projects.map(\.organisationID)).subtracting([""]).sorted()
    if ids.isEmpty { return ([:], []) }
    do {
      let answer = try await backends.organisations.listOrganisations(
        .init(pageSize: 1000, ids: ids), options: deadline.options)
      return (Dictionary(answer.organisations.map { ($0.id, $0.name) }) { first, _ in first }, [])
    } catch {
      let hole = GatewayV1.MissingPart(part: "organisations", of: backends.people, error)
      return ([:], [.hole("The names of the organisations can’t be shown right now", hole.message)])
    }
  }

  @Sendable func project(_ request: Request, _ context: Context) async throws -> Response {
    let id = id(context)
    let page = try await gathering.page(of: id, render: true)
    return render(ProjectView(page, projectID: id))
  }
}
