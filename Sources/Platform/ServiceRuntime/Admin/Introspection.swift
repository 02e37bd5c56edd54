// SPDX-License-Identifier: Apache-2.0

public import RPC
import Synchronization

/// The parts of a service that its admin port tells of.
///
/// Each part is added when it is made. Without an admin port nobody looks.
public final class Introspection: Sendable {
  private struct State {
    var servers: [RPCServer] = []
    var clients: [RPCClient] = []
    var healths: [HealthService] = []
  }

  private let state = Mutex(State())

  init() {}

  public func add(_ server: RPCServer) { state.withLock { $0.servers.append(server) } }

  public func add(_ client: RPCClient) { state.withLock { $0.clients.append(client) } }

  /// Adds what says whether calls can be taken.
  public func add(_ health: HealthService) { state.withLock { $0.healths.append(health) } }

  /// Whether calls can be taken: once there is something that says so, and all of it does.
  var isReady: Bool {
    let healths = state.withLock { $0.healths }
    return !healths.isEmpty && healths.allSatisfy(\.isServing)
  }

  /// Why calls cannot be taken, if somebody has said.
  var problem: String? { state.withLock { $0.healths }.lazy.compactMap(\.problem).first }

  func servers() async -> [ServerStatistics] {
    var statistics: [ServerStatistics] = []
    for server in state.withLock({ $0.servers }) { statistics.append(await server.statistics()) }
    return statistics
  }

  func clients() async -> [ClientStatistics] {
    var statistics: [ClientStatistics] = []
    for client in state.withLock({ $0.clients }) { statistics.append(await client.statistics()) }
    return statistics
  }
}
