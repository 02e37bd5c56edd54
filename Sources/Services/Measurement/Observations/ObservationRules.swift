// SPDX-License-Identifier: Apache-2.0

import SPC

/// How the values of a measure are shown, and what they are to reach.
struct ObservationScale: Sendable, Hashable {
  /// Values that are shown as they are, without a target.
  static let plain = ObservationScale(multiplier: 1, unit: "", targets: .none)

  /// Of a numerator out of a denominator.
  var multiplier: Double
  var unit: String
  /// In `unit`, after multiplication.
  var targets: Targets
}

/// What the observations of a measure may say, which follows from how its chart is computed.
struct ObservationRules: Sendable, Hashable {
  /// The rule that a value breaks.
  struct Violation: Error, Hashable {
    /// Which of the two numbers is wrong.
    enum Part: Sendable, Hashable { case value, denominator }

    var part: Part
    var message: String
    var accepted: String
  }

  var kind: ChartKind

  /// Whether every observation needs a denominator.
  var needsDenominator: Bool { kind.needsDenominator }

  /// Whether the value counts some of what the denominator counts, so that it cannot be more.
  var isProportion: Bool { kind.isProportion }

  /// Whether the value counts something, so that it cannot be negative.
  var isCount: Bool {
    switch kind {
    case .p, .pPrime, .u, .uPrime, .c, .g: true
    case .run, .i, .mr, .xBar, .s, .t, .iPrime: false
    }
  }

  /// Whether the value has to be a whole number, because it counts events or cases and the limits follow from that.
  var isWholeCount: Bool {
    switch kind {
    case .p, .pPrime, .u, .uPrime, .c: true
    case .run, .i, .mr, .xBar, .s, .t, .g, .iPrime: false
    }
  }

  /// The first rule that an observation breaks; nil when it is as it should be.
  ///
  /// Both numbers are finite. A denominator may be present on any kind of chart, and is greater than 0 on all.
  func violation(value: Double, denominator: Double?) -> Violation? {
    if isCount && value < 0 {
      return Violation(part: .value, message: "A count is negative.", accepted: "A count of 0 or more.")
    }
    if kind == .t && value <= 0 {
      return Violation(
        part: .value, message: "A time between events is 0 or less.", accepted: "A time greater than 0.")
    }
    if kind.needsSubgroups {
      return Violation(
        part: .value, message: "An \(kind.title) needs several values for every point, and this is one.",
        accepted: "Another kind of chart.")
    }
    guard let denominator else {
      guard needsDenominator else { return nil }
      return Violation(
        part: .denominator, message: "A \(kind.title) needs a denominator.", accepted: "A number greater than 0.")
    }
    if denominator <= 0 {
      return Violation(
        part: .denominator, message: denominator == 0 ? "The denominator is 0." : "The denominator is negative.",
        accepted: "A number greater than 0; leave out a period in which there was nothing to count.")
    }
    if isProportion && value > denominator {
      return Violation(
        part: .value, message: "The numerator is greater than the denominator.",
        accepted: "A number from 0 to the denominator of the row.")
    }
    return nil
  }
}
