// SPDX-License-Identifier: Apache-2.0

import Contracts
import Logging
import RPC

/// Asks a server for its health, by `grpc.health.v1`.
struct HealthProbe: Sendable {
  /// A server that answers, but does not serve.
  struct NotServing: Error, CustomStringConvertible {
    let target: String
    let service: String
    let status: GrpcHealthV1.HealthCheckResponse.ServingStatus

    var description: String {
      "\(service.isEmpty ? "the server" : service) at \(target) does not serve: its state is \(status)"
    }
  }

  /// `host:port`, `[v6 address]:port` or `unix:/path`.
  var target: String
  /// Full name of a gRPC service; empty for the server as a whole.
  var service = ""
  /// TLS to the server; nil for plaintext.
  var tls: ClientTLS?

  /// Asks once.
  /// - Throws: ``NotServing``, or the `RPCError` of the call.
  func check(timeout: Duration) async throws {
    // What a lost connection is worth is for the caller to say; a probe does not log.
    let quiet = Logger(label: "health", factory: { _ in SwiftLogNoOpLogHandler() })
    var configuration = RPCClient.Configuration(connectTimeout: timeout, logger: quiet)
    configuration.tls = tls
    let client = RPCClient(target: target, configuration: configuration)
    let answer: Result<GrpcHealthV1.HealthCheckResponse, any Error>
    do {
      let health = GrpcHealthV1.HealthClient(client)
      answer = .success(try await health.check(.init(service: service), options: CallOptions(timeout: timeout)))
    } catch {
      answer = .failure(error)
    }
    await client.close()
    let status = try answer.get().status
    guard status == .serving else { throw NotServing(target: target, service: service, status: status) }
  }

  /// Asks until the answer is that it serves.
  /// - Throws: the last failure, when that takes longer than `limit`.
  func untilServing(within limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      do {
        return try await check(timeout: .seconds(2))
      } catch {
        guard ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}
