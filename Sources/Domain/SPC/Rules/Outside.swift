// SPDX-License-Identifier: Apache-2.0

extension Analysis {
  /// Points beyond a three-sigma limit as reported; neighbours beyond the same limit are one finding.
  ///
  /// Excluded points count: leaving a point out of the limits does not make it usual. A missing value between two points
  /// does not part them.
  func stretchesOutside(phase: Int) -> [Finding] {
    var findings: [Finding] = []
    var stretch = Stretch()
    for row in phases[phase] where !subgroups.values[row].isNaN {
      let sign = outside(row, phase: phase)
      if sign == stretch.sign {
        if sign != 0 { stretch.append(row) }
      } else {
        if let finding = stretch.finding(.outside, phase: phase, atLeast: 1) { findings.append(finding) }
        sign == 0 ? stretch.start(0) : stretch.start(sign, with: row)
      }
    }
    if let finding = stretch.finding(.outside, phase: phase, atLeast: 1) { findings.append(finding) }
    return findings
  }
}
