// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(
  "Other people's clients", .demonstration, .enabled(if: Products.python != nil, "WAYMARK_TEST_PYTHON is not set"),
  .timeLimit(.minutes(5)))
struct ForeignClientTests {
  @Test("grpcio calls every unary method of every service, knowing only what reflection tells")
  func grpcio() async throws {
    let waymark = try RunningWaymark.shared
    var arguments = [Products.client("every_method.py")]
    for service in ["people", "projects", "measurement", "gateway"] {
      arguments.append(try waymark.child(service).address)
    }
    let finished = try await finish(try #require(Products.python), arguments)
    #expect(finished.succeeded, "\(finished.said)")
  }

  @Test("grpcio loads many observations through the gateway, goes on after a bad chunk, and exports the same")
  func bulk() async throws {
    let base = try RunningWaymark.shared.base
    let finished = try await finish(
      try #require(Products.python), Products.client("move_observations.py"), String(base.dropFirst("http://".count)))
    #expect(finished.succeeded, "\(finished.said)")
  }

  @Test("Connect's own client for Python calls the gateway with its defaults, which compress everything")
  func connectPython() async throws {
    let base = try RunningWaymark.shared.base
    let finished = try await finish(
      try #require(Products.python), Products.client("connect_calls.py"), String(base.dropFirst("http://".count)))
    #expect(finished.succeeded, "\(finished.said)")
  }

  @Test(
    "buf curl finds its way by reflection, over gRPC",
    arguments: [
      ("people", "waymark.people.v1.OrganisationService/ListOrganisations", "Leeds Teaching Hospitals NHS Trust"),
      ("projects", "waymark.projects.v1.ProjectService/ListProjects", "Fewer waits over four hours"),
      ("measurement", "waymark.measurement.v1.MeasureService/ListMeasures", "MEASURE_KIND_BALANCING"),
      ("gateway", "waymark.projects.v1.ProjectService/ListProjects", "Fewer waits over four hours"),
    ])
  func bufOverGRPC(service: String, method: String, expected: String) async throws {
    let address = try RunningWaymark.shared.child(service).address
    let finished = try await finish(
      Products.buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "-d", "{}", "http://\(address)/\(method)")
    #expect(finished.succeeded && finished.output.contains(expected), "\(finished.said)")
  }

  @Test(
    "buf curl lists the services that reflection names", arguments: ["people", "projects", "measurement", "gateway"])
  func bufLists(service: String) async throws {
    let address = try RunningWaymark.shared.child(service).address
    let finished = try await finish(
      Products.buf, "curl", "--protocol", "grpc", "--list-services", "--http2-prior-knowledge", "http://\(address)")
    #expect(finished.succeeded && finished.output.contains("waymark.\(service).v1."), "\(finished.said)")
  }

  @Test(
    "buf curl calls the gateway over Connect, on HTTP/1.1 and on HTTP/2",
    arguments: [[], ["--http2-prior-knowledge"]])
  func bufOverConnect(flags: [String]) async throws {
    let base = try RunningWaymark.shared.base
    let finished = try await finish(
      Products.buf,
      ["curl", "--schema", Products.contracts, "--protocol", "connect"] + flags
        + ["-d", "{\"query\": \"leeds\"}", "\(base)/waymark.projects.v1.ProjectService/ListProjects"])
    #expect(finished.succeeded && finished.output.contains("Leeds Teaching Hospitals"), "\(finished.said)")
  }

  @Test("buf curl shows an error with its details, over gRPC and over Connect", arguments: ["grpc", "connect"])
  func bufShowsErrors(wire: String) async throws {
    let base = try RunningWaymark.shared.base
    let finished = try await finish(
      Products.buf, "curl", "--schema", Products.contracts, "--protocol", wire, "--http2-prior-knowledge", "-d",
      "{\"project\": {\"title\": \"\"}}", "\(base)/waymark.projects.v1.ProjectService/CreateProject")
    #expect(!finished.succeeded)
    #expect(finished.error.contains("invalid_argument") && finished.error.contains("project.title"), "\(finished.said)")
  }

  @Test("a browser goes from the list to the chart of a file of its own, on a projector, a phone and in the dark")
  func browser() async throws {
    let pictures = try TemporaryDirectory()
    let kept = ProcessInfo.processInfo.environment["WAYMARK_TEST_SCREENSHOTS"]
    let finished = try await finish(
      try #require(Products.python), Products.client("browse.py"), try RunningWaymark.shared.base,
      kept ?? pictures.path)
    #expect(finished.succeeded, "\(finished.said)")
  }
}
