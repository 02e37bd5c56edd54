// SPDX-License-Identifier: Apache-2.0

extension Analysis {
  /// Stretches of at least so many points, each higher (or each lower) than the one before.
  ///
  /// Equal neighbours end a stretch. A peak belongs to the rise before it and to the fall after it.
  func trends(of length: Int, phase: Int) -> [Finding] {
    var findings: [Finding] = []
    var stretch = Stretch()
    var previous: Int?
    for row in phases[phase] where takesPart(row) {
      if let previous {
        let sign = Tolerance.side(
          subgroups.values[row], of: subgroups.values[previous], scale: scales[phase])
        if sign == stretch.sign {
          if sign != 0 { stretch.append(row) }
        } else {
          if let finding = stretch.finding(.trend(points: length), phase: phase, atLeast: length) {
            findings.append(finding)
          }
          sign == 0 ? stretch.start(0) : stretch.start(sign, with: previous, row)
        }
      }
      previous = row
    }
    if let finding = stretch.finding(.trend(points: length), phase: phase, atLeast: length) { findings.append(finding) }
    return findings
  }
}
