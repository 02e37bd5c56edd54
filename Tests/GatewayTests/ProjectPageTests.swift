// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Testing

@testable import Gateway

@Suite("Gathering a project page from three services")
struct ProjectPageTests {
  private func page(
    of id: String = "p1", people: Registration? = World.people, projects: Registration? = World.project,
    measurement: Registration? = World.measurement, render: Bool = false, limit: Duration = .milliseconds(400)
  ) async throws -> GatewayV1.ProjectPage {
    try await withBackends(people: people, projects: projects, measurement: measurement) { backends in
      try await ProjectPageGathering(backends: backends, limit: limit).page(of: id, render: render)
    }
  }

  @Test("the listed measures come first, a slow chart and a measure that is gone leave named holes")
  func whole() async throws {
    let page = try await page(render: true)
    #expect(page.project == World.project)
    #expect(page.organisation?.name == "North & South")
    #expect(page.team?.name == "Ward 7")
    #expect(page.measures.map { $0.measure?.id } == ["m2", "elsewhere", "m1", "slow"])
    #expect(page.measures.first?.svg == "<svg id=\"m2\"/>")
    #expect(page.measures.last?.chart == nil)
    #expect(
      page.missing == [
        .init(
          part: "project.measure_ids[2]", service: "measurement", code: "NOT_FOUND",
          message: "The project lists the measure gone, which does not exist."),
        .init(
          part: "measures[3].chart", service: "measurement", code: "DEADLINE_EXCEEDED",
          message: "The measurement service did not answer in time."),
      ])
  }

  @Test("charts are drawn only when asked for")
  func notDrawn() async throws {
    let page = try await page()
    #expect(page.measures.first?.svg == "")
    #expect(page.measures.first?.chart?.title == "m2")
  }

  @Test("people away: organisation and team are missing, the rest is there")
  func noPeople() async throws {
    let page = try await page(people: nil)
    #expect(page.project?.id == "p1")
    #expect(page.missing.map(\.part).prefix(2) == ["organisation", "team"])
    #expect(page.missing.prefix(2).allSatisfy { $0.service == "people" && $0.code == "UNAVAILABLE" })
    #expect(page.measures.count == 4)
  }

  @Test("projects away: the measures are there, and whose they are")
  func noProjects() async throws {
    let page = try await page(projects: nil)
    #expect(page.project == nil)
    #expect(page.missing.first?.part == "project")
    #expect(page.missing.first?.service == "projects")
    #expect(page.measures.map { $0.measure?.id } == ["m1", "m2", "slow"])
    #expect(page.organisation?.name == "North & South")
  }

  @Test("measurement away: one hole for all measures")
  func noMeasurement() async throws {
    let page = try await page(measurement: nil)
    #expect(page.project?.id == "p1")
    #expect(page.measures.isEmpty)
    #expect(page.missing.map(\.part) == ["measures"])
  }

  @Test("all away: a page of holes, not an error")
  func nothing() async throws {
    let page = try await page(people: nil, projects: nil, measurement: nil)
    #expect(page.missing.map(\.part) == ["project", "measures"])
  }

  @Test("a slow service is a hole at the deadline")
  func slowPeople() async throws {
    let slow: Registration = { router in
      router.register(unary: PeopleV1.TeamServiceMethods.getTeam) {
        (_: PeopleV1.GetTeamRequest, _) async throws -> PeopleV1.GetTeamResponse in
        try await World.untilCancelled()
        return .init()
      }
    }
    let page = try await page(people: slow)
    let codes = Dictionary(page.missing.map { ($0.part, $0.code) }) { first, _ in first }
    #expect(codes["team"] == "DEADLINE_EXCEEDED")
    // The fake has no such method: an answer, but not the one that was needed.
    #expect(codes["organisation"] == "UNIMPLEMENTED")
    #expect(page.project?.id == "p1")
  }

  @Test("a project that does not exist is NOT_FOUND")
  func notFound() async throws {
    await #expect(throws: RPCError(code: .notFound, message: "There is no project with the id p9.")) {
      _ = try await page(of: "p9")
    }
  }

  @Test("the caller's own deadline goes before the gateway's")
  func callersDeadline() async throws {
    let page = try await withBackends(people: nil, projects: { World.project(&$0) }, measurement: World.measurement) {
      try await ProjectPageGathering(backends: $0, limit: .seconds(3600))
        .page(of: "p1", render: false, left: .milliseconds(400))
    }
    #expect(page.missing.contains { $0.part == "measures[3].chart" && $0.code == "DEADLINE_EXCEEDED" })
  }
}
