// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Storage
import StorageTesting
import Testing

@testable import Projects

@Suite("Projects stores of earlier versions")
struct KeptStoreTests {
  @Test("a store of today's schema is kept for the versions to come")
  func isKept() throws {
    let newest = "\(ProjectsService.name)-\(ProjectsService.migrations.map(\.number).max() ?? 0)"
    #expect(try KeptStore.all(in: .module).contains { $0.description == newest }, "\(newest).sqlite is not there")
  }

  @Test("everything is there as it was, and repeated requests are known", arguments: try KeptStore.all(in: .module))
  func upgraded(kept: KeptStore) async throws {
    try await ScratchStore.on(.sqlite) { scratch in
      let database = try kept.open(ProjectsService.migrations, service: ProjectsService.name, in: scratch)
      defer { try? database.close() }
      let client = RPCClient(target: "127.0.0.1:1")
      let handler = ProjectHandler(
        database: database, directory: PeopleDirectory(client), now: { .init(seconds: 1_800_000_000) })
      let context = ServerContext(method: ProjectsV1.ProjectServiceMethods.getProject)

      let listed = try await handler.listProjects(.init(), context: context).projects
      #expect(listed.map(\.title) == ["Fewer falls", "No aim yet"])
      let project = try #require(listed.first)
      #expect(project.aim?.fromValue == 5.5 && project.aim?.toValue == 0.1)
      #expect(project.aim?.byWhen == .init(year: 2027, month: 6, day: 30))
      #expect(project.measureIDs.count == 2 && project.etag == "r2")
      #expect(listed.last?.aim == nil)
      #expect(try await handler.getProject(.init(id: project.id), context: context).project == project)

      #expect(try await database.soundEvents() == 3)
      let requests = try await database.read { transaction in
        try transaction.rows("SELECT organisation_id, request_id, object_id FROM requests").map {
          [try $0.text("organisation_id"), try $0.text("request_id"), try $0.text("object_id")]
        }
      }
      #expect(requests == [[project.organisationID, "project-1", project.id]])
      let renamed = try await handler.updateProject(
        .init(project: .init(id: project.id, title: "No falls", etag: "r2"), updateMask: .init(paths: ["title"])),
        context: context)
      #expect(renamed.project?.etag == "r3")
      #expect(try await database.soundEvents() == 4)
      await client.close()
    }
  }
}
