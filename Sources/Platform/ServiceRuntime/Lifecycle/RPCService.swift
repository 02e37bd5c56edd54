// SPDX-License-Identifier: Apache-2.0

import Contracts
import Logging
import RPC
import ServiceLifecycle
import Storage

/// An RPC server as a part of a process: it listens when made, serves while it runs, and finishes the calls in flight
/// when the process is asked to stop.
struct RPCService: Service {
  private let server: RPCServer
  private let health: HealthService
  private let events: EventHandler?
  private let stores: OpenStores
  private let logger: Logger

  /// Listens on the environment's address with `services`, the events of its store, health and reflection, and announces
  /// it.
  init(environment: ServiceEnvironment, services: [any RegistrableService]) async throws {
    var router = RPCRouter()
    for service in services { service.registerMethods(with: &router) }
    events = environment.stores.all.first.map {
      EventHandler(
        database: $0, service: environment.name, silence: environment.connections.watchInterval)
    }
    events?.registerMethods(with: &router)
    let health = HealthService(services: router.services)
    health.registerMethods(with: &router)
    if environment.stores.all.contains(where: { $0.health.problem != nil }) { health.setServing(false) }
    ReflectionService(services: router.services).registerMethods(with: &router)
    self.health = health
    var configuration = RPCServer.Configuration(logger: environment.logger)
    environment.connections.apply(to: &configuration)
    configuration.tls = environment.tls.server
    configuration.reporters = environment.reporters()
    configuration.interceptors = environment.interceptors
    server = RPCServer(router: router, configuration: configuration)
    environment.introspection.add(server)
    environment.introspection.add(health)
    environment.draining.onBegin { health.beginDraining() }
    stores = environment.stores
    logger = environment.logger
    let address = try await server.bind(host: environment.host, port: environment.port)
    logger.info("listening", metadata: ["address": "\(address.listed)"])
    ServiceMain.announce(environment.name, address: address.listed)
  }

  func run() async throws {
    var followers = stores.all.map { store in Task { await follow(store) } }
    if let events { followers.append(Task { await events.keepWatchesAlive() }) }
    defer { for follower in followers { follower.cancel() } }
    try await withGracefulShutdownHandler {
      try await server.run()
    } onGracefulShutdown: { [followers] in
      for follower in followers { follower.cancel() }
      Task {
        logger.info("stopping")
        health.shutDown()
        events?.shutDown()
        await server.shutdownGracefully()
      }
    }
  }

  /// Takes calls exactly while the store can be used, and says when that changes.
  private func follow(_ store: Database) async {
    var problem: StorageError?
    for await _ in store.health.changes() where !Task.isCancelled {
      let now = store.health.problem
      if let now, problem == nil {
        logger.error("the store cannot be used", error: now)
        health.setServing(false)
      } else if now == nil, problem != nil {
        logger.notice("the store can be used again")
        health.setServing(true)
      }
      problem = now
    }
  }
}
