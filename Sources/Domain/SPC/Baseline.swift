// SPDX-License-Identifier: Apache-2.0

/// Which points of a phase set its centre line and limits; all its points are judged by them.
public enum Baseline: Sendable, Hashable, Codable {
  /// All points of the phase.
  case all
  /// So many points from the start of the phase: the lines are frozen after them.
  ///
  /// Points that are missing or excluded are counted too, though they set nothing.
  case first(Int)
  /// The points with these indices in the series, counted from 0.
  ///
  /// Those of other phases are passed over; a phase without any of them uses all its points.
  case points(Set<Int>)
}

/// Where a phase begins: a stretch of points with its own centre line and limits.
public struct PhaseStart: Sendable, Hashable, Codable, ExpressibleByIntegerLiteral {
  /// Index, from 0, of the first point of the phase.
  public var index: Int
  /// Why the process is another one from here on.
  public var reason: String
  /// What sets the lines of this phase; nil for what the specification says of all phases.
  public var baseline: Baseline?

  public init(index: Int, reason: String = "", baseline: Baseline? = nil) {
    self.index = index
    self.reason = reason
    self.baseline = baseline
  }

  public init(integerLiteral index: Int) { self.init(index: index) }
}

/// Points that have no part in centre line, limits and runs, each with the reason.
///
/// They are drawn and listed, and can be outside a limit.
public struct Exclusions: Sendable, Hashable, Codable, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// The reason, which may be empty, by index from 0.
  public var reasons: [Int: String]

  public init(_ reasons: [Int: String] = [:]) { self.reasons = reasons }

  /// Exclusions without reasons.
  public init(_ indices: some Sequence<Int>) {
    reasons = Dictionary(indices.map { ($0, "") }, uniquingKeysWith: { first, _ in first })
  }

  public init(arrayLiteral indices: Int...) { self.init(indices) }

  /// Of an index that is given twice, the later reason counts.
  public init(dictionaryLiteral elements: (Int, String)...) {
    reasons = Dictionary(elements, uniquingKeysWith: { _, later in later })
  }

  public var isEmpty: Bool { reasons.isEmpty }
  public func contains(_ index: Int) -> Bool { reasons[index] != nil }
}
