// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import NIOCore
import RPC
import Storage
import StorageTesting
import Testing

@testable import Projects

private let unknownID = "01890a5d-ac96-774b-bcce-b302099a8057"
private let organisationID = "01890a5d-ac96-774b-bcce-000000000001"
private let teamID = "01890a5d-ac96-774b-bcce-000000000002"

/// A stand-in for `people` that knows one organisation and one team.
private struct FewPeople: PeopleV1.OrganisationServiceProtocol, PeopleV1.TeamServiceProtocol {
  func registerMethods(with router: inout RPCRouter) {
    router.register(unary: PeopleV1.OrganisationServiceMethods.getOrganisation, getOrganisation)
    router.register(unary: PeopleV1.TeamServiceMethods.getTeam, getTeam)
    router.register(unary: PeopleV1.OrganisationServiceMethods.listOrganisations, listOrganisations)
    router.register(unary: PeopleV1.TeamServiceMethods.listTeams, listTeams)
  }

  func getOrganisation(
    _ request: PeopleV1.GetOrganisationRequest, context: ServerContext
  ) async throws -> PeopleV1.GetOrganisationResponse {
    guard request.id == organisationID else { throw RPCError(code: .notFound, message: "unknown") }
    return .init(organisation: .init(id: request.id, name: "Trust"))
  }

  func getTeam(_ request: PeopleV1.GetTeamRequest, context: ServerContext) async throws -> PeopleV1.GetTeamResponse {
    guard request.id == teamID else { throw RPCError(code: .notFound, message: "unknown") }
    return .init(team: .init(id: request.id, name: "Team"))
  }

  private var refusal: RPCError { RPCError(code: .unimplemented, message: "not asked for here") }
  func createOrganisation(_: PeopleV1.CreateOrganisationRequest, context: ServerContext) async throws
    -> PeopleV1.CreateOrganisationResponse
  { throw refusal }
  /// “Many” names more than are looked at; “away” cannot be asked.
  func listOrganisations(
    _ request: PeopleV1.ListOrganisationsRequest, context: ServerContext
  ) async throws -> PeopleV1.ListOrganisationsResponse {
    if request.query == "away" { throw RPCError(code: .unavailable, message: "away") }
    let found = "leeds trust".contains(request.query)
    return .init(
      organisations: found ? [.init(id: organisationID, name: "Leeds Trust")] : [],
      nextPageToken: request.query == "many" ? "more" : "")
  }
  func updateOrganisation(_: PeopleV1.UpdateOrganisationRequest, context: ServerContext) async throws
    -> PeopleV1.UpdateOrganisationResponse
  { throw refusal }
  func createTeam(_: PeopleV1.CreateTeamRequest, context: ServerContext) async throws -> PeopleV1.CreateTeamResponse {
    throw refusal
  }
  func listTeams(
    _ request: PeopleV1.ListTeamsRequest, context: ServerContext
  ) async throws -> PeopleV1.ListTeamsResponse {
    .init(teams: "night team".contains(request.query) ? [.init(id: teamID, name: "Night Team")] : [])
  }
  func updateTeam(_: PeopleV1.UpdateTeamRequest, context: ServerContext) async throws -> PeopleV1.UpdateTeamResponse {
    throw refusal
  }
}

/// Runs `body` with a `projects` handler on a store of its own, beside a real server that plays `people`.
private func withProjects(_ body: (ProjectHandler, ServerContext) async throws -> Void) async throws {
  let scratch = try ScratchStore(ScratchStore.chosen)
  defer { scratch.remove() }
  let database = try scratch.open(ProjectsService.migrations, service: ProjectsService.name)
  var router = RPCRouter()
  FewPeople().registerMethods(with: &router)
  let server = RPCServer(router: router)
  let address = try await server.bind(host: "127.0.0.1", port: 0)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.run() }
    let people = RPCClient(target: "127.0.0.1:\(address.port ?? 0)")
    let handler = ProjectHandler(
      database: database, directory: PeopleDirectory(people), now: { .init(seconds: 1_700_000_000, nanos: 0) })
    do {
      try await body(handler, ServerContext(method: ProjectsV1.ProjectServiceMethods.getProject))
    } catch {
      await people.close()
      await server.shutdownGracefully()
      throw error
    }
    await people.close()
    await server.shutdownGracefully()
    try await group.waitForAll()
  }
}

private func failure(_ body: () async throws -> Void) async -> (code: RPCError.Code?, fields: [String]) {
  do {
    try await body()
    return (nil, [])
  } catch let error as RPCError {
    return (error.code, error.fieldViolations.map(\.field))
  } catch {
    return (.unknown, ["\(error)"])
  }
}

private let wholeProject = ProjectsV1.Project(
  organisationID: organisationID, title: "Fewer waits over four hours",
  aim: .init(
    what: "Waits over four hours", forWhom: "people who come to A&E", fromValue: 12.5, toValue: 5, unit: "%",
    byWhen: .init(year: 2027, month: 3, day: 31)),
  status: .active, startDate: .init(year: 2026, month: 1, day: 1), endDate: .init(year: 2027, month: 3, day: 31),
  teamID: teamID, measureIDs: [unknownID])

@Suite("Projects")
struct ProjectTests {
  @Test("a new project comes back as it was stored")
  func createAndGet() async throws {
    try await withProjects { projects, context in
      let created = try #require(
        await projects.createProject(.init(project: wholeProject), context: context).project)
      #expect(created.aim == wholeProject.aim)
      #expect(created.measureIDs == [unknownID])
      let found = try await projects.getProject(.init(id: created.id.uppercased()), context: context)
      #expect(found.project == created)
      let bare = try #require(
        await projects.createProject(
          .init(project: .init(organisationID: organisationID, title: "Bare")), context: context
        ).project)
      #expect(bare.status == .draft)
      #expect(bare.aim == nil)
      try #expect(await projects.getProject(.init(id: bare.id), context: context).project == bare)
    }
  }

  @Test("every bad field is named, all at once")
  func badFields() async throws {
    try await withProjects { projects, context in
      var project = wholeProject
      project.title = ""
      project.aim?.toValue = .infinity
      project.aim?.byWhen = .init(year: 2027, month: 2, day: 29)
      project.endDate = .init(year: 2025, month: 12, day: 31)
      project.status = .unrecognized(9)
      project.measureIDs = [unknownID, unknownID, "m"]
      let (code, fields) = await failure {
        _ = try await projects.createProject(.init(project: project), context: context)
      }
      #expect(code == .invalidArgument)
      #expect(
        fields == [
          "project.title", "project.aim.to_value", "project.aim.by_when", "project.status", "project.end_date",
          "project.measure_ids[1]", "project.measure_ids[2]",
        ])
    }
  }

  @Test("an organisation and a team that people does not know are refused by name")
  func references() async throws {
    try await withProjects { projects, context in
      var project = wholeProject
      project.organisationID = unknownID
      project.teamID = unknownID
      let (code, fields) = await failure {
        _ = try await projects.createProject(.init(project: project), context: context)
      }
      #expect(code == .invalidArgument)
      #expect(fields == ["project.organisation_id", "project.team_id"])
      try #expect(await projects.listProjects(.init(), context: context).totalSize == 0)
    }
  }

  @Test("when people cannot be asked nothing is written")
  func peopleDown() async throws {
    try await withProjects { projects, context in
      // Port 1 of the loopback interface: nothing listens there.
      let alone = ProjectHandler(
        database: projects.database, directory: PeopleDirectory(RPCClient(target: "127.0.0.1:1")), now: projects.now)
      let (code, _) = await failure {
        _ = try await alone.createProject(.init(project: wholeProject), context: context)
      }
      #expect(code == .unavailable)
      try #expect(await projects.listProjects(.init(), context: context).totalSize == 0)
    }
  }

  @Test(
    "search wants every word, in title or aim, in any case, and takes wildcards literally",
    arguments: [
      ("fewer WAITS", 1), ("a&e", 1), ("waits nothing", 0), ("%", 1), ("_", 0), ("100%", 1), ("é", 1), ("É", 1),
      ("", 3),
    ])
  func search(query: String, count: Int) async throws {
    try await withProjects { projects, context in
      for title in ["Fewer waits over four hours", "100% of hands", "Café"] {
        var project = ProjectsV1.Project(organisationID: organisationID, title: title)
        if title.hasPrefix("Fewer") { project.aim = wholeProject.aim }
        _ = try await projects.createProject(.init(project: project), context: context)
      }
      let found = try await projects.listProjects(.init(query: query), context: context)
      #expect(found.projects.count == count)
      #expect(found.totalSize == count)
    }
  }

  @Test(
    "search finds a project by the names of its organisation and team as well, each word where it is",
    arguments: [
      ("leeds", 3, true), ("LEEDS falls", 1, true), ("night", 1, true), ("night leeds", 1, true),
      ("night sepsis", 0, true),
      ("night falls trust", 1, true), ("york", 0, true), ("away", 0, false), ("away falls", 0, false),
      ("many", 0, false),
      ("falls", 1, true), ("l e e d s t r u n g h", 1, true),
      ("l e d s t r u n g h a", 1, false),
    ])
  func searchNames(query: String, count: Int, isComplete: Bool) async throws {
    try await withProjects { projects, context in
      for (title, team) in [("Fewer falls tonight, lest", teamID), ("Sepsis", ""), ("Waits", "")] {
        _ = try await projects.createProject(
          .init(project: .init(organisationID: organisationID, title: title, teamID: team)), context: context)
      }
      var titles: [String] = []
      var token = ""
      repeat {
        let page = try await projects.listProjects(.init(pageSize: 1, pageToken: token, query: query), context: context)
        titles += page.projects.map(\.title)
        #expect(page.totalSize == count)
        #expect(page.namesIncomplete == !isComplete)
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(titles.count == count)
    }
  }

  @Test("without the people service, titles and aims are searched all the same, and the answer says so")
  func searchAlone() async throws {
    try await withProjects { projects, context in
      _ = try await projects.createProject(.init(project: wholeProject), context: context)
      let alone = ProjectHandler(
        database: projects.database, directory: PeopleDirectory(RPCClient(target: "127.0.0.1:1")), now: projects.now)
      let found = try await alone.listProjects(.init(query: "waits"), context: context)
      #expect(found.projects.count == 1 && found.namesIncomplete)
      #expect(try await !alone.listProjects(.init(), context: context).namesIncomplete)
    }
  }

  @Test("pages lead back as they lead on, from any page, also where titles are the same")
  func pagesBack() async throws {
    try await withProjects { projects, context in
      for title in ["b", "A", "c", "D", "e", "e", "e"] {
        _ = try await projects.createProject(
          .init(project: .init(organisationID: organisationID, title: title)), context: context)
      }
      for size in Int32(1)...8 {
        var pages: [ProjectsV1.ListProjectsResponse] = []
        var token = ""
        repeat {
          pages.append(try await projects.listProjects(.init(pageSize: size, pageToken: token), context: context))
          token = pages.last?.nextPageToken ?? ""
        } while !token.isEmpty
        #expect(pages[0].previousPageToken.isEmpty)
        #expect(pages.flatMap(\.projects).count == 7)
        var back = pages[pages.count - 1]
        for expected in pages.dropLast().reversed() {
          back = try await projects.listProjects(
            .init(pageSize: size, pageToken: back.previousPageToken), context: context)
          #expect(back.projects == expected.projects)
          // And on again from there.
          let on = try await projects.listProjects(
            .init(pageSize: size, pageToken: back.nextPageToken), context: context)
          #expect(on.projects.first?.id != back.projects.last?.id && !on.projects.isEmpty)
        }
        #expect(back.previousPageToken.isEmpty)
      }
    }
  }

  @Test("pages are by title, and count all")
  func paging() async throws {
    try await withProjects { projects, context in
      for title in ["b", "A", "c", "D", "e"] {
        _ = try await projects.createProject(
          .init(project: .init(organisationID: organisationID, title: title)), context: context)
      }
      let first = try await projects.listProjects(.init(pageSize: 3), context: context)
      let second = try await projects.listProjects(
        .init(pageSize: 3, pageToken: first.nextPageToken), context: context)
      #expect((first.projects + second.projects).map(\.title) == ["A", "b", "c", "D", "e"])
      #expect(second.nextPageToken.isEmpty)
      #expect(first.totalSize == 5)
    }
  }

  @Test("an update changes what the mask names; a stale etag is aborted and changes nothing")
  func update() async throws {
    try await withProjects { projects, context in
      let stored = try #require(await projects.createProject(.init(project: wholeProject), context: context).project)
      let next = try #require(
        await projects.updateProject(
          .init(
            project: .init(id: stored.id, title: "Better", status: .completed, etag: stored.etag),
            updateMask: .init(paths: ["status"])), context: context
        ).project)
      #expect(next.status == .completed)
      #expect(next.title == stored.title)
      #expect(next.measureIDs == stored.measureIDs)
      let (code, _) = await failure {
        _ = try await projects.updateProject(
          .init(
            project: .init(id: stored.id, title: "Late", etag: stored.etag), updateMask: .init(paths: ["title"])),
          context: context)
      }
      #expect(code == .aborted)
      try #expect(await projects.getProject(.init(id: stored.id), context: context).project == next)
    }
  }

  @Test(
    "an id of another form is a bad field, an unknown one is not found",
    arguments: [
      ("", RPCError.Code.invalidArgument), ("x", .invalidArgument), ("../../etc", .invalidArgument),
      (unknownID, .notFound),
    ])
  func ids(id: String, expected: RPCError.Code) async throws {
    try await withProjects { projects, context in
      let (code, _) = await failure { _ = try await projects.getProject(.init(id: id), context: context) }
      #expect(code == expected)
    }
  }
}
