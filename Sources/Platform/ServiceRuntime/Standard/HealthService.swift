// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC
import Synchronization

/// `grpc.health.v1.Health`: whether this server, and each of its services, can take calls.
///
/// The server as a whole has the empty name. Everything serves from the start until ``setServing(_:)`` says otherwise.
public final class HealthService: GrpcHealthV1.HealthProtocol {
  private struct State {
    var statuses: [String: GrpcHealthV1.HealthCheckResponse.ServingStatus]
    var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextWatcher = 0
    var isDown = false
    /// Why the server as a whole does not serve, for people.
    var problem: String?
    /// Whether the server is about to stop: then nothing is served, whatever else is said.
    var isDraining = false
  }

  private let state: Mutex<State>

  /// - Parameter services: full names of the services that the server knows.
  public init(services: [String]) {
    var statuses: [String: GrpcHealthV1.HealthCheckResponse.ServingStatus] = ["": .serving]
    for service in services { statuses[service] = .serving }
    state = Mutex(State(statuses: statuses))
  }

  /// Says of the server and all of its services whether they can take calls.
  public func setServing(_ isServing: Bool) {
    change { statuses in
      for name in statuses.keys { statuses[name] = isServing ? .serving : .notServing }
    }
  }

  /// Says of one service whether it can take calls; the empty name means the server as a whole.
  public func setServing(_ isServing: Bool, service: String) {
    change { $0[service] = isServing ? .serving : .notServing }
  }

  /// Says of each of these services whether it can take calls, all at once; others stay as they are.
  ///
  /// - Parameter problem: why the server as a whole does not serve; nil when it does.
  public func set(_ isServing: [String: Bool], problem: String?) {
    state.withLock { $0.problem = problem }
    change { statuses in
      for (name, isServing) in isServing where statuses[name] != nil {
        statuses[name] = isServing ? .serving : .notServing
      }
    }
  }

  /// Whether the server as a whole can take calls.
  public var isServing: Bool { status(of: "") == .serving }

  /// Why the server as a whole does not serve; nil when it does, or nobody has said.
  public var problem: String? {
    state.withLock { state in state.isDraining ? "it is about to stop" : state.problem }
  }

  /// Says of everything, from now on, that it does not take calls; watchers are told, and go on.
  public func beginDraining() {
    state.withLock { $0.isDraining = true }
    change { _ in }
  }

  /// Says that nothing is served any more, tells the watchers, and ends their calls, so that a graceful stop does not
  /// wait for them.
  public func shutDown() {
    beginDraining()
    let watchers = state.withLock { state in
      let watchers = Array(state.watchers.values)
      state.watchers = [:]
      state.isDown = true
      return watchers
    }
    for watcher in watchers { watcher.finish() }
  }

  public func check(
    _ request: GrpcHealthV1.HealthCheckRequest, context: ServerContext
  ) async throws -> GrpcHealthV1.HealthCheckResponse {
    guard let status = status(of: request.service) else {
      throw RPCError(code: .notFound, message: "This server has no service \"\(request.service.shortened)\".")
    }
    return GrpcHealthV1.HealthCheckResponse(status: status)
  }

  public func watch(
    _ request: GrpcHealthV1.HealthCheckRequest, responses: ResponseWriter<GrpcHealthV1.HealthCheckResponse>,
    context: ServerContext
  ) async throws {
    var last: GrpcHealthV1.HealthCheckResponse.ServingStatus?
    for await _ in changes() {
      let status = status(of: request.service) ?? .serviceUnknown
      if status != last {
        last = status
        try await responses.write(GrpcHealthV1.HealthCheckResponse(status: status))
      }
    }
  }

  private func status(of service: String) -> GrpcHealthV1.HealthCheckResponse.ServingStatus? {
    state.withLock { state in
      guard let status = state.statuses[service] else { return nil }
      return state.isDraining ? .notServing : status
    }
  }

  private func change(
    _ body: (inout [String: GrpcHealthV1.HealthCheckResponse.ServingStatus]) -> Void
  ) {
    let watchers = state.withLock { state in
      body(&state.statuses)
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.yield() }
  }

  /// One element now, and one after each change; several changes between two looks are one.
  ///
  /// Ends with the task.
  private func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      guard !state.isDown else { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = continuation
      return state.nextWatcher
    }
    continuation.yield()
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in _ = self?.state.withLock { $0.watchers.removeValue(forKey: number) }
    }
    return stream
  }
}
