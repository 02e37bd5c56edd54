// SPDX-License-Identifier: Apache-2.0

import Logging
import Metrics
import RPC
import Synchronization
import Testing

@Suite("Observability")
struct ObservabilityTests {
  @Test(
    "a valid traceparent is read and written back",
    arguments: [
      (
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      ),
      (
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
      ),
      (
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      ),
      (
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      ),
      (
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      ),
    ])
  func validTraceParent(text: String, sent: String) {
    #expect(TraceContext(traceparent: text)?.traceparent == sent)
  }

  @Test(
    "an invalid traceparent is ignored",
    arguments: [
      "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
      "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
      " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-é",
    ])
  func invalidTraceParent(text: String) {
    #expect(TraceContext(traceparent: text) == nil)
  }

  @Test("calls are counted by method and status, those of unknown methods together")
  func metrics() {
    let factory = Ledger()
    let metrics = CallMetrics(.server, factory: factory)
    metrics.callStarted(method)
    metrics.callStarted(method)
    metrics.callEnded(report(nil))
    metrics.callEnded(report(RPCError(code: .notFound, message: "")))
    for path in ["/made/up", "/of/thin-air"] {
      metrics.callEnded(
        CallReport(
          method: nil, path: path, peer: "", status: RPCError(code: .unimplemented, message: ""), duration: .zero))
    }
    #expect(
      factory.lines.sorted() == [
        "grpc.server.call.duration grpc.method=a.B/C grpc.status=NOT_FOUND 0.0015",
        "grpc.server.call.duration grpc.method=a.B/C grpc.status=OK 0.0015",
        "grpc.server.call.duration grpc.method=other grpc.status=UNIMPLEMENTED 0.0",
        "grpc.server.call.duration grpc.method=other grpc.status=UNIMPLEMENTED 0.0",
        "grpc.server.call.rcvd_total_compressed_message_size grpc.method=a.B/C grpc.status=NOT_FOUND 3.0",
        "grpc.server.call.rcvd_total_compressed_message_size grpc.method=a.B/C grpc.status=OK 3.0",
        "grpc.server.call.rcvd_total_compressed_message_size grpc.method=other grpc.status=UNIMPLEMENTED 0.0",
        "grpc.server.call.rcvd_total_compressed_message_size grpc.method=other grpc.status=UNIMPLEMENTED 0.0",
        "grpc.server.call.sent_total_compressed_message_size grpc.method=a.B/C grpc.status=NOT_FOUND 4.0",
        "grpc.server.call.sent_total_compressed_message_size grpc.method=a.B/C grpc.status=OK 4.0",
        "grpc.server.call.sent_total_compressed_message_size grpc.method=other grpc.status=UNIMPLEMENTED 0.0",
        "grpc.server.call.sent_total_compressed_message_size grpc.method=other grpc.status=UNIMPLEMENTED 0.0",
        "grpc.server.call.started grpc.method=a.B/C 1", "grpc.server.call.started grpc.method=a.B/C 1",
      ])
  }

  @Test("a client's attempts and calls have metrics of their own")
  func clientMetrics() {
    let factory = Ledger()
    let metrics = CallMetrics(.client, factory: factory)
    metrics.callStarted(method)
    for status in [RPCError(code: .unavailable, message: ""), nil] {
      metrics.attemptStarted(method)
      metrics.attemptEnded(report(status))
    }
    metrics.callEnded(report(nil))
    #expect(
      factory.lines.sorted().filter { !$0.contains("_size") } == [
        "grpc.client.attempt.duration grpc.method=a.B/C grpc.status=OK 0.0015",
        "grpc.client.attempt.duration grpc.method=a.B/C grpc.status=UNAVAILABLE 0.0015",
        "grpc.client.attempt.started grpc.method=a.B/C 1", "grpc.client.attempt.started grpc.method=a.B/C 1",
        "grpc.client.call.duration grpc.method=a.B/C grpc.status=OK 0.0015",
      ])
    #expect(factory.lines.count { $0.hasPrefix("grpc.client.attempt.sent_total_compressed_message_size ") } == 2)
  }

  @Test("paths made up from outside make no labels, even when something serves them")
  func boundedLabels() {
    let told = Ledger()
    let limited = CallMetrics(.server, methods: [method], factory: told)
    limited.callStarted(MethodDescriptor(service: "made", method: "up", kind: .unary))
    #expect(told.lines == ["grpc.server.call.started grpc.method=other 1"])
    let untold = Ledger()
    let metrics = CallMetrics(.server, factory: untold)
    for number in 0..<1500 {
      metrics.callStarted(MethodDescriptor(service: "made", method: "up\(number)", kind: .unary))
    }
    #expect(Set(untold.lines).count == 1001)
  }

  @Test("the access log tells of the calls that were selected", arguments: AccessLog.Selection.allCases)
  func accessLog(selection: AccessLog.Selection) {
    let book = LogBook()
    let log = AccessLog(selection, logger: Logger(label: "test") { _ in book })
    log.callEnded(report(nil))
    log.callEnded(report(RPCError(code: .notFound, message: "no such thing")))
    let ok = "call code=OK duration_ms=1.500 method=/a.B/C peer=127.0.0.1:9 received_bytes=3 sent_bytes=4"
    let failed =
      "call code=NOT_FOUND duration_ms=1.500 method=/a.B/C peer=127.0.0.1:9 reason=no such thing received_bytes=3"
      + " sent_bytes=4"
    let expected: [AccessLog.Selection: [String]] = [.off: [], .errors: [failed], .all: [ok, failed]]
    #expect(book.lines.withLock { $0 } == expected[selection])
  }

  private var method: MethodDescriptor { MethodDescriptor(service: "a.B", method: "C", kind: .unary) }

  private func report(_ status: RPCError?) -> CallReport {
    CallReport(
      method: method, path: method.path, peer: "127.0.0.1:9", status: status, duration: .microseconds(1500),
      receivedBytes: 3, sentBytes: 4)
  }
}

/// Writes down what is counted and recorded.
private final class Ledger: MetricsFactory {
  private let written = Mutex<[String]>([])
  var lines: [String] { written.withLock { $0 } }

  private final class Line: CounterHandler, RecorderHandler {
    let ledger: Ledger
    let head: String
    init(ledger: Ledger, head: String) {
      self.ledger = ledger
      self.head = head
    }
    func increment(by amount: Int64) { ledger.written.withLock { $0.append("\(head) \(amount)") } }
    func reset() {}
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { ledger.written.withLock { $0.append("\(head) \(value)") } }
  }

  private func line(_ label: String, _ dimensions: [(String, String)]) -> Line {
    Line(ledger: self, head: ([label] + dimensions.map { "\($0)=\($1)" }).joined(separator: " "))
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { line(label, dimensions) }
  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    line(label, dimensions)
  }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    NOOPMetricsHandler.instance.makeTimer(label: label, dimensions: dimensions)
  }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

/// Keeps what is logged.
private final class LogBook: LogHandler {
  let lines = Mutex<[String]>([])
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    lines.withLock { $0.append((["\(event.message)"] + pairs).joined(separator: " ")) }
  }
}
