// SPDX-License-Identifier: Apache-2.0

public import Tracing

extension ServiceContext {
  private enum TraceContextKey: ServiceContextKey {
    typealias Value = TraceContext
    static var nameOverride: String? { "w3c-trace-context" }
  }

  /// The span that work under this context is part of, where a ``W3CTracer`` follows it.
  public var traceContext: TraceContext? {
    get { self[TraceContextKey.self] }
    set { self[TraceContextKey.self] = newValue }
  }
}
