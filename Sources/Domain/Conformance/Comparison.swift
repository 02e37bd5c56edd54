// SPDX-License-Identifier: Apache-2.0

/// What differs between a reference case and what the engine makes of it.
struct Comparison {
  private(set) var differences: [String] = []

  /// Numbers are alike within this part of the larger one, or of a thousandth of the scale.
  static let tolerance = 1e-9

  mutating func add(_ difference: String) { differences.append(difference) }

  /// Compares two columns, NaN meaning not defined; nothing to compare with is no difference.
  mutating func expect(
    _ what: String, _ actual: [Double], _ expected: [Double]?, scale: [Double], tolerance: Double = tolerance
  ) {
    guard let expected else { return }
    guard actual.count == expected.count else {
      return add("\(what): \(actual.count) numbers instead of \(expected.count)")
    }
    for (index, (a, e)) in zip(actual, expected).enumerated() where !(a.isNaN && e.isNaN) {
      let size = max(abs(a), abs(e), scale[index].isNaN ? 0 : abs(scale[index]) / 1000)
      if !(abs(a - e) <= tolerance * size || a == e) { add("\(what) at \(index + 1): \(a) instead of \(e)") }
    }
  }

  /// Compares two columns of anything else.
  mutating func expect<Value: Equatable>(_ what: String, _ actual: [Value], _ expected: [Value]?) {
    guard let expected else { return }
    guard actual.count == expected.count else {
      return add("\(what): \(actual.count) values instead of \(expected.count)")
    }
    for (index, (a, e)) in zip(actual, expected).enumerated() where a != e {
      add("\(what) at \(index + 1): \(a) instead of \(e)")
    }
  }

  mutating func expect<Value: Equatable>(_ what: String, _ actual: Value?, _ expected: Value?) {
    if actual != expected {
      add("\(what): \(actual.map { "\($0)" } ?? "none") instead of \(expected.map { "\($0)" } ?? "none")")
    }
  }
}
