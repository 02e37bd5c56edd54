// SPDX-License-Identifier: Apache-2.0

public import Metrics
import Synchronization

/// Counts calls and measures how long they take, by method and status, through swift-metrics.
///
/// The names are those of gRPC's OpenTelemetry plug-in (gRFC A66):
///
/// | side | metric | what it is | labels |
/// |---|---|---|---|
/// | server | `grpc.server.call.started` | calls that began | `grpc.method` |
/// | server | `grpc.server.call.duration` | seconds from header to status | `grpc.method`, `grpc.status` |
/// | server | `grpc.server.call.rcvd_total_compressed_message_size` | bytes of a call's requests | the same |
/// | server | `grpc.server.call.sent_total_compressed_message_size` | bytes of its responses | the same |
/// | client | `grpc.client.call.duration` | seconds from start to status, all attempts and pauses | the same |
/// | client | `grpc.client.attempt.started` | attempts that began, on a connection | `grpc.method` |
/// | client | `grpc.client.attempt.duration` | seconds of one attempt | `grpc.method`, `grpc.status` |
/// | client | `grpc.client.attempt.rcvd_total_compressed_message_size` | bytes of its responses | the same |
/// | client | `grpc.client.attempt.sent_total_compressed_message_size` | bytes of its requests | the same |
///
/// A client's call that finds no connection has no attempt; one that is repeated has several.
///
/// Calls of methods that do not exist are counted under the one method `other`, so that nobody outside can make up
/// labels; so are those beyond the first 1,000 methods, for a server whose router has a fallback for any path and that
/// was not told which methods it knows. Each metric is looked up once and kept.
public final class CallMetrics: CallReporter {
  /// Which side of the calls this is.
  public enum Side: String, Sendable {
    case server, client
  }

  /// The label of methods that do not exist (gRFC A66).
  static let other = "other"

  /// How many methods get a label of their own at most.
  static let mostMethods = 1000

  private let side: Side
  private let known: Set<String>?
  private let factory: any MetricsFactory
  private let methods = Mutex(Methods())

  private struct Methods {
    var metrics: [String: MethodMetrics] = [:]
    /// The one that was asked for last, which mostly is the one that is asked for next.
    var last: (path: String, metrics: MethodMetrics)?
  }

  /// - Parameters:
  ///   - methods: those that get a label of their own; `nil` for all that exist. A gateway that passes any path on says
  ///     here which there are.
  ///   - factory: where the metrics go; by default where the process was told to send them.
  public init(_ side: Side, methods: [MethodDescriptor]? = nil, factory: any MetricsFactory = MetricsSystem.factory) {
    self.side = side
    self.known = methods.map { Set($0.map(\.path)) }
    self.factory = factory
  }

  public func callStarted(_ method: MethodDescriptor) {
    if side == .server { metrics(of: method).started.increment() }
  }

  public func callEnded(_ report: CallReport) {
    let outcome = metrics(of: report.method).outcome(report.status?.code)
    outcome.callDuration.record(report.duration.inSeconds)
    if side == .server { outcome.record(report) }
  }

  public func attemptStarted(_ method: MethodDescriptor) { metrics(of: method).started.increment() }

  public func attemptEnded(_ report: CallReport) {
    let outcome = metrics(of: report.method).outcome(report.status?.code)
    outcome.attemptDuration?.record(report.duration.inSeconds)
    outcome.record(report)
  }

  /// What there is for a method, made when it is new.
  private func metrics(of method: MethodDescriptor?) -> MethodMetrics {
    methods.withLock { methods in
      let path = method?.path ?? Self.other
      if let last = methods.last, last.path == path { return last.metrics }
      let found = metrics(of: known?.contains(path) ?? true ? path : Self.other, in: &methods.metrics)
      methods.last = (path, found)
      return found
    }
  }

  private func metrics(of path: String, in methods: inout [String: MethodMetrics]) -> MethodMetrics {
    if let found = methods[path] { return found }
    if methods.count >= Self.mostMethods, path != Self.other { return metrics(of: Self.other, in: &methods) }
    // Without the leading slash (gRFC A66).
    let made = MethodMetrics(side, path == Self.other ? path : String(path.dropFirst()), factory)
    methods[path] = made
    return made
  }
}

/// The metrics of one method.
private final class MethodMetrics: Sendable {
  let started: Counter
  private let side: CallMetrics.Side
  private let method: String
  private let factory: any MetricsFactory
  /// By status; gRPC has 17.
  private let outcomes = Mutex<[OutcomeMetrics?]>(Array(repeating: nil, count: 17))

  init(_ side: CallMetrics.Side, _ method: String, _ factory: any MetricsFactory) {
    self.side = side
    self.method = method
    self.factory = factory
    let name = side == .server ? "grpc.server.call.started" : "grpc.client.attempt.started"
    started = Counter(label: name, dimensions: [("grpc.method", method)], factory: factory)
  }

  /// What there is for a status, made when it is new.
  func outcome(_ code: RPCError.Code?) -> OutcomeMetrics {
    let index = code?.rawValue ?? 0
    return outcomes.withLock { outcomes in
      if outcomes.indices.contains(index), let found = outcomes[index] { return found }
      let made = OutcomeMetrics(side, [("grpc.method", method), ("grpc.status", code?.name ?? "OK")], factory)
      if outcomes.indices.contains(index) { outcomes[index] = made }
      return made
    }
  }
}

/// The metrics of one method and status.
private final class OutcomeMetrics: Sendable {
  let callDuration: Recorder
  let attemptDuration: Recorder?
  private let received: Recorder
  private let sent: Recorder

  init(_ side: CallMetrics.Side, _ labels: [(String, String)], _ factory: any MetricsFactory) {
    func recorder(_ label: String) -> Recorder {
      Recorder(label: label, dimensions: labels, aggregate: true, factory: factory)
    }
    callDuration = recorder("grpc.\(side.rawValue).call.duration")
    attemptDuration = side == .client ? recorder("grpc.client.attempt.duration") : nil
    let unit = side == .server ? "grpc.server.call" : "grpc.client.attempt"
    received = recorder("\(unit).rcvd_total_compressed_message_size")
    sent = recorder("\(unit).sent_total_compressed_message_size")
  }

  func record(_ report: CallReport) {
    received.record(report.receivedBytes)
    sent.record(report.sentBytes)
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
