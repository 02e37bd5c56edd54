// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime
import Synchronization

/// Follows whether the services behind the gateway can be reached and take calls, and says so of the gateway's own
/// services and of the gateway as a whole.
///
/// Each backend is asked to tell of its health as it changes (`grpc.health.v1.Health/Watch`), on the connection that calls
/// use: so a connection that is lost shows at once, and a backend that is about to stop says so before.
struct BackendReadiness: Sendable {
  /// What is known of a backend.
  enum Status: Sendable, Hashable {
    case serving
    /// It answers, and says that it takes no calls.
    case notServing
    case unreachable

    func problem(of name: String) -> String? {
      switch self {
      case .serving: nil
      case .notServing: "\(name) takes no calls"
      case .unreachable: "\(name) cannot be reached"
      }
    }
  }

  let backends: Backends
  let health: HealthService
  /// Full names of the gRPC services that the gateway serves.
  let services: [String]
  private let statuses = Statuses()

  private final class Statuses: Sendable {
    let all = Mutex<[String: Status]>([:])
  }

  init(backends: Backends, health: HealthService, services: [String]) {
    self.backends = backends
    self.health = health
    self.services = services
    // Nothing is known yet, and nothing is promised.
    tell([:])
  }

  /// Follows the backends until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      for backend in backends.all { group.addTask { await follow(backend) } }
    }
  }

  private func follow(_ backend: Backend) async {
    let client = GrpcHealthV1.HealthClient(backend.client)
    while !Task.isCancelled {
      do {
        // Waits for a connection as long as it takes: the client tries again and again by itself.
        try await client.watch(.init(), options: CallOptions(waitForReady: true)) { responses in
          for try await response in responses {
            note(response.status == .serving ? .serving : .notServing, of: backend)
          }
        }
        note(.unreachable, of: backend)
      } catch let error as RPCError where error.code == .unimplemented {
        // It answers, and has no health to tell of.
        note(.serving, of: backend)
        try? await Task.sleep(for: Self.pause * 10)
        continue
      } catch {
        guard !Task.isCancelled else { return }
        note(.unreachable, of: backend)
      }
      // For a server that ends every such call at once.
      try? await Task.sleep(for: Self.pause)
    }
  }

  private static let pause = Duration.milliseconds(100)

  private func note(_ status: Status, of backend: Backend) {
    let all = statuses.all.withLock { all in
      all[backend.name] = status
      return all
    }
    tell(all)
  }

  private func tell(_ statuses: [String: Status]) {
    let all = backends.all.map { ($0.name, statuses[$0.name] ?? .unreachable) }
    let problems = all.compactMap { $1.problem(of: $0) }
    var serving = ["": problems.isEmpty]
    for service in services {
      // What is put together from several services needs all of them.
      serving[service] = backends.owner(of: service).map { statuses[$0.name] == .serving } ?? problems.isEmpty
    }
    health.set(serving, problem: problems.isEmpty ? nil : problems.joined(separator: "; "))
  }
}
