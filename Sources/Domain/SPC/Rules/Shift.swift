// SPDX-License-Identifier: Apache-2.0

extension Analysis {
  /// Stretches of at least so many points on one side of the centre line; a point on the line ends a stretch.
  func shifts(of length: Int, phase: Int) -> [Finding] {
    var findings: [Finding] = []
    var stretch = Stretch()
    for row in phases[phase] where takesPart(row) {
      let sign = sides[row]
      if sign == stretch.sign {
        if sign != 0 { stretch.append(row) }
      } else {
        if let finding = stretch.finding(.shift(points: length), phase: phase, atLeast: length) {
          findings.append(finding)
        }
        sign == 0 ? stretch.start(0) : stretch.start(sign, with: row)
      }
    }
    if let finding = stretch.finding(.shift(points: length), phase: phase, atLeast: length) { findings.append(finding) }
    return findings
  }
}
