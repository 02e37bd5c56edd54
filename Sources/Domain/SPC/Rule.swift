// SPDX-License-Identifier: Apache-2.0

/// One way in which data can betray a special cause, as a rule set has it.
public struct Rule: Sendable, Hashable, Codable {
  /// Its name in messages and exports, such as `shift`; one of a kind within its rule set.
  public let id: String
  /// What it looks for.
  public let pattern: Pattern

  public init(id: String, pattern: Pattern) {
    self.id = id
    self.pattern = pattern
  }

  /// A rule with the usual name of its pattern.
  public init(_ pattern: Pattern) { self.init(id: pattern.usualID, pattern: pattern) }

  /// Whether it says something about each of its members, so that they deserve a mark in a drawing.
  public var marksPoints: Bool { pattern.marksPoints }
}

/// What a rule looks for.
///
/// "In a row" means among the points that take part: `Treatment` says which do not, and what they do to a row.
public enum Pattern: Sendable, Hashable, Codable {
  /// A point outside the three-sigma limits. Neighbours beyond the same limit make one signal.
  case outside
  /// So many points in a row on one side of the centre line.
  case shift(points: Int)
  /// So many points in a row that rise, or fall, all the way.
  case trend(points: Int)
  /// So many of so many points in a row far from the centre line, on one side.
  case zone(Zone)
  /// So many points in a row that all lie within so many sigma (1 or 2) of the centre line, on either side: the limits
  /// are too wide, or the values not what they seem.
  case hugging(points: Int, sigma: Int)
  /// So many points in a row that all lie beyond so many sigma (1 or 2) of the centre line, on either side: two
  /// processes in one chart.
  case avoiding(points: Int, sigma: Int)
  /// So many points in a row that go up and down in turn.
  case alternating(points: Int)
  /// A run on one side of the centre line that is longer than round(log₂ n) + 3, for n useful points.
  case longestRun
  /// Fewer crossings of the centre line than the 5 % quantile of Binomial(n − 1, ½), for n useful points. Says
  /// something about the phase as a whole, not about single points.
  case crossings
  /// A longest run and a number of crossings that together lie outside a box of likely pairs.
  case box(RunsBox)
  /// Fewer or more runs about the centre line than a published table has for so many useful points.
  case runCount

  /// So many of so many points in a row far from the centre line.
  public struct Zone: Sendable, Hashable, Codable {
    /// How many must be far out.
    public var points: Int
    /// How many points in a row are looked at; at most 64.
    public var of: Int
    /// How far out, in sigma: 1 or 2.
    public var sigma: Int
    /// Whether points outside the limits count as far out, too.
    public var countsOutside: Bool
    /// Whether the others of the row must lie on the same side.
    public var needsOneSide: Bool

    public init(points: Int, of: Int, sigma: Int, countsOutside: Bool, needsOneSide: Bool) {
      self.points = points
      self.of = of
      self.sigma = sigma
      self.countsOutside = countsOutside
      self.needsOneSide = needsOneSide
    }
  }

  /// Whether it needs control limits, which a run chart does not have.
  var needsLimits: Bool {
    switch self {
    case .outside, .zone, .hugging, .avoiding: true
    case .shift, .trend, .alternating, .longestRun, .crossings, .box, .runCount: false
    }
  }

  /// Whether it says something about each of its members.
  var marksPoints: Bool {
    switch self {
    case .crossings, .box, .runCount: false
    case .outside, .shift, .trend, .zone, .hugging, .avoiding, .alternating, .longestRun: true
    }
  }

  /// What most call a rule with this pattern.
  var usualID: String {
    switch self {
    case .outside: "outside"
    case .shift: "shift"
    case .trend: "trend"
    case .zone(let zone): "\(spelled(zone.points))-of-\(spelled(zone.of))"
    case .hugging: "hugging"
    case .avoiding: "avoiding"
    case .alternating: "alternating"
    case .longestRun: "longest-run"
    case .crossings: "crossings"
    case .box: "runs"
    case .runCount: "run-count"
    }
  }
}

/// `two` for 2, up to ten; digits beyond.
func spelled(_ number: Int) -> String {
  let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
  return words.indices.contains(number) ? words[number] : String(number)
}
