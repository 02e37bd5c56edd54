// SPDX-License-Identifier: Apache-2.0

public import Tracing

/// Carries W3C trace contexts from call to call and records nothing: whoever records traces, before us or behind us,
/// sees our calls in the right place, and log lines can name the trace.
///
/// A call without a valid `traceparent` begins a trace of its own. Whether a trace is recorded is for the caller to
/// say; traces that begin here are not.
///
/// ```swift
/// InstrumentationSystem.bootstrap(W3CTracer())
/// ```
public struct W3CTracer: Tracer {
  static let traceParent = "traceparent"
  static let traceState = "tracestate"

  public init() {}

  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> UnrecordedSpan {
    var context = context()
    context.traceContext = context.traceContext?.child() ?? .root()
    return UnrecordedSpan(context: context)
  }

  public func forceFlush() {}

  public func extract<Carrier, Extract>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  )
  where Extract: Extractor, Extract.Carrier == Carrier {
    guard let parent = extractor.extract(key: Self.traceParent, from: carrier) else { return }
    context.traceContext = TraceContext(
      traceparent: parent, traceState: extractor.extract(key: Self.traceState, from: carrier))
  }

  public func inject<Carrier, Inject>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
  where Inject: Injector, Inject.Carrier == Carrier {
    guard let trace = context.traceContext else { return }
    injector.inject(trace.traceparent, forKey: Self.traceParent, into: &carrier)
    if let state = trace.traceState { injector.inject(state, forKey: Self.traceState, into: &carrier) }
  }
}

/// A span of which only the place in its trace is known.
public struct UnrecordedSpan: Span {
  public let context: ServiceContext

  public var isRecording: Bool { false }
  public var operationName: String {
    get { "" }
    nonmutating set {}
  }
  public var attributes: SpanAttributes {
    get { [:] }
    nonmutating set {}
  }
  public func setStatus(_ status: SpanStatus) {}
  public func addEvent(_ event: SpanEvent) {}
  public func addLink(_ link: SpanLink) {}
  public func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {}
  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {}
}
