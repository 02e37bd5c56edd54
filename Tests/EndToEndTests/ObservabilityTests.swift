// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Testing

@Suite("To those who look after it", .timeLimit(.minutes(5)))
struct ObservabilityTests {
  @Test("a request is one trace and is counted in every service, and each admin port says so")
  func traceAndMetrics() async throws {
    try await withWaymark(environment: ["WAYMARK_ADMIN_PORT": "0", "WAYMARK_ACCESS_LOG": "all"]) { waymark in
      var admin: [String: String] = [:]
      for service in ["people", "projects", "measurement", "gateway"] {
        let isOpen = try await eventually { !waymark.lines(of: service, with: "admin port open").isEmpty }
        try #require(isOpen, "\(waymark.text)")
        let line = try #require(waymark.lines(of: service, with: "admin port open").first)
        let word = try #require(line.split(separator: " ").first { $0.hasPrefix("address=") }, "\(line)")
        admin[service] = String(word.dropFirst("address=".count))
        let ready = try await curl("http://\(admin[service] ?? "")/readyz")
        #expect(ready.status == 200, "\(ready)")
      }
      // A page, and a call in JSON; both of them ask other services.
      let (page, call) = ("4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c")
      let listed = try await curl("-H", "traceparent: 00-\(page)-00f067aa0ba902b7-01", "\(waymark.base)/")
      #expect(listed.status == 200)
      let named = try await curl(
        "-H", "traceparent: 00-\(call)-00f067aa0ba902b7-01", "-H", "content-type: application/json", "-d", "{}",
        "\(waymark.base)/waymark.people.v1.OrganisationService/ListOrganisations")
      #expect(named.status == 200, "\(named)")

      // An answer may be here before the line that tells of it, and before it is counted.
      for (service, method, trace) in [
        ("projects", "ListProjects", page), ("gateway", "ListOrganisations", call),
        ("people", "ListOrganisations", call),
      ] {
        let isLogged = try await eventually {
          !waymark.lines(of: service, with: method, "trace_id=\(trace)").isEmpty
        }
        #expect(isLogged, "\(service): \(waymark.text)")
      }

      let method = #"{grpc_method="waymark.people.v1.OrganisationService/ListOrganisations"#
      for (service, wanted) in [
        ("gateway", "grpc_server_call_started_total\(method)\"} 1"),
        ("gateway", "grpc_client_attempt_started_total\(method)\"} 1"),
        (
          "gateway",
          #"http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/"} 1"#
        ),
        ("people", "grpc_server_call_duration_seconds_count\(method)\",grpc_status=\"OK\"} 1"),
        ("people", "rpc_server_connections "),
      ] {
        var metrics = ""
        let isCounted = try await eventually {
          metrics = try await curl("http://\(admin[service] ?? "")/metrics").body
          return metrics.contains("\n\(wanted)")
        }
        #expect(isCounted, "\(service): \(wanted) is not in \(metrics)")
      }
      let channels = try await curl("http://\(admin["gateway"] ?? "")/channelz").json()["channels"] as? [[String: Any]]
      #expect(channels?.count == 3)
      #expect(channels?.contains { $0["state"] as? String == "READY" } == true)
    }
  }
}
