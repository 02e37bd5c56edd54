// SPDX-License-Identifier: Apache-2.0

import Contracts
import Hummingbird
import RPC

// The form for a new project.

extension WebPages {
  private static let projectFields = [
    "project.organisation_id": "organisation", "project.title": "title", "project.aim.what": "what",
    "project.aim.for_whom": "for_whom", "project.aim.from_value": "from", "project.aim.to_value": "to",
    "project.aim.unit": "unit", "project.aim.by_when": "by_when", "project.start_date": "start",
    "project.end_date": "end", "project.status": "status", "project.team_id": "team", "team.name": "team",
  ]

  @Sendable func newProject(_ request: Request, _ context: Context) async throws -> Response {
    let parameters = try Form(query: request)
    return try await projectForm(parameters, FormProblems(), status: .ok)
  }

  @Sendable func createProject(_ request: Request, _ context: Context) async throws -> Response {
    let form = try await Form(request)
    var problems = FormProblems()
    let project = Self.project(form, &problems)
    guard problems.isEmpty else {
      return try await projectForm(form, problems, status: .unprocessableContent)
    }
    let deadline = deadline
    var asked = backends.people
    do {
      var project = project
      project.teamID = try await teamID(named: form["team"], of: project.organisationID, deadline)
      asked = backends.projects
      let answer = try await backends.projectList.createProject(
        .init(project: project, requestID: RequestID.of(form)), options: deadline.options)
      return .seeOther(Paths.project(answer.project?.id ?? ""))
    } catch let error as RPCError {
      let refusal = FormRefusal(error, by: asked, fields: Self.projectFields)
      return try await projectForm(form, refusal.problems, status: refusal.status)
    }
  }

  /// The project that a form describes, with what can be checked without asking a service.
  private static func project(_ form: Form, _ problems: inout FormProblems) -> ProjectsV1.Project {
    if form["organisation"].isEmpty { problems.add("Choose the organisation.", field: "organisation") }
    if form["title"].isEmpty { problems.add("Give the project a title.", field: "title") }
    return ProjectsV1.Project(
      organisationID: form["organisation"], title: form["title"],
      aim: ProjectsV1.Aim(
        what: form.prose("what"), forWhom: form["for_whom"], fromValue: form.number("from", &problems),
        toValue: form.number("to", &problems), unit: form["unit"], byWhen: form.day("by_when", &problems)),
      status: ProjectsV1.ProjectStatus.choices.first { $0.key == form["status"] } ?? .active,
      startDate: form.day("start", &problems), endDate: form.day("end", &problems))
  }

  /// The team of this name in the organisation, made if it is not there yet; empty for no name.
  private func teamID(
    named name: String, of organisation: String, _ deadline: SharedDeadline
  ) async throws -> String {
    if name.isEmpty { return "" }
    var token = ""
    repeat {
      let answer = try await backends.teams.listTeams(
        .init(pageSize: 1000, pageToken: token, organisationID: organisation), options: deadline.options)
      if let team = answer.teams.first(where: { $0.name.lowercased() == name.lowercased() }) { return team.id }
      token = answer.nextPageToken
    } while !token.isEmpty
    let answer = try await backends.teams.createTeam(
      .init(team: .init(organisationID: organisation, name: name)), options: deadline.options)
    return answer.team?.id ?? ""
  }

  /// The form, with the organisations to choose from.
  ///
  /// Without any, the way to make one.
  private func projectForm(
    _ form: Form, _ problems: FormProblems, status: HTTPResponse.Status
  ) async throws -> Response {
    var problems = problems
    var status = status
    var organisations: [PeopleV1.Organisation] = []
    do {
      organisations = try await allOrganisations()
      if organisations.isEmpty { return .seeOther("/organisations/new") }
    } catch let error as RPCError {
      let hole = GatewayV1.MissingPart(part: "organisations", of: backends.people, error)
      problems.add(
        "\(hole.message) The list of organisations can’t be shown right now; load the page again in a moment.")
      if status == .ok { status = .serviceUnavailable }
    }
    // What was chosen stays chosen, even while the list is away.
    let chosen = form["organisation"]
    if !chosen.isEmpty, !organisations.contains(where: { $0.id == chosen }) {
      organisations.append(.init(id: chosen, name: "As chosen before"))
    }
    return render(
      FormView(
        heading: "New project", intro: "It begins with the aim: what you want to change, for whom, and by when.",
        section: .newProject, problems: problems, action: "/projects", requestID: RequestID.of(form),
        groups: Self.projectGroups(form, organisations), submitLabel: "Create the project", cancelPath: "/"),
      status: status)
  }

  /// All organisations, by name, page by page.
  private func allOrganisations() async throws -> [PeopleV1.Organisation] {
    let deadline = deadline
    var all: [PeopleV1.Organisation] = []
    var token = ""
    repeat {
      let answer = try await backends.organisations.listOrganisations(
        .init(pageSize: 1000, pageToken: token), options: deadline.options)
      all += answer.organisations
      token = answer.nextPageToken
    } while !token.isEmpty
    return all
  }

  private static func projectGroups(_ form: Form, _ organisations: [PeopleV1.Organisation]) -> [FieldGroup] {
    let owners = organisations.map { (value: $0.id, label: $0.name) }
    return [
      FieldGroup(
        "The project",
        [
          .choice(
            "organisation", "Organisation", value: form["organisation"],
            choices: owners.count == 1 ? owners : [(value: "", label: "Choose…")] + owners
          ).leading(to: Crumb(label: "Not in the list? Add it", path: "/organisations/new")),
          .text(
            "title", "Title", hint: "A few words, such as “Fewer falls on Ward 7”.", value: form["title"],
            maxLength: 200),
          .text(
            "team", "Team", hint: "Who does the work. A name that is new makes a new team.", value: form["team"],
            optional: true, maxLength: 200),
        ]),
      FieldGroup(
        "The aim",
        [
          .prose(
            "what", "What do you want to change?", hint: "Such as “Reduce falls with harm”.", value: form.prose("what"),
            optional: true, maxLength: 1000),
          .text(
            "for_whom", "For whom?", hint: "Such as “patients over 65 on Ward 7”.", value: form["for_whom"],
            optional: true, maxLength: 500),
          .number("from", "From", hint: "Today’s figure.", value: form["from"]),
          .number("to", "To", hint: "The figure you want to reach.", value: form["to"]),
          .text(
            "unit", "Unit of both", hint: "Such as % or days.", value: form["unit"], optional: true, short: true,
            maxLength: 50),
          .day("by_when", "By when?", value: form["by_when"]),
        ]),
      FieldGroup(
        "Time and status",
        [
          .choice(
            "status", "Status", value: form["status"].isEmpty ? "active" : form["status"], short: true,
            choices: ProjectsV1.ProjectStatus.choices.map { (value: $0.key, label: $0.words) }),
          .day("start", "Begins", value: form["start"]),
          .day("end", "Ends", value: form["end"]),
        ]),
    ]
  }
}
