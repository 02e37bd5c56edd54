// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Through the gateway with curl", .demonstration, .timeLimit(.minutes(5)))
struct PlainHTTPTests {
  @Test("the list, a project, the interfaces and an upload are pages", arguments: ["", "?q=leeds", "api"])
  func pages(path: String) async throws {
    let answer = try await curl("\(try RunningWaymark.shared.base)/\(path)")
    #expect(answer.status == 200 && answer.body.contains("<main"), "\(answer)")
  }

  @Test("a project page has a chart for each measure, and says nothing is missing")
  func project() async throws {
    let waymark = try RunningWaymark.shared
    let id = try await waymark.projectID("leeds four hours")
    let page = try await curl("\(waymark.base)/projects/\(id)")
    #expect(page.status == 200)
    #expect(page.body.components(separatedBy: "<figure class=\"chart\">").count == 4, "\(page.body)")
    #expect(page.body.contains("Leeds Teaching Hospitals NHS Trust") && page.body.contains("Team Dipper"))
    let json = try await waymark.page(of: id)
    #expect(json.status == 200)
    #expect(try waymark.missingServices(in: json).isEmpty, "\(json.body)")
  }

  @Test("every demonstration project has three measures with 36 months each")
  func demonstration() async throws {
    let waymark = try RunningWaymark.shared
    let answer = try await waymark.call(
      "waymark.projects.v1.ProjectService/ListProjects",
      "{\"query\": \"Fewer waits over four hours\", \"pageSize\": 1000}")
    let projects = try answer.json()["projects"] as? [[String: Any]] ?? []
    #expect(projects.count >= 20)
    for project in projects {
      let id = try #require(project["id"] as? String)
      let page = try await waymark.page(of: id).json()["page"] as? [String: Any]
      let measures = page?["measures"] as? [[String: Any]] ?? []
      let points = measures.prefix(3).map { (($0["chart"] as? [String: Any])?["points"] as? [Any])?.count }
      #expect(points == [36, 36, 36], "\(project["organisationId"] ?? "")")
    }
  }

  @Test("loading the demonstration again changes nothing")
  func again() async throws {
    let waymark = try RunningWaymark.shared
    let before = try await waymark.call("waymark.projects.v1.ProjectService/ListProjects", "{\"pageSize\": 1000}")
    var arguments = ["demo"]
    for service in ["people", "projects", "measurement"] {
      arguments += ["--\(service)-address", try waymark.child(service).address]
    }
    let finished = try await finish(Products.executable("waymark"), arguments)
    #expect(finished.succeeded && finished.output.contains("all there already"), "\(finished.said)")
    let after = try await waymark.call("waymark.projects.v1.ProjectService/ListProjects", "{\"pageSize\": 1000}")
    #expect(try before.json()["totalSize"] as? Int == after.json()["totalSize"] as? Int)
  }

  @Test(
    "what is wrong is told in JSON as in gRPC",
    arguments: [
      (
        "waymark.projects.v1.ProjectService/GetProject", "{\"id\": \"01890a5d-ac96-774b-bcce-b302099a8057\"}", 404,
        "not_found"
      ),
      ("waymark.projects.v1.ProjectService/GetProject", "{\"id\": \"no id\"}", 400, "invalid_argument"),
      ("waymark.projects.v1.ProjectService/CreateProject", "{\"project\": {}}", 400, "project.title"),
      ("waymark.people.v1.TeamService/CreateTeam", "{\"team\": {\"name\": \"x\"}}", 400, "team.organisation_id"),
      ("waymark.projects.v1.ProjectService/GetProject", "{\"id\": ", 400, "invalid_argument"),
      ("waymark.projects.v1.ProjectService/GetProject", "{\"ID\": 7}", 400, "invalid_argument"),
      ("waymark.projects.v1.ProjectService/NoSuchMethod", "{}", 404, "unimplemented"),
    ])
  func errors(method: String, request: String, status: Int, said: String) async throws {
    let answer = try await RunningWaymark.shared.call(method, request)
    #expect(answer.status == status && answer.body.contains(said), "\(answer)")
    #expect(try answer.json()["code"] is String, "\(answer)")
  }

  @Test("pages come over HTTP/2 on the same port")
  func http2() async throws {
    let base = try RunningWaymark.shared.base
    let answer = try await curl("--http2-prior-knowledge", "\(base)/?q=leeds")
    #expect(answer.status == 200 && answer.body.contains("Leeds Teaching Hospitals"), "\(answer)")
  }

  @Test(
    "an address that leads nowhere is refused with a way back",
    arguments: [
      ("no/such/page", 404), ("projects/01890a5d-ac96-774b-bcce-b302099a8057", 404), ("projects/no-id", 404),
    ])
  func notFound(path: String, status: Int) async throws {
    let answer = try await curl("\(try RunningWaymark.shared.base)/\(path)")
    #expect(answer.status == status && answer.body.contains("href=\"/\""), "\(answer)")
  }

  @Test("health is told to people and programs")
  func health() async throws {
    for service in ["people", "projects", "measurement", "gateway"] {
      let address = try RunningWaymark.shared.child(service).address
      let finished = try await finish(Products.executable("waymark"), "health", address)
      #expect(finished.succeeded && finished.output == "serving\n", "\(service): \(finished.said)")
    }
    let people = try RunningWaymark.shared.child("people").address
    let unknown = try await finish(Products.executable("waymark"), "health", people, "--service", "no.such")
    #expect(!unknown.succeeded && unknown.error.contains("NOT_FOUND"), "\(unknown.said)")
    let nobody = try await finish(Products.executable("waymark"), "health", "127.0.0.1:1")
    #expect(!nobody.succeeded && nobody.error.contains("127.0.0.1:1"), "\(nobody.said)")
  }
}
