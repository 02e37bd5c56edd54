// SPDX-License-Identifier: Apache-2.0

public import CoreMetrics
public import Logging
public import RPC
public import Storage
import Synchronization

/// What a service is given to build itself from.
public struct ServiceEnvironment: Sendable {
  /// Name of the service.
  public let name: String
  /// Its settings.
  public let settings: Settings
  /// Its log.
  public let logger: Logger
  /// The address to listen on.
  public let host: String
  /// The port to listen on; 0 for any.
  public let port: Int
  /// TLS on that port, and for calls of other services.
  public let tls: ServiceTLS
  /// How its port treats connections.
  public let connections: ConnectionSettings
  /// The time before its stop.
  public let draining: Draining
  /// Which calls to log.
  public let accessLog: AccessLog.Selection
  /// Where calls stand in traces; `nil` when they are not followed.
  let tracer: W3CTracer?
  /// What is counted for the admin port; `nil` without one.
  let metrics: MetricsRegistry?
  /// What the admin port tells of; servers and clients that the service makes by itself are to be added.
  public let introspection = Introspection()
  /// The stores that were opened.
  let stores = OpenStores()

  /// What a server of this service tells of its calls: metrics, if there is an admin port to read them at, and the
  /// access log.
  ///
  /// - Parameter methods: those that get metrics of their own; `nil` for all that exist.
  public func reporters(methods: [MethodDescriptor]? = nil) -> [any CallReporter] {
    var reporters: [any CallReporter] = []
    if let metrics { reporters.append(CallMetrics(.server, methods: methods, factory: metrics)) }
    if accessLog != .off { reporters.append(AccessLog(accessLog, logger: logger)) }
    return reporters
  }

  /// What stands around the handlers of this service: tracing, if calls are traced, and the store's errors, once it is
  /// open.
  public var interceptors: [any ServerInterceptor] {
    (tracer.map { [ServerTracing(tracer: $0)] } ?? []) + (stores.all.isEmpty ? [] : [StoreErrors(logger: logger)])
  }

  /// Where counts go that are not of calls; `nil` without an admin port to read them at.
  public var metricsFactory: (any MetricsFactory)? { metrics }

  /// Whether requests that are no calls are to be traced too.
  public var isTracing: Bool { tracer != nil }

  /// How this service calls others.
  public var clientConfiguration: RPCClient.Configuration {
    var configuration = tls.clientConfiguration
    configuration.logger = logger
    if let tracer { configuration.interceptors = [ClientTracing(tracer: tracer)] }
    if let metrics { configuration.reporters = [CallMetrics(.client, factory: metrics)] }
    return configuration
  }

  /// Opens the service's store: `<data-dir>/<service>.sqlite`, unless the setting `store` says otherwise.
  ///
  /// It is closed when the service has stopped.
  ///
  /// - Throws: ``StorageError``.
  public func database(_ options: StoreOptions, migrations: [Migration]) throws -> Database {
    let location = try settings.storeLocation(options)
    let database = try Database.open(location, migrations: migrations, service: name)
    stores.add(database)
    logger.info("store open", metadata: ["path": "\(location)", "store": "\(database.id)"])
    return database
  }

  /// A client of another service.
  ///
  /// It connects when it is first used.
  ///
  /// - Throws: ``SettingsError`` when its address is none.
  public func client(of peer: String, address flag: String?) throws -> RPCClient {
    let client = RPCClient(
      target: try settings.address(of: peer, flag: flag), configuration: clientConfiguration)
    introspection.add(client)
    return client
  }
}

/// The stores of a service, to be closed after its last call: then each is one file, with nothing left in its log.
final class OpenStores: Sendable {
  private let databases = Mutex<[Database]>([])

  /// Those that are open.
  var all: [Database] { databases.withLock { $0 } }

  func add(_ database: Database) { databases.withLock { $0.append(database) } }

  func close(logger: Logger) {
    for database in all {
      do {
        try database.close()
      } catch {
        logger.warning("the store could not be closed; nothing is lost", error: error)
      }
    }
  }
}
