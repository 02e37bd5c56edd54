// SPDX-License-Identifier: Apache-2.0

public import SPC

/// Two charts of the same series, drawn one above the other with one time axis: values over their moving ranges (XmR),
/// or means over the deviations within subgroups (X̄ and S).
public struct ChartPair: Sendable, Hashable {
  public let upper: Chart
  public let lower: Chart

  /// The chart of a series with its companion: an MR chart for an I chart, an S chart for an X̄ chart.
  ///
  /// The companion has the same phases, baselines and excluded points. It tells about variation, so neither targets nor
  /// a direction apply, and of the rules only those about the limits: neighbouring ranges share a value, so that runs
  /// among them mean little.
  ///
  /// - Returns: nil for kinds without a companion.
  public init?(_ series: Series, spec: ChartSpec) throws(ChartError) {
    let kind: ChartKind
    switch spec.kind {
    case .i: kind = .mr
    case .xBar: kind = .s
    default: return nil
    }
    var companion = spec
    companion.kind = kind
    companion.direction = .neutral
    companion.targets = .none
    companion.knownCentreLine = nil
    let rules = spec.ruleSet
    companion.ruleSet = RuleSet(
      id: rules.id, title: rules.title, source: rules.source, rules: rules.rules.filter { $0.pattern == .outside },
      treatment: rules.treatment, screensMovingRanges: rules.screensMovingRanges,
      individualsWidth: rules.individualsWidth, minimumFreeze: rules.minimumFreeze)
    upper = try Chart(series, spec: spec)
    lower = try Chart(series, spec: companion)
  }
}
