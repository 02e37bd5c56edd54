// SPDX-License-Identifier: Apache-2.0

/// A metric with its name and meaning, and a value for each set of labels.
struct MetricFamily: Sendable, Hashable {
  enum Kind: String, Sendable, Hashable {
    /// Only grows, from the start of the process.
    case counter
    case gauge
    case histogram
  }

  enum Value: Sendable, Hashable {
    case number(Double)
    case histogram(HistogramValue)
  }

  struct Sample: Sendable, Hashable {
    /// Names fit for exposition, in the order in which they are written.
    let labels: [Label]
    let value: Value
  }

  struct Label: Sendable, Hashable {
    let name: String
    let value: String
  }

  /// Without `_total`, and with the unit at its end.
  let name: String
  let kind: Kind
  /// Such as `seconds` or `bytes`; `nil` for what is merely counted.
  let unit: String?
  let help: String
  var samples: [Sample] = []

  /// A family with one value and no labels.
  init(_ name: String, _ kind: Kind, unit: String? = nil, help: String, _ value: Double) {
    self.init(name: name, kind: kind, unit: unit, help: help)
    add(value)
  }

  init(name: String, kind: Kind, unit: String? = nil, help: String) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.help = help
  }

  mutating func add(_ value: Double, _ labels: [(String, String)] = []) {
    samples.append(Sample(labels: labels.map { Label(name: $0, value: $1) }, value: .number(value)))
  }
}

/// What a histogram has seen.
struct HistogramValue: Sendable, Hashable {
  /// Upper bounds of the buckets, ascending; the last bucket, without a bound, is not among them.
  let bounds: [Double]
  /// How many values fell into each bucket, one more than there are bounds.
  let counts: [UInt64]
  let sum: Double
}
