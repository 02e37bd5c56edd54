// SPDX-License-Identifier: Apache-2.0

extension Analysis {
  /// Points between a near limit and its limit that lie in three points in a row, all on the same side of the centre
  /// line, of which at least two are so close.
  ///
  /// A point outside the limits is not one of the two. Threes that overlap make one finding.
  func twoOfThree(phase: Int) -> [Finding] {
    var findings: [Finding] = []
    var flagged = Stretch()
    // The last two points that take part; and the first row of the three that flagged last.
    var window: [Int] = []
    var lastOfFlagging = -1
    for row in phases[phase] where takesPart(row) {
      window.append(row)
      if window.count > 3 { window.removeFirst() }
      guard window.count == 3, sides[row] != 0, window.allSatisfy({ sides[$0] == sides[row] }) else { continue }
      let close = window.filter { nearLimit($0, phase: phase) == sides[row] }
      guard close.count >= 2 else { continue }
      if flagged.sign != sides[row] || window[0] > lastOfFlagging {
        if let finding = flagged.finding(.twoOfThree, phase: phase, atLeast: 1) { findings.append(finding) }
        flagged.start(sides[row])
      }
      for member in close where member > flagged.rows.last ?? -1 { flagged.append(member) }
      lastOfFlagging = row
    }
    if let finding = flagged.finding(.twoOfThree, phase: phase, atLeast: 1) { findings.append(finding) }
    return findings
  }
}
