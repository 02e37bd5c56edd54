// SPDX-License-Identifier: Apache-2.0

import Foundation
import RPC
import ServiceRuntime
import Testing

/// Other people's clients and our server.
///
/// `WAYMARK_TEST_PYTHON` names a Python with grpcio; `make test` sets it.
@Suite("A foreign client", .enabled(if: ForeignTools.isAvailable, "WAYMARK_TEST_PYTHON is not set"))
struct ForeignClientTests {
  @Test(
    "of grpcio finds our server as gRPC says it must be",
    arguments: [
      "unary", "errors", "details", "rich_details", "unexpected", "metadata", "deadline", "cancel", "large",
      "concurrent",
      "unimplemented", "cardinality", "compressed", "streams", "slow_reader", "health", "reflection",
    ])
  func grpcio(_ scenario: String) async throws {
    try await withStandardServer { target in
      let script = ForeignTools.scripts.appending(path: "client.py").path
      let output = try await ForeignTools.run(ForeignTools.python, [script, target, scenario])
      #expect(output.status == 0, "\(output.text)")
    }
  }

  @Test("buf curl calls a unary method that it knows by reflection only")
  func bufCurl() async throws {
    try await withStandardServer { target in
      let url = "http://\(target)/grpc.health.v1.Health/Check"
      let output = try await ForeignTools.run(
        ForeignTools.buf,
        ["curl", "--http2-prior-knowledge", "--protocol", "grpc", "-d", #"{"service":"grpc.health.v1.Health"}"#, url])
      #expect(output.status == 0, "\(output.text)")
      #expect(output.text.contains("SERVING"), "\(output.text)")
    }
  }

  @Test("buf curl is told the status of a call that fails")
  func bufCurlFailure() async throws {
    try await withStandardServer { target in
      let url = "http://\(target)/grpc.health.v1.Health/Check"
      let output = try await ForeignTools.run(
        ForeignTools.buf,
        ["curl", "--http2-prior-knowledge", "--protocol", "grpc", "-d", #"{"service":"nobody"}"#, url])
      #expect(output.status != 0)
      #expect(output.text.contains("not_found"), "\(output.text)")
    }
  }

  /// A server with the echo service, health and reflection, as every service of the house has them.
  private func withStandardServer(_ body: (_ target: String) async throws -> Void) async throws {
    let services = [EchoService.name, "grpc.health.v1.Health"]
    try await withServer([EchoService(), HealthService(services: services), ReflectionService(services: services)]) {
      _, target in try await body(target)
    }
  }
}
