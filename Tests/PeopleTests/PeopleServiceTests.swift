// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Storage
import StorageTesting
import Testing

@testable import People

/// A `people` store of its own on the engine under test, with its handlers; gone with the test.
final class PeopleFixture {
  private let scratch: ScratchStore
  let database: Database
  let organisations: OrganisationHandler
  let people: PersonHandler
  let teams: TeamHandler
  let context = ServerContext(method: PeopleV1.OrganisationServiceMethods.getOrganisation)

  init() async throws {
    scratch = try ScratchStore(ScratchStore.chosen)
    database = try scratch.open(PeopleService.migrations, service: PeopleService.name)
    let now: @Sendable () -> GoogleProtobuf.Timestamp = { .init(seconds: 1_700_000_000, nanos: 5000) }
    organisations = OrganisationHandler(database: database, now: now)
    people = PersonHandler(database: database, now: now)
    teams = TeamHandler(database: database, now: now)
  }

  func organisation(_ name: String, code: String = "", parent: String = "") async throws -> PeopleV1.Organisation {
    try #require(
      await organisations.createOrganisation(
        .init(organisation: .init(parentID: parent, name: name, code: code)), context: context
      ).organisation)
  }

  func person(_ name: String, in organisation: String, email: String = "") async throws -> PeopleV1.Person {
    try #require(
      await people.createPerson(
        .init(person: .init(organisationID: organisation, displayName: name, email: email)), context: context
      ).person)
  }
}

/// The code and violated fields of the error that `body` throws.
func failure(_ body: () async throws -> Void) async -> (code: RPCError.Code?, fields: [String]) {
  do {
    try await body()
    return (nil, [])
  } catch let error as RPCError {
    return (error.code, error.fieldViolations.map(\.field))
  } catch {
    return (.unknown, ["\(error)"])
  }
}

let unknownID = "01890a5d-ac96-774b-bcce-b302099a8057"

@Suite("Organisations")
struct OrganisationTests {
  @Test("a new organisation comes back as it was stored, trimmed, with its id, times and etag")
  func createAndGet() async throws {
    let fixture = try await PeopleFixture()
    let created = try await fixture.organisation("  Ysbyty Gwynedd \n", code: "7A1AU")
    #expect(created.name == "Ysbyty Gwynedd")
    #expect(created.kind == .organisation)
    #expect(UUIDv7.isValid(created.id))
    #expect(created.createTime == .init(seconds: 1_700_000_000, nanos: 5000))
    let found = try await fixture.organisations.getOrganisation(.init(id: created.id), context: fixture.context)
    #expect(found.organisation == created)
  }

  @Test(
    "a bad field is refused and named",
    arguments: [
      (PeopleV1.Organisation(name: " "), "organisation.name"),
      (PeopleV1.Organisation(name: String(repeating: "x", count: 201)), "organisation.name"),
      (PeopleV1.Organisation(name: "a\u{7}b"), "organisation.name"),
      (PeopleV1.Organisation(name: "A", code: String(repeating: "9", count: 33)), "organisation.code"),
      (PeopleV1.Organisation(parentID: "nobody", name: "A"), "organisation.parent_id"),
      (PeopleV1.Organisation(parentID: unknownID, name: "A"), "organisation.parent_id"),
      (PeopleV1.Organisation(name: "A", kind: .unrecognized(77)), "organisation.kind"),
    ])
  func badFields(organisation: PeopleV1.Organisation, field: String) async throws {
    let fixture = try await PeopleFixture()
    let (code, fields) = await failure {
      _ = try await fixture.organisations.createOrganisation(
        .init(organisation: organisation), context: fixture.context)
    }
    #expect(code == .invalidArgument)
    #expect(fields == [field])
  }

  @Test("a code belongs to one organisation")
  func codeInUse() async throws {
    let fixture = try await PeopleFixture()
    _ = try await fixture.organisation("One", code: "RRK")
    let (code, fields) = await failure { _ = try await fixture.organisation("Two", code: "RRK") }
    #expect(code == .alreadyExists)
    #expect(fields == ["organisation.code"])
  }

  @Test("creating twice with one request id creates once")
  func idempotent() async throws {
    let fixture = try await PeopleFixture()
    let request = PeopleV1.CreateOrganisationRequest(organisation: .init(name: "Once"), requestID: "abc-1")
    let first = try await fixture.organisations.createOrganisation(request, context: fixture.context)
    let second = try await fixture.organisations.createOrganisation(request, context: fixture.context)
    #expect(first == second)
    let all = try await fixture.organisations.listOrganisations(.init(), context: fixture.context)
    #expect(all.organisations.count == 1)
  }

  @Test("an update changes what the mask names, and nothing else")
  func updateMask() async throws {
    let fixture = try await PeopleFixture()
    let stored = try await fixture.organisation("Old", code: "C1")
    let update = try await fixture.organisations.updateOrganisation(
      .init(
        organisation: .init(id: stored.id, name: "New", code: "C2", etag: stored.etag),
        updateMask: .init(paths: ["name"])), context: fixture.context)
    #expect(update.organisation?.name == "New")
    #expect(update.organisation?.code == "C1")
    #expect(update.organisation?.etag != stored.etag)
  }

  @Test("a write from an older state is aborted, an unknown path refused, an unknown id not found")
  func updateRefused() async throws {
    let fixture = try await PeopleFixture()
    let stored = try await fixture.organisation("Old")
    func update(_ organisation: PeopleV1.Organisation, _ paths: [String]) async -> (
      code: RPCError.Code?, fields: [String]
    ) {
      await failure {
        _ = try await fixture.organisations.updateOrganisation(
          .init(organisation: organisation, updateMask: .init(paths: paths)), context: fixture.context)
      }
    }
    #expect(await update(.init(id: stored.id, name: "A", etag: "r0"), ["name"]).code == .aborted)
    #expect(await update(.init(id: stored.id, name: "A"), ["id"]).fields == ["update_mask"])
    #expect(await update(.init(id: unknownID, name: "A"), ["name"]).code == .notFound)
    #expect(await update(.init(id: "x", name: "A"), ["name"]).fields == ["organisation.id"])
  }

  @Test("no organisation becomes a part of itself, at any distance")
  func noCycles() async throws {
    let fixture = try await PeopleFixture()
    let system = try await fixture.organisation("System")
    let trust = try await fixture.organisation("Trust", parent: system.id)
    let ward = try await fixture.organisation("Ward", parent: trust.id)
    for parent in [system.id, trust.id, ward.id] {
      let (code, fields) = await failure {
        _ = try await fixture.organisations.updateOrganisation(
          .init(organisation: .init(id: system.id, parentID: parent), updateMask: .init(paths: ["parent_id"])),
          context: fixture.context)
      }
      #expect(code == .invalidArgument)
      #expect(fields == ["organisation.parent_id"])
    }
  }

  @Test("pages follow one another by name in any case, and leave nothing out")
  func paging() async throws {
    let fixture = try await PeopleFixture()
    for name in ["bravo", "Alpha", "alpha", "Écho", "delta", "Charlie"] { _ = try await fixture.organisation(name) }
    var names: [String] = []
    var token = ""
    repeat {
      let page = try await fixture.organisations.listOrganisations(
        .init(pageSize: 2, pageToken: token), context: fixture.context)
      #expect(page.organisations.count <= 2)
      names += page.organisations.map { $0.name.lowercased() }
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(names == ["alpha", "alpha", "bravo", "charlie", "delta", "écho"])
  }

  @Test(
    "a page size out of range and a token from elsewhere are refused",
    arguments: [
      (PeopleV1.ListOrganisationsRequest(pageSize: -1), "page_size"),
      (PeopleV1.ListOrganisationsRequest(pageSize: 1001), "page_size"),
      (PeopleV1.ListOrganisationsRequest(pageToken: "!!"), "page_token"),
      (PeopleV1.ListOrganisationsRequest(pageToken: "AAAA"), "page_token"),
    ])
  func badPages(request: PeopleV1.ListOrganisationsRequest, field: String) async throws {
    let fixture = try await PeopleFixture()
    let (code, fields) = await failure {
      _ = try await fixture.organisations.listOrganisations(request, context: fixture.context)
    }
    #expect(code == .invalidArgument)
    #expect(fields == [field])
  }

  @Test("lists are narrowed by parent, code and ids")
  func filters() async throws {
    let fixture = try await PeopleFixture()
    let system = try await fixture.organisation("System", code: "S")
    let trust = try await fixture.organisation("Trust", code: "T", parent: system.id)
    func names(_ request: PeopleV1.ListOrganisationsRequest) async throws -> [String] {
      try await fixture.organisations.listOrganisations(request, context: fixture.context).organisations.map(\.name)
    }
    try #expect(await names(.init(parentID: system.id)) == ["Trust"])
    try #expect(await names(.init(code: "S")) == ["System"])
    try #expect(await names(.init(ids: [trust.id, unknownID])) == ["Trust"])
    try #expect(await names(.init()) == ["System", "Trust"])
  }
}

@Suite("People and teams")
struct PeopleAndTeamTests {
  @Test("a person needs an existing organisation and a name, and an address only one person has")
  func people() async throws {
    let fixture = try await PeopleFixture()
    let trust = try await fixture.organisation("Trust")
    let person = try await fixture.person("Team lead", in: trust.id, email: "Lead@Example.org")
    let found = try await fixture.people.getPerson(.init(id: person.id), context: fixture.context)
    #expect(found.person == person)
    let twice = await failure { _ = try await fixture.person("Other", in: trust.id, email: "lead@example.ORG") }
    #expect(twice.code == .alreadyExists)
    let nowhere = await failure { _ = try await fixture.person("Other", in: unknownID) }
    #expect(nowhere.fields == ["person.organisation_id"])
    let bad = await failure { _ = try await fixture.person("", in: trust.id, email: "no address") }
    #expect(bad.fields == ["person.display_name", "person.email"])
  }

  @Test("a team keeps its members in order, each once")
  func teams() async throws {
    let fixture = try await PeopleFixture()
    let trust = try await fixture.organisation("Trust")
    let lead = try await fixture.person("Lead", in: trust.id)
    let coach = try await fixture.person("Coach", in: trust.id)
    let members: [PeopleV1.TeamMember] = [
      .init(personID: lead.id, function: .lead), .init(personID: coach.id, function: .coach),
    ]
    let team = try #require(
      await fixture.teams.createTeam(
        .init(team: .init(organisationID: trust.id, name: "Front door", members: members)), context: fixture.context
      ).team)
    let updated = try #require(
      await fixture.teams.updateTeam(
        .init(team: .init(id: team.id, members: members.reversed()), updateMask: .init(paths: ["members"])),
        context: fixture.context
      ).team)
    #expect(updated.members.map(\.personID) == [coach.id, lead.id])
    let listed = try await fixture.teams.listTeams(.init(organisationID: trust.id), context: fixture.context)
    #expect(listed.teams == [updated])
    let wrong = await failure {
      _ = try await fixture.teams.createTeam(
        .init(
          team: .init(
            organisationID: trust.id, name: "T",
            members: [.init(personID: lead.id), .init(personID: lead.id), .init(personID: unknownID)])),
        context: fixture.context)
    }
    #expect(wrong.code == .invalidArgument)
    #expect(wrong.fields == ["team.members[1].person_id"])
    let stranger = await failure {
      _ = try await fixture.teams.createTeam(
        .init(team: .init(organisationID: trust.id, name: "T", members: [.init(personID: unknownID)])),
        context: fixture.context)
    }
    #expect(stranger.fields == ["team.members[0].person_id"])
  }

  @Test("every write leaves an event in the same transaction, and a refused one leaves none")
  func events() async throws {
    let fixture = try await PeopleFixture()
    let trust = try await fixture.organisation("Trust")
    _ = await failure { _ = try await fixture.organisation("") }
    _ = try await fixture.person("Lead", in: trust.id)
    let kinds = try await fixture.database.read { transaction in
      try transaction.rows("SELECT kind FROM events ORDER BY sequence", []).map { try $0.text("kind") }
    }
    #expect(kinds == ["organisation.created", "person.created"])
  }
}

@Suite("Searching names")
struct NameSearchTests {
  @Test(
    "organisations are found by every word of their names or codes, in any case, wildcards taken literally",
    arguments: [
      ("leeds", ["Leeds Teaching Hospitals", "Leeds and York"]), ("LEEDS teach", ["Leeds Teaching Hospitals"]),
      ("rr8", ["Leeds Teaching Hospitals"]), ("RR8 leeds", ["Leeds Teaching Hospitals"]), ("york rr8", []),
      ("%", ["100% Care"]), ("_", []), ("\\", []), ("é", ["Café"]), ("  ", nil), ("", nil),
    ] as [(String, [String]?)])
  func organisations(query: String, names: [String]?) async throws {
    let fixture = try await PeopleFixture()
    for (name, code) in [("Leeds Teaching Hospitals", "RR8"), ("Leeds and York", ""), ("100% Care", ""), ("Café", "")] {
      _ = try await fixture.organisation(name, code: code)
    }
    let found = try await fixture.organisations.listOrganisations(.init(query: query), context: fixture.context)
    #expect(
      Set(found.organisations.map(\.name))
        == Set(names ?? ["Leeds Teaching Hospitals", "Leeds and York", "100% Care", "Café"]))
  }

  @Test("teams are found by their names, page by page, and a search that is too long is refused by name")
  func teams() async throws {
    let fixture = try await PeopleFixture()
    let trust = try await fixture.organisation("Trust")
    for name in ["Ward 7 nights", "Ward 7 days", "Theatre", "Ward 8"] {
      _ = try await fixture.teams.createTeam(
        .init(team: .init(organisationID: trust.id, name: name)), context: fixture.context)
    }
    let first = try await fixture.teams.listTeams(.init(pageSize: 1, query: "ward 7"), context: fixture.context)
    let second = try await fixture.teams.listTeams(
      .init(pageSize: 1, pageToken: first.nextPageToken, query: "ward 7"), context: fixture.context)
    #expect((first.teams + second.teams).map(\.name) == ["Ward 7 days", "Ward 7 nights"])
    #expect(second.nextPageToken.isEmpty)
    let long = String(repeating: "a", count: 201)
    let (code, fields) = await failure {
      _ = try await fixture.teams.listTeams(.init(query: long), context: fixture.context)
    }
    #expect(code == .invalidArgument && fields == ["query"])
    let other = await failure {
      _ = try await fixture.organisations.listOrganisations(.init(query: long), context: fixture.context)
    }
    #expect(other.code == .invalidArgument && other.fields == ["query"])
  }
}
