// SPDX-License-Identifier: Apache-2.0

import Contracts
public import ServiceLifecycle
public import ServiceRuntime

/// The gateway as a part of a process.
public struct GatewayService: Service {
  public static let name = "gateway"

  private let server: GatewayServer
  private let environment: ServiceEnvironment

  /// - Parameters:
  ///   - backends: Where the services behind the gateway are.
  ///   - environment: The address to listen on, and the log.
  public init(backends: Backends, settings: GatewaySettings, environment: ServiceEnvironment) throws {
    // The gateway serves any path and passes it on: only what there is gets metrics of its own.
    let methods = ContractRegistry.methods.values.map(\.descriptor)
    var settings = settings
    settings.connections = environment.connections
    self.server = try GatewayServer(
      backends: backends, settings: settings, logger: environment.logger,
      observers: GatewayObservers(environment, methods: methods), draining: environment.draining)
    self.environment = environment
  }

  /// Listens, announces it, and serves until the process is asked to stop.
  public func run() async throws {
    try await server.run(host: environment.host, port: environment.port) { host, port in
      ServiceMain.announce(Self.name, address: host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
    }
  }
}
