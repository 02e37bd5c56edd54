// SPDX-License-Identifier: Apache-2.0

/// How the centre line and the limits of a chart are computed.
///
/// Each kind has a file with its formula in `Kinds`.
public enum ChartKind: String, Sendable, Hashable, CaseIterable {
  /// Run chart: values about their median, without limits.
  case run
  /// Individuals (XmR) chart: values about their mean, limits from the moving range.
  case i
  /// Proportions with binomial limits.
  case p
  /// Laney's P′: proportions, the limits widened by the variation between points. For large denominators.
  case pPrime = "p-prime"
  /// Rates with Poisson limits.
  case u
  /// Laney's U′: rates, the limits widened by the variation between points. For large denominators.
  case uPrime = "u-prime"

  /// Whether every value needs a denominator.
  ///
  /// The other kinds divide by it where there is one.
  public var needsDenominator: Bool {
    switch self {
    case .run, .i: false
    case .p, .pPrime, .u, .uPrime: true
    }
  }

  /// Whether the chart has control limits.
  public var hasLimits: Bool { self != .run }

  /// What people call it, such as `P′ chart`.
  public var title: String {
    switch self {
    case .run: "Run chart"
    case .i: "I chart"
    case .p: "P chart"
    case .pPrime: "P′ chart"
    case .u: "U chart"
    case .uPrime: "U′ chart"
    }
  }

  /// What its centre line is: a median or a mean.
  public var centreLineTitle: String { self == .run ? "Median" : "Mean" }
}
