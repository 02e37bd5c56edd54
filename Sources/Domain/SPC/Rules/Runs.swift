// SPDX-License-Identifier: Apache-2.0

extension Analysis {
  /// Every run that is longer than Anhøj's limit for the phase.
  ///
  /// None for subgroups without an order.
  func longRuns(phase: Int) -> [Finding] {
    guard subgroups.areOrdered, let runs = runs[phase], runs.isRunTooLong else { return [] }
    var findings: [Finding] = []
    var stretch = Stretch()
    for row in phases[phase] where sides[row] != 0 && takesPart(row) {
      if sides[row] == stretch.sign {
        stretch.append(row)
      } else {
        if let finding = stretch.finding(.longestRun, phase: phase, atLeast: runs.longestRunLimit + 1) {
          findings.append(finding)
        }
        stretch.start(sides[row], with: row)
      }
    }
    if let finding = stretch.finding(.longestRun, phase: phase, atLeast: runs.longestRunLimit + 1) {
      findings.append(finding)
    }
    return findings
  }

  /// The useful points of a phase that crosses its centre line less often than Anhøj's limit.
  ///
  /// None for subgroups without an order.
  func fewCrossings(phase: Int) -> [Finding] {
    guard subgroups.areOrdered, let runs = runs[phase], runs.areCrossingsTooFew else { return [] }
    let useful = phases[phase].filter { sides[$0] != 0 && takesPart($0) }
    return [Finding(rule: .crossings, phase: phase, members: useful, side: .neither)]
  }
}
