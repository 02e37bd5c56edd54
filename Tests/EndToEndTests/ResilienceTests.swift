// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Testing

@Suite("Under bad conditions", .timeLimit(.minutes(5)))
struct ResilienceTests {
  @Test(
    "a service that is killed leaves a hole that the page names, and comes back",
    arguments: ["people", "projects", "measurement"])
  func killed(service: String) async throws {
    try await withWaymark(demo: true) { waymark in
      let project = try await waymark.projectID("leeds four hours")
      #expect(try await waymark.missingServices(in: waymark.page(of: project)).isEmpty)

      // Each kill in a row lengthens the pause before the next start, so that one of them is long enough to look.
      var missing: Set<String> = []
      for _ in 1...7 where missing.isEmpty {
        let starts = waymark.starts(of: service).count
        kill(pid_t(try waymark.child(service).process), SIGKILL)
        let page = try await waymark.page(of: project)
        #expect(page.status == 200, "\(page)")
        missing = try waymark.missingServices(in: page)
        if missing.isEmpty {
          #expect(try await eventually { waymark.starts(of: service).count > starts }, "\(waymark.text)")
        } else {
          let web = try await curl("\(waymark.base)/projects/\(project)")
          #expect(web.status == 200 && web.body.contains("<main"), "\(web)")
        }
      }
      #expect(missing == [service], "\(waymark.text)")

      let whole = try await eventually {
        let page = try await waymark.page(of: project)
        return try page.status == 200 && waymark.missingServices(in: page).isEmpty
      }
      #expect(whole, "the page did not become whole again:\n\(waymark.text)")
      let addresses = Set(waymark.starts(of: service).map(\.address))
      #expect(addresses.count == 1, "it came back elsewhere: \(addresses)")
    }
  }

  @Test("a gateway that is killed comes back on its port")
  func gatewayKilled() async throws {
    try await withWaymark { waymark in
      kill(pid_t(try waymark.child("gateway").process), SIGKILL)
      #expect(try await eventually { try await curl(waymark.base + "/").status == 200 }, "\(waymark.text)")
    }
  }

  @Test("SIGTERM stops every service, and what was written is there at the next start")
  func terminates() async throws {
    let data = try TemporaryDirectory()
    let service = "waymark.people.v1.OrganisationService"
    let processes = try await withWaymark(data: data.path) { waymark in
      let made = try await waymark.call(
        "\(service)/CreateOrganisation",
        "{\"organisation\": {\"name\": \"Kept\", \"kind\": \"ORGANISATION_KIND_ORGANISATION\"}}")
      #expect(made.status == 200, "\(made)")
      return try ["people", "projects", "measurement", "gateway"].map { try waymark.child($0).process }
    }
    for process in processes { #expect(!isRunning(process)) }
    try await withWaymark(data: data.path) { waymark in
      let list = try await waymark.call("\(service)/ListOrganisations")
      #expect(list.body.contains("Kept"), "\(list)")
    }
  }

  @Test("when waymark up itself is killed, no service outlives it")
  func noOrphans() async throws {
    let processes = try await withWaymark(ended: .signaled(SIGKILL)) { waymark in
      let processes = try ["people", "projects", "measurement", "gateway"].map { try waymark.child($0).process }
      for process in processes { #expect(isRunning(process)) }
      kill(pid_t(waymark.process), SIGKILL)
      return processes
    }
    for process in processes {
      #expect(try await eventually { !isRunning(process) }, "process \(process) lives on")
    }
  }
}
