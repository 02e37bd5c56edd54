// SPDX-License-Identifier: Apache-2.0

public import Tracing

/// Has each call that is served be a span: a child of the one that its caller's `traceparent` names, or the first of a
/// trace.
///
/// The handler runs under the span's context, so that the calls it makes through a client with ``ClientTracing`` and
/// the lines it logs belong to the same trace. Of the statuses only those are errors of the span that are the server's
/// doing: `UNKNOWN`, `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS`.
///
/// ```swift
/// configuration.interceptors = [ServerTracing()]
/// ```
/// - SeeAlso: <https://opentelemetry.io/docs/specs/semconv/rpc/grpc/>
public struct ServerTracing: ServerInterceptor {
  private let tracer: any Tracer

  /// - Parameter tracer: makes the spans; by default the one that the process was given.
  public init(tracer: any Tracer = InstrumentationSystem.tracer) { self.tracer = tracer }

  public func intercept(_ context: ServerContext, next: @Sendable @concurrent () async throws -> Void) async throws {
    try await trace(with: tracer, context, next)
  }

  private func trace(
    with tracer: some Tracer, _ context: ServerContext, _ next: @Sendable @concurrent () async throws -> Void
  ) async throws {
    var parent = ServiceContext.topLevel
    tracer.extract(context.metadata, into: &parent, using: MetadataExtractor())
    let span = tracer.startSpan(CallSpan.name(context.method), context: parent, ofKind: .server)
    CallSpan.begin(span, context.method, ("client.address", context.peer))
    context.traceID = CallSpan.traceID(span.context, tracer)
    do {
      try await ServiceContext.$current.withValue(span.context) { try await next() }
      CallSpan.end(span, nil, isFault: Self.isFault)
    } catch {
      CallSpan.end(span, error, isFault: Self.isFault)
      throw error
    }
  }

  private static func isFault(_ code: RPCError.Code) -> Bool {
    switch code {
    case .unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable, .dataLoss: true
    default: false
    }
  }
}
