// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Logging
public import RPC
public import ServiceLifecycle
import Storage
import Tables
import Tracing
import UnixSignals

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The main program of a service: settings, log, start, and a graceful stop at TERM or INT.
public enum ServiceMain {
  /// Runs a service that is a set of RPC services over a store.
  ///
  /// Prints `NAME ready: HOST:PORT` on standard output once calls are answered: programs that start the service wait for
  /// this line. Logs go to standard error. Does not return before the service has stopped; a service that cannot start
  /// says why in one sentence on standard error and ends the process with status 1.
  public static func run(
    _ name: String, options: ServiceOptions, defaultPort: Int,
    services: @escaping @Sendable (ServiceEnvironment) async throws -> [any RegistrableService]
  ) async {
    await run(name, options: options, defaultPort: defaultPort) { environment -> any Service in
      try await RPCService(environment: environment, services: try await services(environment))
    }
  }

  /// Runs a service of another kind.
  ///
  /// It prints its ready line itself, with ``announce(_:address:)``.
  public static func run(
    _ name: String, options: ServiceOptions, defaultPort: Int,
    service build: @escaping @Sendable (ServiceEnvironment) async throws -> any Service
  ) async {
    do {
      let environment = try await environment(name, options: options, defaultPort: defaultPort)
      // Those further back stop first: whoever looks after the service sees it come to its end.
      var services: [any Service] = []
      if let admin = try await adminServer(environment, options: options) { services.append(admin) }
      // Before the ready line, so that whoever has read it may stop the service at once.
      let signals = await StopSignals(draining: environment.draining, logger: environment.logger)
      services.append(try await build(environment))
      if options.exitWithParent { services.append(ParentWatch(logger: environment.logger)) }
      services.append(signals)
      let group = ServiceGroup(
        configuration: .init(
          services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
          logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() }))
      try await group.run()
      environment.stores.close(logger: environment.logger)
      environment.logger.info("stopped")
    } catch {
      fail(name, error)
    }
  }

  /// Prints the ready line.
  public static func announce(_ name: String, address: String) {
    print("\(name) ready: \(address)")
    fflush(nil)
  }

  /// The admin port, if one was asked for.
  private static func adminServer(_ environment: ServiceEnvironment, options: ServiceOptions) async throws
    -> AdminServer?
  {
    guard let metrics = environment.metrics else { return nil }
    let settings = environment.settings
    let pages = AdminPages(
      service: environment.name, introspection: environment.introspection, metrics: metrics,
      process: ProcessMetrics())
    let server = try await AdminServer(
      pages: pages, host: settings.text("adminHost", flag: options.adminHost) ?? "127.0.0.1",
      port: try settings.integer("adminPort", flag: options.adminPort, range: 0...65535, default: 0),
      logger: environment.logger)
    environment.logger.info("admin port open", metadata: ["address": "\(server.address.listed)"])
    return server
  }

  private static func environment(
    _ name: String, options: ServiceOptions, defaultPort: Int
  ) async throws -> ServiceEnvironment {
    let settings = try await Settings(service: name, file: options.config)
    let level = try settings.logLevel(flag: options.logLevel)
    let format = try settings.logFormat(flag: options.logFormat)
    let tracer = try settings.yesOrNo("tracing", flag: options.tracing) != .no ? W3CTracer() : nil
    if let tracer { InstrumentationSystem.bootstrap(tracer) }
    let logger = Logger(label: name) {
      var handler = ServiceLogHandler(service: $0, format: format, level: level)
      if tracer != nil { handler.metadataProvider = .trace }
      return handler
    }
    let metrics = settings.text("adminPort", flag: options.adminPort).map { _ in MetricsRegistry() }
    if let metrics { MetricsSystem.bootstrap(metrics) }
    let connections = try ConnectionSettings(settings, options: options.connections)
    return ServiceEnvironment(
      name: name, settings: settings, logger: logger, host: settings.text("host", flag: options.host) ?? "127.0.0.1",
      port: try settings.integer("port", flag: options.port, range: 0...65535, default: defaultPort),
      tls: try ServiceTLS(settings, options: options), connections: connections,
      draining: Draining(time: connections.drainTime),
      accessLog: try settings.accessLog(flag: options.accessLog), tracer: tracer, metrics: metrics)
  }

  private static func fail(_ name: String, _ error: any Error) -> Never {
    ServiceLogHandler.writeToStandardError(VisibleText.lines("\(name): \(error)\n"))
    exit(1)
  }
}
