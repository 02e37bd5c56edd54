// SPDX-License-Identifier: Apache-2.0

/// Why a rule set from outside cannot be used.
public enum RuleSetError: Error, Sendable, Hashable {
  /// The name is empty, or has other characters than `a` to `z`, `0` to `9` and `-`.
  case nameMalformed(String)
  /// A version is 1 or more.
  case versionOutOfRange(Int)
  /// Two rules have one name.
  case ruleTwice(String)
  /// A number of a rule is outside its range.
  case outOfRange(rule: String, field: String, value: Int, accepted: ClosedRange<Int>)
  /// The width of an I chart is no finite number above 0.
  case widthOutOfRange(Double)
  /// There is a rule set of that name and version already, and it says something else.
  case taken(RuleSetID)
}

extension RuleSetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nameMalformed(let name):
      "“\(name)” is not a name for a rule set; use letters from a to z, digits and hyphens."
    case .versionOutOfRange(let version): "A rule set has version \(version); versions begin at 1."
    case .ruleTwice(let id): "Two rules are called “\(id)”; each needs a name of its own."
    case .outOfRange(let rule, let field, let value, let accepted):
      "The rule “\(rule)” has \(field) \(value); \(accepted.lowerBound) to \(accepted.upperBound) is accepted."
    case .widthOutOfRange(let width): "The width of I charts is \(width); it must be a finite number above 0."
    case .taken(let id): "There is a rule set \(id) already; give yours another name or version."
    }
  }
}

extension RuleSet {
  /// Checks what the compiler cannot: names, and numbers within what the rules can work with.
  ///
  /// To be called on every rule set that comes from outside.
  public func check() throws(RuleSetError) {
    let isNamed =
      !id.name.isEmpty && id.name.utf8.count <= 64
      && id.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isNamed else { throw .nameMalformed(id.name) }
    guard id.version >= 1 else { throw .versionOutOfRange(id.version) }
    if let known = RuleSet.available.first(where: { $0.id == id }), known != self { throw .taken(id) }
    guard individualsWidth.isFinite, individualsWidth > 0 else { throw .widthOutOfRange(individualsWidth) }
    var ids: Set<String> = []
    for rule in rules {
      guard ids.insert(rule.id).inserted else { throw .ruleTwice(rule.id) }
      try rule.check()
    }
  }
}

extension Rule {
  fileprivate func check() throws(RuleSetError) {
    func require(_ field: String, _ value: Int, _ accepted: ClosedRange<Int>) throws(RuleSetError) {
      guard accepted.contains(value) else {
        throw .outOfRange(rule: id, field: field, value: value, accepted: accepted)
      }
    }
    switch pattern {
    case .outside, .longestRun, .crossings, .box, .runCount: break
    case .shift(let points), .trend(let points): try require("points", points, 2...1000)
    case .alternating(let points): try require("points", points, 3...1000)
    case .hugging(let points, let sigma), .avoiding(let points, let sigma):
      try require("points", points, 2...1000)
      try require("sigma", sigma, 1...2)
    case .zone(let zone):
      try require("of", zone.of, 1...64)
      try require("points", zone.points, 1...zone.of)
      try require("sigma", zone.sigma, 1...2)
    }
  }
}
