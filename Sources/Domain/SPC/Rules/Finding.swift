// SPDX-License-Identifier: Apache-2.0

/// What a rule found, before it has words.
struct Finding: Equatable {
  let rule: Rule
  let phase: Int
  /// Ascending, at least one.
  let members: [Int]
  let side: Side
}

extension Analysis {
  /// Everything the rule set finds, in order of phases, then of its rules, then of time.
  func findings() -> [Finding] {
    var findings: [Finding] = []
    for phase in phases.indices {
      for rule in method.ruleSet.rules where method.kind.hasLimits || !rule.needsLimits {
        findings.append(contentsOf: self.findings(of: rule, phase: phase))
      }
    }
    return findings
  }

  /// What one rule finds in one phase, in order of time.
  func findings(of rule: Rule, phase: Int) -> [Finding] {
    switch rule {
    case .outside: stretchesOutside(phase: phase)
    case .shift(let points): shifts(of: points, phase: phase)
    case .trend(let points): trends(of: points, phase: phase)
    case .twoOfThree: twoOfThree(phase: phase)
    case .longestRun: longRuns(phase: phase)
    case .crossings: fewCrossings(phase: phase)
    }
  }
}

/// Rows collected while they go on in one direction.
struct Stretch {
  private(set) var rows: [Int] = []
  private(set) var sign: Int8 = 0

  mutating func start(_ sign: Int8, with rows: Int...) {
    self.rows.removeAll(keepingCapacity: true)
    self.rows.append(contentsOf: rows)
    self.sign = sign
  }

  mutating func append(_ row: Int) { rows.append(row) }

  /// A finding if it is long enough.
  func finding(_ rule: Rule, phase: Int, atLeast length: Int) -> Finding? {
    guard sign != 0, rows.count >= length else { return nil }
    return Finding(rule: rule, phase: phase, members: rows, side: sign > 0 ? .high : .low)
  }
}
