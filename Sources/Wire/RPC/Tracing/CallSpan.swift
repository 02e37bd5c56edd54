// SPDX-License-Identifier: Apache-2.0

import Tracing

/// What spans of calls are called and say, in the terms of OpenTelemetry's conventions for RPC.
enum CallSpan {
  /// Without the leading slash: `waymark.projects.v1.ProjectService/GetProject`.
  static func name(_ method: MethodDescriptor) -> String { String(method.path.dropFirst()) }

  static func begin(_ span: some Span, _ method: MethodDescriptor, _ address: (key: String, value: String)) {
    guard span.isRecording else { return }
    span.updateAttributes { attributes in
      attributes["rpc.system"] = "grpc"
      attributes["rpc.service"] = method.service
      attributes["rpc.method"] = method.method
      attributes[address.key] = address.value
    }
  }

  /// - Parameter isFault: whether a status is for the span's side to answer for.
  static func end(_ span: some Span, _ error: (any Error)?, isFault: (RPCError.Code) -> Bool) {
    if span.isRecording {
      let code = error.map { status(of: $0) }
      span.attributes["rpc.grpc.status_code"] = code?.rawValue ?? 0
      if let error, let code, isFault(code) {
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error, message: (error as? RPCError)?.message))
      }
    }
    span.end()
  }

  private static func status(of error: any Error) -> RPCError.Code {
    switch error {
    case let error as RPCError: error.code
    case is CancellationError: .cancelled
    default: .unknown
    }
  }

  /// The trace that a span is part of, whoever's tracer made it; `nil` for none that W3C's header could name.
  static func traceID(_ context: ServiceContext, _ tracer: some Tracer) -> String? {
    if let trace = context.traceContext { return trace.traceID }
    var injected = Metadata()
    tracer.inject(context, into: &injected, using: MetadataInjector())
    return traceID(injected)
  }

  /// The trace that metadata tell of.
  static func traceID(_ metadata: Metadata) -> String? {
    metadata.first(W3CTracer.traceParent).flatMap { TraceContext(traceparent: $0) }?.traceID
  }
}
