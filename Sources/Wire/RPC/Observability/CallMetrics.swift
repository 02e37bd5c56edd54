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
/// | client | `grpc.client.attempt.started` | calls that began | `grpc.method` |
/// | client | `grpc.client.call.duration` | seconds from start to status | `grpc.method`, `grpc.status` |
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

  private struct Handles {
    /// Its key among the handles.
    let key: String
    /// The method as metrics name it: without the leading slash (gRFC A66).
    let label: String
    let started: Counter
    var durations: [Int: Recorder] = [:]
  }

  /// How many methods get a label of their own at most.
  static let mostMethods = 1000

  private let side: Side
  private let known: Set<String>?
  private let factory: any MetricsFactory
  private let handles = Mutex<[String: Handles]>([:])

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
    let path = path(of: method)
    handles.withLock { entry(path, in: &$0).started }.increment()
  }

  public func callEnded(_ report: CallReport) {
    let path = path(of: report.method)
    let code = report.status?.code.rawValue ?? 0
    let duration = handles.withLock { handles in
      let found = entry(path, in: &handles)
      if let duration = found.durations[code] { return duration }
      let made = makeDuration(found.label, code: report.status?.code)
      handles[found.key]?.durations[code] = made
      return made
    }
    let (seconds, attoseconds) = report.duration.components
    duration.record(Double(seconds) + Double(attoseconds) / 1e18)
  }

  private func path(of method: MethodDescriptor?) -> String {
    guard let method, known?.contains(method.path) ?? true else { return Self.other }
    return method.path
  }

  /// What there is for a path, made when it is new.
  private func entry(_ path: String, in handles: inout [String: Handles]) -> Handles {
    if let found = handles[path] { return found }
    if handles.count >= Self.mostMethods, path != Self.other { return entry(Self.other, in: &handles) }
    let made = makeHandles(path)
    handles[path] = made
    return made
  }

  private func makeHandles(_ path: String) -> Handles {
    let label = path == Self.other ? path : String(path.dropFirst())
    let name = side == .server ? "grpc.server.call.started" : "grpc.client.attempt.started"
    return Handles(
      key: path, label: label, started: Counter(label: name, dimensions: [("grpc.method", label)], factory: factory))
  }

  private func makeDuration(_ method: String, code: RPCError.Code?) -> Recorder {
    Recorder(
      label: "grpc.\(side.rawValue).call.duration",
      dimensions: [("grpc.method", method), ("grpc.status", code?.name ?? "OK")], aggregate: true, factory: factory)
  }
}
