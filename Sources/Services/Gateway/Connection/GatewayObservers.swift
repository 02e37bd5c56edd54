// SPDX-License-Identifier: Apache-2.0

public import Metrics
public import RPC
public import ServiceRuntime

/// Who is told of what the gateway serves; by default nobody.
public struct GatewayObservers: Sendable {
  /// Are told of each call, whether it came as gRPC or as JSON.
  public var reporters: [any CallReporter] = []
  /// Stand around each gRPC call.
  public var interceptors: [any ServerInterceptor] = []
  /// Whether pages and JSON calls are followed by the tracer of the process.
  public var isTracing = false
  /// Where the durations of pages go; `nil` for nowhere.
  public var metrics: (any MetricsFactory)?
  /// Is shown the gRPC server, its health, and the clients of the services behind it.
  public var introspection: Introspection?

  public init() {}

  /// As the process is set up.
  /// - Parameter methods: those that get metrics of their own.
  init(_ environment: ServiceEnvironment, methods: [MethodDescriptor]) {
    reporters = environment.reporters(methods: methods)
    interceptors = environment.interceptors
    isTracing = environment.isTracing
    metrics = environment.metricsFactory
    introspection = environment.introspection
  }
}
