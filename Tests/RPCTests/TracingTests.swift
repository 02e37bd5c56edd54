// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import InMemoryTracing
import Logging
import RPC
import Synchronization
import Testing
import Tracing

/// Traces that span processes.
@Suite("A trace")
struct TracingTests {
  @Test(
    "goes from grpcio through a handler to the next service, and is named in reports",
    .enabled(if: ForeignTools.isAvailable, "WAYMARK_TEST_PYTHON is not set"))
  func endToEnd() async throws {
    let seen = TraceIDs()
    var serving = RPCServer.Configuration(eventLoops: 1)
    serving.interceptors = [ServerTracing(tracer: W3CTracer())]
    serving.reporters = [seen]
    try await withServer([WitnessService()], configuration: serving) { _, behind in
      var calling = RPCClient.Configuration()
      calling.interceptors = [ClientTracing(tracer: W3CTracer())]
      calling.reporters = [seen]
      let client = RPCClient(target: behind, configuration: calling)
      try await withServer([RelayService(next: client)], configuration: serving) { _, target in
        let script = ForeignTools.scripts.appending(path: "traces.py").path
        let output = try await ForeignTools.run(ForeignTools.python, [script, target])
        #expect(output.status == 0, "\(output.text)")
      }
      await client.close()
    }
    let known = "4bf92f3577b34da6a3ce929d0e0e4736"
    // Two servers and a client tell of each of the six calls, the client of its attempt as well.
    #expect(seen.all.count == 24)
    #expect(seen.all.count { $0 == known } == 12)
    #expect(Set(seen.all).count == 4)
    #expect(!seen.all.contains(nil))
  }

  @Test("begins anew where a caller names two")
  func ambiguous() async throws {
    var configuration = RPCServer.Configuration(eventLoops: 1)
    configuration.interceptors = [ServerTracing(tracer: W3CTracer())]
    try await withServer([WitnessService()], configuration: configuration) { _, target in
      let answer: Note = try await withClient(target) { client in
        var metadata = Metadata()
        for digit in ["1", "2"] {
          metadata.add("00-\(String(repeating: digit, count: 32))-00f067aa0ba902b7-01", for: "traceparent")
        }
        return try await client.unary(Note(), method: EchoService.echo, metadata: metadata)
      }
      let words = answer.message.split(separator: " ")
      #expect(words[0].contains("|"))
      let trace = try #require(TraceContext(traceparent: String(words[1])))
      #expect(!words[0].contains(trace.traceID))
      #expect(words[3] == trace.traceID)
    }
  }

  @Test("has a span for each side of a call, with the names and attributes of OpenTelemetry")
  func spans() async throws {
    let (serverTracer, clientTracer) = (InMemoryTracer(), InMemoryTracer())
    try await withTraced(serverTracer, clientTracer) { client, target in
      let _: Note = try await client.unary(Note(message: "hello"), method: EchoService.echo)
      let count: Int = try await client.serverStreaming(Note(code: 3, message: "s"), method: EchoService.split) {
        (responses: ResponseStream<Note>) in try await responses.reduce(into: 0) { count, _ in count += 1 }
      }
      #expect(count == 3)
      let (sent, served) = (clientTracer.finishedSpans, serverTracer.finishedSpans)
      #expect(sent.map(\.operationName) == ["\(EchoService.name)/Echo", "\(EchoService.name)/Split"])
      #expect(sent.map(\.kind) == [.client, .client])
      #expect(served.map(\.operationName) == sent.map(\.operationName))
      #expect(served.map(\.kind) == [.server, .server])
      for (sent, served) in zip(sent, served) {
        #expect(served.spanContext.traceID == sent.spanContext.traceID)
        #expect(served.spanContext.parentSpanID == sent.spanContext.spanID)
        for span in [sent, served] {
          #expect(span.attributes.get("rpc.system") == .string("grpc"))
          #expect(span.attributes.get("rpc.service") == .string(EchoService.name))
          #expect(span.attributes.get("rpc.grpc.status_code") == .int64(0))
          #expect(span.status == nil)
        }
        #expect(sent.attributes.get("server.address") == .string(target))
        #expect(served.attributes.get("client.address") != nil)
      }
      #expect(served.first?.attributes.get("rpc.method") == .string("Echo"))
    }
  }

  @Test(
    "marks a span as failed whose side has to answer for the status",
    arguments: [(RPCError.Code.notFound, false), (.cancelled, false), (.internalError, true), (.unavailable, true)])
  func failures(code: RPCError.Code, isFault: Bool) async throws {
    let (serverTracer, clientTracer) = (InMemoryTracer(), InMemoryTracer())
    try await withTraced(serverTracer, clientTracer) { client, _ in
      await #expect(throws: RPCError.self) {
        let _: Note = try await client.unary(
          Note(code: Int32(code.rawValue), message: "fail"), method: EchoService.echo)
      }
    }
    let sent = try #require(clientTracer.finishedSpans.first)
    let served = try #require(serverTracer.finishedSpans.first)
    #expect(sent.status?.code == .error)
    #expect(sent.attributes.get("rpc.grpc.status_code") == .int64(Int64(code.rawValue)))
    #expect(sent.errors.count == 1)
    #expect(served.attributes.get("rpc.grpc.status_code") == .int64(Int64(code.rawValue)))
    #expect(served.status?.code == (isFault ? .error : nil))
    #expect(served.errors.count == (isFault ? 1 : 0))
  }

  @Test(
    "hands a vendor's words on within the bounds of the specification",
    arguments: [
      ("a=1", "a=1"), (" a=1 , b=2 ,", "a=1,b=2"), ("", nil), (" , ,", nil), ("a=ö", nil), ("a=\n", nil),
      (
        Array(repeating: "a=1", count: 32).joined(separator: ","),
        Array(repeating: "a=1", count: 32).joined(separator: ",")
      ),
      (Array(repeating: "a=1", count: 33).joined(separator: ","), nil),
      ("long=" + String(repeating: "x", count: 200) + ",a=1", "long=" + String(repeating: "x", count: 200) + ",a=1"),
      ("long=" + String(repeating: "x", count: 600) + ",a=1", "a=1"),
      (String(repeating: "x", count: 100_000), nil),
    ] as [(String, String?)])
  func traceState(text: String, kept: String?) throws {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let context = try #require(TraceContext(traceparent: parent, traceState: text))
    #expect(context.traceState == kept)
    let child = context.child()
    #expect(child.traceID == context.traceID)
    #expect(child.parentID != context.parentID)
    #expect(child.flags == context.flags)
    #expect(child.traceState == kept)
  }

  @Test("that begins here is valid and like no other")
  func roots() {
    let roots = (0..<100).map { _ in TraceContext.root() }
    #expect(Set(roots.map(\.traceID)).count == 100)
    for root in roots {
      #expect(TraceContext(traceparent: root.traceparent) == root)
      #expect(!root.isSampled)
    }
  }

  @Test("is named in the access log")
  func accessLog() {
    let lines = Mutex<[String]>([])
    let log = AccessLog(
      .all, logger: Logger(label: "test") { _ in LineHandler { line in lines.withLock { $0.append(line) } } })
    for traceID in ["4bf92f3577b34da6a3ce929d0e0e4736", nil] {
      log.callEnded(
        CallReport(
          method: EchoService.echo, path: EchoService.echo.path, peer: "", status: nil, duration: .zero,
          traceID: traceID))
    }
    #expect(lines.withLock { $0 } == ["4bf92f3577b34da6a3ce929d0e0e4736", "-"])
  }

  private func withTraced(
    _ serverTracer: InMemoryTracer, _ clientTracer: InMemoryTracer,
    _ body: @Sendable (_ client: RPCClient, _ target: String) async throws -> Void
  ) async throws {
    var serving = RPCServer.Configuration(eventLoops: 1)
    serving.interceptors = [ServerTracing(tracer: serverTracer)]
    try await withServer(configuration: serving) { _, target in
      var calling = RPCClient.Configuration()
      calling.interceptors = [ClientTracing(tracer: clientTracer)]
      let client = RPCClient(target: target, configuration: calling)
      try await body(client, target)
      await client.close()
    }
  }
}

/// Answers with the trace context that it was sent, the one that its handler is under, and the vendor's words.
private struct WitnessService: RegistrableService {
  func registerMethods(with router: inout RPCRouter) {
    router.register(unary: EchoService.echo) { (_: Note, context: ServerContext) -> Note in
      let sent = context.metadata.all("traceparent").joined(separator: "|")
      let state = context.metadata.first("tracestate") ?? "-"
      let under = ServiceContext.current?.traceContext?.traceparent ?? "-"
      return Note(message: "\(sent) \(under) \(state) \(context.traceID ?? "-")")
    }
  }
}

/// Answers with the trace context that its handler is under, and what the next service says.
private struct RelayService: RegistrableService {
  let next: RPCClient

  func registerMethods(with router: inout RPCRouter) {
    router.register(unary: EchoService.echo) { (request: Note, context: ServerContext) -> Note in
      let under = ServiceContext.current?.traceContext?.traceparent ?? "-"
      // As a gateway does that passes its caller's metadata on.
      let answer: Note = try await next.unary(request, method: EchoService.echo, metadata: context.metadata.forwarded)
      return Note(message: "\(under) \(answer.message)")
    }
  }
}

extension Metadata {
  fileprivate var forwarded: Metadata {
    var kept = Metadata()
    for name in ["traceparent", "tracestate"] {
      for value in all(name) { kept.add(value, for: name) }
    }
    return kept
  }
}

/// Keeps the traces of reports.
private final class TraceIDs: CallReporter {
  private let ids = Mutex<[String?]>([])
  var all: [String?] { ids.withLock { $0 } }

  func callStarted(_ method: MethodDescriptor) {}
  func callEnded(_ report: CallReport) { ids.withLock { $0.append(report.traceID) } }
  func attemptEnded(_ report: CallReport) { ids.withLock { $0.append(report.traceID) } }
}

/// Passes on which trace a line names.
private struct LineHandler: LogHandler {
  let write: @Sendable (String) -> Void
  var logLevel: Logger.Level = .trace
  var metadata: Logger.Metadata = [:]

  init(write: @escaping @Sendable (String) -> Void) { self.write = write }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { write(event.metadata?["trace_id"].map { "\($0)" } ?? "-") }
}
