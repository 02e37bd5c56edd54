// SPDX-License-Identifier: Apache-2.0

import CoreMetrics
import Synchronization

/// Keeps what a process counts and measures through swift-metrics, to be read in the formats of Prometheus.
///
/// A label becomes a name by writing `_` for what names cannot have, with the unit at its end and `_total` behind a
/// counter: `grpc.server.call.duration` is `grpc_server_call_duration_seconds`, as with OpenTelemetry. Recorders that
/// aggregate and timers are histograms, the latter in seconds; other recorders and meters are gauges.
///
/// The same label with the same dimensions is one metric, however often it is made. A name that is taken by a metric of
/// another kind, and metrics beyond ``limit``, are not kept; how many were refused is a metric too.
final class MetricsRegistry: MetricsFactory {
  /// How many values are kept at most, so that no label made up outside can fill the memory.
  static let limit = 50_000

  private struct Family {
    var description: MetricFamily
    /// By their labels, sorted by name.
    var metrics: [[MetricFamily.Label]: any StoredMetric] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
    var count = 0
    var refused = 0
  }

  private let definitions: [String: MetricDefinition]
  private let state = Mutex(State())

  init(definitions: [String: MetricDefinition] = MetricDefinition.known) { self.definitions = definitions }

  /// Everything that was counted so far, sorted by name.
  var families: [MetricFamily] {
    let (families, refused) = state.withLock { (Array($0.families.values), $0.refused) }
    var read = families.map { family in
      var description = family.description
      description.samples =
        family.metrics
        .sorted { Self.precedes($0.key, $1.key) }
        .map { MetricFamily.Sample(labels: $0.key, value: $0.value.value) }
      return description
    }
    read.append(
      MetricFamily(
        "metrics_refused", .counter, help: "Metrics that were not kept: too many, or a name of another kind.",
        Double(refused)))
    return read.sorted { $0.name < $1.name }
  }

  private static func precedes(_ left: [MetricFamily.Label], _ right: [MetricFamily.Label]) -> Bool {
    for (left, right) in zip(left, right) where left != right {
      return (left.name, left.value) < (right.name, right.value)
    }
    return left.count < right.count
  }

  // MARK: MetricsFactory

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    metric(label, dimensions, .counter) { _ in StoredCounter() } ?? NOOPMetricsHandler.instance
  }

  func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    metric(label, dimensions, .counter) { _ in StoredNumber() } ?? NOOPMetricsHandler.instance
  }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    metric(label, dimensions, .gauge) { _ in StoredNumber() } ?? NOOPMetricsHandler.instance
  }

  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if aggregate {
      metric(label, dimensions, .histogram) { StoredHistogram($0.buckets) } ?? NOOPMetricsHandler.instance
    } else {
      metric(label, dimensions, .gauge) { _ in StoredNumber() } ?? NOOPMetricsHandler.instance
    }
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    metric(label, dimensions, .histogram, unit: "seconds") { StoredHistogram($0.buckets) }
      ?? NOOPMetricsHandler.instance
  }

  // What was counted stays: a counter that is made again goes on where it was.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}

  /// The metric, made when it is new; `nil` for one that is refused.
  private func metric<Metric: StoredMetric>(
    _ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind, unit: String? = nil,
    make: (MetricDefinition) -> Metric
  ) -> Metric? {
    let definition = definitions[label] ?? MetricDefinition(unit: unit, help: label)
    let name = MetricName.family(label, kind, unit: definition.unit)
    let labels = MetricName.labels(dimensions)
    return state.withLock { state in
      let found = state.families[name]?.metrics[labels]
      let isSame = state.families[name].map { $0.description.kind == kind } ?? true
      if isSame, let found = found as? Metric { return found }
      guard isSame, found == nil, state.count < Self.limit else {
        state.refused += 1
        return nil
      }
      let made = make(definition)
      let description = MetricFamily(name: name, kind: kind, unit: definition.unit, help: definition.help)
      // In place: a copy of the family would cost as much as it has metrics.
      state.families[name, default: Family(description: description)].metrics[labels] = made
      state.count += 1
      return made
    }
  }
}

/// Names as Prometheus takes them.
enum MetricName {
  /// `grpc.server.call.duration` in seconds becomes `grpc_server_call_duration_seconds`.
  static func family(_ label: String, _ kind: MetricFamily.Kind, unit: String?) -> String {
    var name = legal(label, colons: true)
    if kind == .counter, name.hasSuffix("_total") { name.removeLast("_total".count) }
    if let unit, !name.hasSuffix("_\(unit)") { name += "_\(unit)" }
    return name
  }

  /// Sorted by name, each name once.
  static func labels(_ dimensions: [(String, String)]) -> [MetricFamily.Label] {
    var labels: [String: String] = [:]
    for (name, value) in dimensions {
      var name = legal(name, colons: false)
      // Buckets have this one, and names with two underscores in front are Prometheus's own.
      if name == "le" || name.hasPrefix("__") { name = "exported_" + name }
      if labels[name] == nil { labels[name] = value }
    }
    return labels.sorted { $0.key < $1.key }.map { MetricFamily.Label(name: $0.key, value: $0.value) }
  }

  private static func legal(_ text: String, colons: Bool) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
      case "0"..."9":
        if name.isEmpty { name = "_" }
        name.unicodeScalars.append(scalar)
      case ":" where colons: name.unicodeScalars.append(scalar)
      default: name += "_"
      }
    }
    return name.isEmpty ? "_" : name
  }
}
