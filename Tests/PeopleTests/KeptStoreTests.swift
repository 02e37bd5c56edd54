// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Storage
import StorageTesting
import Testing

@testable import People

@Suite("People stores of earlier versions")
struct KeptStoreTests {
  @Test("a store of today's schema is kept for the versions to come")
  func isKept() throws {
    let newest = "\(PeopleService.name)-\(PeopleService.migrations.map(\.number).max() ?? 0)"
    #expect(try KeptStore.all(in: .module).contains { $0.description == newest }, "\(newest).sqlite is not there")
  }

  @Test("everything is there as it was, and repeated requests are known", arguments: try KeptStore.all(in: .module))
  func upgraded(kept: KeptStore) async throws {
    try await ScratchStore.on(.sqlite) { scratch in
      let database = try kept.open(PeopleService.migrations, service: PeopleService.name, in: scratch)
      defer { try? database.close() }
      let now: @Sendable () -> GoogleProtobuf.Timestamp = { .init(seconds: 1_800_000_000) }
      let context = ServerContext(method: PeopleV1.OrganisationServiceMethods.getOrganisation)
      let organisations = OrganisationHandler(database: database, now: now)
      let teams = TeamHandler(database: database, now: now)
      let people = PersonHandler(database: database, now: now)

      let listed = try await organisations.listOrganisations(.init(), context: context).organisations
      #expect(listed.map(\.name) == ["North region", "Østlund hospital"])
      #expect(listed.last?.code == "OST" && listed.last?.parentID == listed.first?.id)
      #expect(listed.map(\.etag) == ["r1", "r1"])
      let person = try #require(try await people.listPeople(.init(), context: context).people.first)
      #expect(person.displayName == "Ann Årdal" && person.email == "ann@example.org")
      let team = try #require(try await teams.listTeams(.init(), context: context).teams.first)
      #expect(team.name == "Ward 4 North" && team.etag == "r2" && team.members.map(\.personID) == [person.id])

      #expect(try await database.soundEvents() == 5)
      let kinds = try await database.events.events(after: 0, limit: 10).map(\.kind)
      #expect(
        kinds == ["organisation.created", "organisation.created", "person.created", "team.created", "team.updated"])
      let requests = try await database.read { transaction in
        try transaction.rows("SELECT method, request_id, object_id FROM requests ORDER BY method, request_id").map {
          [try $0.text("method"), try $0.text("request_id"), try $0.text("object_id")]
        }
      }
      #expect(
        requests == [
          ["CreateOrganisation", "organisation-1", listed[0].id],
          ["CreateOrganisation", "organisation-2", listed[1].id],
          ["CreatePerson", "person-1", person.id], ["CreateTeam", "team-1", team.id],
        ])

      // It is a store as any other: it takes changes.
      let renamed = try await teams.updateTeam(
        .init(team: .init(id: team.id, name: "Ward 5", etag: team.etag), updateMask: .init(paths: ["name"])),
        context: context)
      #expect(renamed.team?.etag == "r3")
      #expect(try await database.soundEvents() == 6)
    }
  }
}
