// SPDX-License-Identifier: Apache-2.0

/// Metrics in the two text formats that Prometheus reads.
enum MetricsText: Sendable, Hashable, CaseIterable {
  /// Prometheus's own, version 0.0.4.
  case prometheus
  /// OpenMetrics 1.0.
  case openMetrics

  /// The format that an `Accept` header asks for: OpenMetrics where it is named, Prometheus's otherwise.
  init(accept: String) {
    let isWanted = accept.lowercased().split(separator: ",").contains { offer in
      let parts = offer.split(separator: ";").map { $0.filter { $0 != " " } }
      return parts.first == "application/openmetrics-text" && !parts.dropFirst().contains { Self.isZero($0) }
    }
    self = isWanted ? .openMetrics : .prometheus
  }

  private static func isZero(_ parameter: String) -> Bool {
    parameter.hasPrefix("q=") && Double(parameter.dropFirst(2)) == 0
  }

  var contentType: String {
    switch self {
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }

  func text(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.samples.isEmpty { write(family, to: &text) }
    if self == .openMetrics { text += "# EOF\n" }
    return text
  }

  private func write(_ family: MetricFamily, to text: inout String) {
    let sample = family.kind == .counter ? "\(family.name)_total" : family.name
    let named = self == .openMetrics ? family.name : sample
    text += "# TYPE \(named) \(family.kind.rawValue)\n"
    if self == .openMetrics, let unit = family.unit { text += "# UNIT \(named) \(unit)\n" }
    text += "# HELP \(named) \(escaped(family.help, quotes: self == .openMetrics))\n"
    for entry in family.samples {
      switch entry.value {
      case .number(let number): text += "\(sample)\(labels(entry.labels)) \(Self.text(number))\n"
      case .histogram(let histogram): write(histogram, of: family.name, entry.labels, to: &text)
      }
    }
  }

  private func write(
    _ histogram: HistogramValue, of name: String, _ labels: [MetricFamily.Label], to text: inout String
  ) {
    var count: UInt64 = 0
    for (index, bucket) in histogram.counts.enumerated() {
      count &+= bucket
      let bound = index < histogram.bounds.count ? histogram.bounds[index] : .infinity
      text += "\(name)_bucket\(self.labels(labels + [.init(name: "le", value: Self.bound(bound))])) \(count)\n"
    }
    text += "\(name)_sum\(self.labels(labels)) \(Self.text(histogram.sum))\n"
    text += "\(name)_count\(self.labels(labels)) \(count)\n"
  }

  private func labels(_ labels: [MetricFamily.Label]) -> String {
    if labels.isEmpty { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
  }

  private func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: number) { return String(whole) }
    return number.description
  }

  /// A bound as OpenMetrics has it, which is as Go writes numbers: in powers of ten from a million on.
  private static func bound(_ bound: Double) -> String {
    if bound.isInfinite { return "+Inf" }
    guard bound >= 1e6, let whole = Int64(exactly: bound) else { return bound.description }
    let digits = String(whole)
    var fraction = digits.dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    let exponent = digits.count - 1
    return "\(digits.prefix(1))\(fraction.isEmpty ? "" : ".\(fraction)")e+\(exponent < 10 ? "0" : "")\(exponent)"
  }
}
