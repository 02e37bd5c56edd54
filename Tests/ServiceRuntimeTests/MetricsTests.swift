// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import RPC
import Testing

@testable import ServiceRuntime

@Suite("Metrics")
struct MetricsTests {
  private let nasty = "a \"b\" \\ c\nd, {e}=ö"

  /// One of each kind, with what is hard to write.
  private func filled() -> MetricsRegistry {
    let registry = MetricsRegistry()
    Counter(label: "grpc.server.call.started", dimensions: [("grpc.method", nasty)], factory: registry).increment(by: 3)
    Counter(label: "already_total", factory: registry).increment()
    let duration = Recorder(
      label: "grpc.server.call.duration", dimensions: [("grpc.status", "OK"), ("grpc.method", "a.B/C")],
      aggregate: true, factory: registry)
    for value in [0.00001, 0.003, 0.0031, 100, 1000] { duration.record(value) }
    let size = Recorder(
      label: "grpc.server.call.sent_total_compressed_message_size", dimensions: [], aggregate: true, factory: registry)
    for value in [0, 1, 1 << 20, 1 << 40] { size.record(value) }
    Timer(label: "wait", dimensions: [("le", "1"), ("__x", "2"), ("9-lives", "3")], factory: registry)
      .recordNanoseconds(1_500_000_000)
    let meter = Meter(label: "temperature.now", factory: registry)
    meter.set(-1.5)
    meter.increment(by: 0.25)
    Recorder(label: "last", aggregate: false, factory: registry).record(Double.infinity)
    FloatingPointCounter(label: "fuel", factory: registry).increment(by: 0.125)
    return registry
  }

  @Test(
    "are read by Prometheus's own client in both formats", .enabled(if: ForeignProgram.python != nil),
    arguments: ["prometheus", "openmetrics"])
  func foreignParser(format: String) async throws {
    let pages = AdminPages(
      service: "test", introspection: Introspection(), metrics: filled(), process: ProcessMetrics())
    let lines = try await withAdmin(pages) { address in
      let (status, text) = try await ForeignProgram.script("scrape.py", ["http://\(address)/metrics", format])
      try #require(status == 0, "\(text)")
      return text.split(separator: "\n").map(String.init)
    }
    let isOpen = format == "openmetrics"
    let quoted = #"'a "b" \\ c\nd, {e}=ö'"#
    let labels = "grpc_method='a.B/C',grpc_status='OK'"
    let expected = [
      "# already counter -", "already_total{} 1.0",
      "# fuel counter -", "fuel_total{} 0.125",
      "# grpc_server_call_started counter -", "grpc_server_call_started_total{grpc_method=\(quoted)} 3.0",
      "# grpc_server_call_duration_seconds histogram \(isOpen ? "seconds" : "-")",
      "grpc_server_call_duration_seconds_bucket{\(labels),le='1e-05'} 1.0",
      "grpc_server_call_duration_seconds_bucket{\(labels),le='0.002'} 1.0",
      "grpc_server_call_duration_seconds_bucket{\(labels),le='0.003'} 2.0",
      "grpc_server_call_duration_seconds_bucket{\(labels),le='0.004'} 3.0",
      "grpc_server_call_duration_seconds_bucket{\(labels),le='100.0'} 4.0",
      "grpc_server_call_duration_seconds_bucket{\(labels),le='+Inf'} 5.0",
      "grpc_server_call_duration_seconds_count{\(labels)} 5.0",
      "grpc_server_call_duration_seconds_sum{\(labels)} 1100.00611",
      "# grpc_server_call_sent_total_compressed_message_size_bytes histogram \(isOpen ? "bytes" : "-")",
      "grpc_server_call_sent_total_compressed_message_size_bytes_bucket{le='0.0'} 1.0",
      "grpc_server_call_sent_total_compressed_message_size_bytes_bucket{le='262144.0'} 2.0",
      "grpc_server_call_sent_total_compressed_message_size_bytes_bucket{le='1.048576e+06'} 3.0",
      "grpc_server_call_sent_total_compressed_message_size_bytes_bucket{le='4.294967296e+09'} 3.0",
      "grpc_server_call_sent_total_compressed_message_size_bytes_bucket{le='+Inf'} 4.0",
      "# wait_seconds histogram \(isOpen ? "seconds" : "-")",
      "wait_seconds_count{_9_lives='3',exported___x='2',exported_le='1'} 1.0",
      "wait_seconds_sum{_9_lives='3',exported___x='2',exported_le='1'} 1.5",
      "# temperature_now gauge -", "temperature_now{} -1.25",
      "# last gauge -", "last{} inf",
      "# metrics_refused counter -", "metrics_refused_total{} 0.0",
      "# process_start_time_seconds gauge \(isOpen ? "seconds" : "-")",
      "# process_cpu_seconds counter \(isOpen ? "seconds" : "-")", "# process_open_fds gauge -",
    ]
    for line in expected { #expect(lines.contains(line), "\(line) is not among \(lines)") }
  }

  @Test("of the process are those that the system tells")
  func process() throws {
    let families = ProcessMetrics().families
    func value(_ name: String) -> Double? {
      guard case .number(let number)? = families.first(where: { $0.name == name })?.samples.first?.value else {
        return nil
      }
      return number
    }
    let start = try #require(value("process_start_time_seconds"))
    // After 2020, and not after now.
    #expect(start > 1_577_836_800 && start <= ProcessMetrics.now())
    let seconds = try #require(value("process_cpu_seconds"))
    #expect(seconds > 0)
    let (open, most) = (try #require(value("process_open_fds")), try #require(value("process_max_fds")))
    #expect(open >= 3 && open < most)
    #if os(Linux)
      let resident = try #require(value("process_resident_memory_bytes"))
      let virtual = try #require(value("process_virtual_memory_bytes"))
      #expect(resident > 1_000_000 && resident < virtual)
    #endif
  }

  @Test("made twice are one, whatever the order of their dimensions")
  func sameMetric() {
    let registry = MetricsRegistry()
    Counter(label: "a.b", dimensions: [("x", "1"), ("y", "2")], factory: registry).increment()
    Counter(label: "a.b", dimensions: [("y", "2"), ("x", "1")], factory: registry).increment()
    Counter(label: "a.b", dimensions: [("y", "3"), ("x", "1")], factory: registry).increment()
    let family = registry.families.first { $0.name == "a_b" }
    #expect(family?.samples.map(\.value) == [.number(2), .number(1)])
  }

  @Test("with the name of another kind are refused and counted, not mixed")
  func kinds() {
    let registry = MetricsRegistry()
    Counter(label: "a.b", factory: registry).increment()
    Meter(label: "a_b", factory: registry).set(7)
    #expect(registry.families.first { $0.name == "a_b" }?.samples.map(\.value) == [.number(1)])
    #expect(registry.families.first { $0.name == "metrics_refused" }?.samples.map(\.value) == [.number(1)])
  }

  @Test("that somebody makes up are not kept without end")
  func limit() {
    let registry = MetricsRegistry()
    for number in 0..<(MetricsRegistry.limit + 5) {
      Counter(label: "a", dimensions: [("x", "\(number)")], factory: registry).increment()
    }
    #expect(registry.families.first { $0.name == "a" }?.samples.count == MetricsRegistry.limit)
    #expect(registry.families.first { $0.name == "metrics_refused" }?.samples.map(\.value) == [.number(5)])
  }

  @Test(
    "come in the format that is asked for",
    arguments: [
      ("", MetricsText.prometheus), ("*/*", .prometheus), ("text/plain;version=0.0.4", .prometheus),
      ("application/openmetrics-text", .openMetrics),
      ("application/openmetrics-text; version=1.0.0; q=0.8, text/plain;q=0.5", .openMetrics),
      ("text/plain, Application/OpenMetrics-Text;q=0.1", .openMetrics),
      ("application/openmetrics-text;q=0, text/plain", .prometheus),
      ("application/openmetrics-text;q=0.000", .prometheus), ("application/openmetrics-textual", .prometheus),
      (",;,;q=,=;", .prometheus),
    ])
  func negotiation(accept: String, format: MetricsText) {
    #expect(MetricsText(accept: accept) == format)
  }
}
