// SPDX-License-Identifier: Apache-2.0

public import Tracing

/// Has each call that is made be a span, a child of the one at hand, and tells the server of it with `traceparent` and
/// `tracestate`.
///
/// A call's attempts share its span; for a streaming call it lasts until the caller's closure has returned. Every status
/// but OK is an error of the span. A `traceparent` that the call's metadata had is replaced.
///
/// ```swift
/// configuration.interceptors = [ClientTracing()]
/// ```
public struct ClientTracing: ClientInterceptor {
  private let tracer: any Tracer

  /// - Parameter tracer: makes the spans; by default the one that the process was given.
  public init(tracer: any Tracer = InstrumentationSystem.tracer) { self.tracer = tracer }

  public func intercept<Result: Sendable>(
    _ context: ClientContext, next: @Sendable @concurrent (ClientContext) async throws -> Result
  ) async throws -> Result {
    try await trace(with: tracer, context, next)
  }

  private func trace<Result: Sendable>(
    with tracer: some Tracer, _ context: ClientContext,
    _ next: @Sendable @concurrent (ClientContext) async throws -> Result
  ) async throws -> Result {
    let span = tracer.startSpan(CallSpan.name(context.method), ofKind: .client)
    CallSpan.begin(span, context.method, ("server.address", context.target))
    var traced = context
    var injected = Metadata()
    tracer.inject(span.context, into: &injected, using: MetadataInjector())
    if !injected.isEmpty {
      // The words of vendors belong to the trace that they came with, which may be another.
      for name in [W3CTracer.traceParent, W3CTracer.traceState] { traced.metadata.removeAll(name) }
      for entry in injected.entries { traced.metadata.removeAll(entry.name) }
      traced.metadata.add(contentsOf: injected)
    }
    traced.traceID = CallSpan.traceID(injected)
    do {
      let result = try await ServiceContext.$current.withValue(span.context) { [traced] in try await next(traced) }
      CallSpan.end(span, nil) { _ in true }
      return result
    } catch {
      CallSpan.end(span, error) { _ in true }
      throw error
    }
  }
}
