// SPDX-License-Identifier: Apache-2.0

/// The name of a rule set with its version, such as `making-data-count@1`.
///
/// Whatever changes a verdict gets a new version, so that an old report can be told from a new one.
public struct RuleSetID: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public let version: Int

  public init(name: String, version: Int) {
    self.name = name
    self.version = version
  }

  /// `name@version`.
  public var description: String { "\(name)@\(version)" }
}

/// What counts as a special cause: a named, versioned value, not code.
///
/// All rule sets agree on this: a rule never looks across a phase border; missing and excluded points neither break a
/// stretch nor belong to it; an excluded point can still be outside a limit; a point on a limit is not outside.
public struct RuleSet: Sendable, Hashable {
  public let id: RuleSetID
  /// What people call it.
  public let title: String
  /// Where it is defined.
  public let source: String
  /// The rules, the one with precedence first: a point that several rules flag is marked for the first of them.
  public let rules: [Rule]
  /// Whether its owner screens moving ranges (`ChartSpec.screenMovingRanges`).
  public let screensMovingRanges: Bool
  /// Three sigma of an I chart, in mean moving ranges: 3/1.128, or the rounded 2.66.
  public let individualsWidth: Double
  /// The smallest baseline that may be frozen.
  public let minimumFreeze: Int
  /// Whether it defines icons for variation and assurance.
  public let definesIcons: Bool

  /// Anhøj's rules as in qicharts2 0.8.1: three-sigma limits, and a runs analysis that adjusts itself to the number of
  /// points.
  public static let anhoej = RuleSet(
    id: RuleSetID(name: "anhoej", version: 1),
    title: "Anhøj",
    source: "Anhøj & Olesen 2014, PLoS ONE 9:e113825; qicharts2 0.8.1",
    rules: [.outside, .longestRun, .crossings],
    screensMovingRanges: false, individualsWidth: 3 / 1.128, minimumFreeze: 1, definesIcons: false)

  /// NHS England's Making Data Count rules as in NHSRplotthedots 0.2.2.
  ///
  /// Made for XmR charts. On P and U charts the rules use the chart's own limits, with the near limits at two sigma. A
  /// run chart has no limits, so only the shift and the trend apply, and no icons are defined.
  public static let makingDataCount = RuleSet(
    id: RuleSetID(name: "making-data-count", version: 1),
    title: "Making Data Count",
    source: "NHS England, Making Data Count; NHSRplotthedots 0.2.2",
    rules: [.outside, .trend(points: 7), .twoOfThree, .shift(points: 7)],
    screensMovingRanges: true, individualsWidth: 2.66, minimumFreeze: 12, definesIcons: true)

  /// All rule sets there are, every version.
  public static let available: [RuleSet] = [.anhoej, .makingDataCount]

  /// The rule set with that name, `name` (its latest version) or `name@version`.
  ///
  /// - Throws: `ChartError.unknownRuleSet`.
  public static func named(_ text: String) throws(ChartError) -> RuleSet {
    let matches = available.filter { $0.id.name == text || $0.id.description == text }
    guard let found = matches.max(by: { $0.id.version < $1.id.version }) else { throw .unknownRuleSet(text) }
    return found
  }
}

/// One way in which data can betray a special cause.
public enum Rule: Sendable, Hashable {
  /// A point outside the three-sigma limits. Neighbours beyond the same limit make one signal.
  case outside
  /// So many points in a row on one side of the centre line; a point on the line breaks the stretch.
  case shift(points: Int)
  /// So many points in a row that rise, or fall, all the way; equal neighbours break the stretch.
  case trend(points: Int)
  /// Three points in a row on one side, at least two of them between the near limit (two sigma) and the limit. Only
  /// those close to the limit are flagged.
  case twoOfThree
  /// A run on one side of the centre line that is longer than round(log₂ n) + 3, for n useful points. Points on the
  /// line are skipped.
  case longestRun
  /// Fewer crossings of the centre line than the 5 % quantile of Binomial(n − 1, ½), for n useful points. Says
  /// something about the phase as a whole, not about single points.
  case crossings

  /// Its name in messages and exports.
  public var id: String {
    switch self {
    case .outside: "outside"
    case .shift: "shift"
    case .trend: "trend"
    case .twoOfThree: "two-of-three"
    case .longestRun: "longest-run"
    case .crossings: "crossings"
    }
  }

  /// Whether it needs control limits, which a run chart does not have.
  var needsLimits: Bool {
    switch self {
    case .outside, .twoOfThree: true
    case .shift, .trend, .longestRun, .crossings: false
    }
  }

  /// Whether it says something about each of its members, so that they deserve a mark in a drawing.
  public var marksPoints: Bool { self != .crossings }
}
