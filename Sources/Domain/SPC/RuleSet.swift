// SPDX-License-Identifier: Apache-2.0

/// The name of a rule set with its version, such as `making-data-count@1`.
///
/// Whatever changes a verdict gets a new version, so that an old report can be told from a new one.
public struct RuleSetID: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Lower case words joined by `-`.
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
/// It can be written in JSON and read from it, which is how an organisation brings a rule set of its own. All rule sets
/// agree on this: a rule never looks across a phase border, and a point on a limit is not outside.
public struct RuleSet: Sendable, Hashable, Codable {
  public let id: RuleSetID
  /// What people call it.
  public let title: String
  /// Where it is defined.
  public let source: String
  /// The rules, the one with precedence first: a point that several rules flag is marked for the first of them.
  public let rules: [Rule]
  /// How it treats points that are on a line, alike, missing or excluded.
  public let treatment: Treatment
  /// Whether its owner screens moving ranges (`ChartMethod.screensMovingRanges`).
  public let screensMovingRanges: Bool
  /// Three sigma of an I chart, in mean moving ranges: 3/1.128, or the rounded 2.66.
  public let individualsWidth: Double
  /// The smallest baseline that may be frozen on the first points of a phase.
  public let minimumFreeze: Int
  /// Icons for variation and assurance, if it defines them.
  public let icons: Icons?

  /// When Making Data Count's icons are shown, and what they prefer.
  public struct Icons: Sendable, Hashable, Codable {
    /// With fewer values in the latest phase there is no icon.
    public let minimumPoints: Int
    /// Whether a point that is flagged as improvement by one rule and as concern by another counts as improvement.
    ///
    /// Otherwise the rule with precedence decides.
    public let prefersImprovement: Bool

    public init(minimumPoints: Int, prefersImprovement: Bool) {
      self.minimumPoints = minimumPoints
      self.prefersImprovement = prefersImprovement
    }
  }

  public init(
    id: RuleSetID, title: String, source: String, rules: [Rule], treatment: Treatment = Treatment(),
    screensMovingRanges: Bool = false, individualsWidth: Double = 3 / 1.128, minimumFreeze: Int = 1,
    icons: Icons? = nil
  ) {
    self.id = id
    self.title = title
    self.source = source
    self.rules = rules
    self.treatment = treatment
    self.screensMovingRanges = screensMovingRanges
    self.individualsWidth = individualsWidth
    self.minimumFreeze = minimumFreeze
    self.icons = icons
  }

  /// All rule sets there are, every version.
  public static let available: [RuleSet] = [
    .anhoej, .anhoejBestBox, .anhoejCutBox, .makingDataCount1, .makingDataCount2, .lifeQI, .ihi, .westernElectric,
    .nelson, .cec,
  ]

  /// The rule set with that name, `name` (its latest version) or `name@version`.
  ///
  /// Its title is a name as well. Case does not count, and blanks and underscores are hyphens: `IHI`, `Making Data Count`.
  ///
  /// - Throws: `ChartError.unknownRuleSet`.
  public static func named(_ text: String) throws(ChartError) -> RuleSet {
    let name = key(text)
    let matches = available.filter { [$0.id.name, $0.id.description, key($0.title)].contains(name) }
    guard let found = matches.max(by: { $0.id.version < $1.id.version }) else { throw .unknownRuleSet(text) }
    return found
  }

  private static func key(_ text: String) -> String {
    String(text.lowercased().map { $0 == " " || $0 == "_" ? "-" : $0 })
  }
}

extension RuleSet: CustomStringConvertible {
  /// `name@version`.
  public var description: String { id.description }
}

/// How a rule set treats points that are neither here nor there.
///
/// At the border of two phases every pattern ends.
public struct Treatment: Sendable, Hashable, Codable {
  /// What such a point does to a pattern that it lies in.
  public enum Handling: String, Sendable, Hashable, CaseIterable, Codable {
    /// It ends the pattern.
    case breaks
    /// It neither ends the pattern nor belongs to it.
    case passedOver = "passed-over"
  }

  /// What becomes of points that are excluded from the lines.
  public enum Excluded: String, Sendable, Hashable, CaseIterable, Codable {
    /// They can be outside a limit; other patterns pass over them.
    case canBeOutside = "can-be-outside"
    /// All patterns pass over them.
    case passedOver = "passed-over"
  }

  /// A point on the centre line, for patterns about sides.
  public var centreLine: Handling
  /// A point equal to the one before it, for trends.
  public var equalNeighbours: Handling
  /// A missing value, or a period that has no point.
  public var gaps: Handling
  public var excluded: Excluded

  public init(
    centreLine: Handling = .breaks, equalNeighbours: Handling = .breaks, gaps: Handling = .passedOver,
    excluded: Excluded = .canBeOutside
  ) {
    self.centreLine = centreLine
    self.equalNeighbours = equalNeighbours
    self.gaps = gaps
    self.excluded = excluded
  }
}
