// SPDX-License-Identifier: Apache-2.0

/// How the centre line and the limits of a chart are computed.
///
/// Each kind has a file with its formula in `Kinds`.
public enum ChartKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// Run chart: values about their median, without limits.
  case run
  /// Individuals (XmR) chart: values about their mean, limits from the moving range.
  case i
  /// Moving ranges: how far each value lies from the one before it. The companion of the I chart.
  case mr
  /// Means of subgroups, limits from the spread within them.
  case xBar = "x-bar"
  /// Standard deviations within subgroups: the companion of the X̄ chart.
  case s
  /// Proportions with binomial limits.
  case p
  /// Laney's P′: proportions, the limits widened by the variation between points. For large denominators.
  case pPrime = "p-prime"
  /// Rates with Poisson limits.
  case u
  /// Laney's U′: rates, the limits widened by the variation between points. For large denominators.
  case uPrime = "u-prime"
  /// Counts with Poisson limits, where the room for events is the same each time.
  case c
  /// Cases between rare events, with geometric limits.
  case g
  /// Time between rare events, on a scale that makes it near normal.
  case t
  /// Taylor's I′: values weighted by their denominators, limits from the variation between points.
  case iPrime = "i-prime"

  /// Whether every value needs a denominator.
  ///
  /// The other kinds divide by it where there is one.
  public var needsDenominator: Bool {
    switch self {
    case .p, .pPrime, .u, .uPrime: true
    case .run, .i, .mr, .xBar, .s, .c, .g, .t, .iPrime: false
    }
  }

  /// Whether the values must be counts, that is 0 or more.
  var countsEvents: Bool {
    switch self {
    case .p, .pPrime, .u, .uPrime, .c, .g: true
    case .run, .i, .mr, .xBar, .s, .t, .iPrime: false
    }
  }

  /// Whether each point must be a subgroup of several values.
  public var needsSubgroups: Bool { self == .xBar || self == .s }

  /// Whether the value is a proportion, between 0 and 1 before multiplication.
  public var isProportion: Bool { self == .p || self == .pPrime }

  /// Whether the value is a count or a rate of events, which is never a share.
  package var countsRates: Bool { self == .u || self == .uPrime || self == .c || self == .g || self == .t }

  /// Whether the chart has control limits.
  public var hasLimits: Bool { self != .run }

  /// Whether its points are ranges or deviations, which tell how much values vary.
  ///
  /// Of the rules only those about limits apply to them. Neighbouring moving ranges share a value, so that runs among them
  /// come about by themselves, and both are skewed, so that most of them lie below their mean.
  public var isSpread: Bool { self == .mr || self == .s }

  /// Whether a rule can say anything about such a chart.
  func applies(_ rule: Rule) -> Bool {
    if isSpread { return rule.pattern == .outside }
    return hasLimits || !rule.pattern.needsLimits
  }

  /// What people call it, such as `P′ chart`.
  public var title: String {
    switch self {
    case .run: "Run chart"
    case .i: "I chart"
    case .mr: "MR chart"
    case .xBar: "X̄ chart"
    case .s: "S chart"
    case .p: "P chart"
    case .pPrime: "P′ chart"
    case .u: "U chart"
    case .uPrime: "U′ chart"
    case .c: "C chart"
    case .g: "G chart"
    case .t: "T chart"
    case .iPrime: "I′ chart"
    }
  }

  /// Whether each point stands for an event, so that there are no periods that could lack one.
  var isOfEvents: Bool { self == .g || self == .t }

  /// Whether its limits come from how far neighbouring values lie apart.
  var usesMovingRanges: Bool {
    switch self {
    case .i, .mr, .pPrime, .uPrime, .t, .iPrime: true
    case .run, .xBar, .s, .p, .u, .c, .g: false
    }
  }
}
