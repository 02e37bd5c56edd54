// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Points beyond a three-sigma limit as shown; neighbours beyond the same limit are one finding.
  ///
  /// Excluded points count unless the rule set says otherwise: leaving a point out of the limits does not make it usual. A
  /// missing value between two points does not part them unless gaps do.
  mutating func findOutside() {
    guard analysis.farthest[phase] > 3 else { return }
    let zones = analysis.zones
    let countsExcluded = treatment.excluded == .canBeOutside
    var members: [Int] = []
    var sign = 0
    for row in rows {
      let outside = zones[row].outside
      // Nearly every row of a calm chart ends here.
      if outside == 0, sign == 0 { continue }
      let isMissing = analysis.subgroups.values[row].isNaN
      let isPassedOver = isMissing || (!countsExcluded && analysis.subgroups.isExcluded(row))
      let endsByGap = followsGap.map { $0[row] || isMissing } ?? false
      if isPassedOver, !endsByGap { continue }
      if sign != 0, outside != sign || endsByGap {
        found(members, sign > 0 ? .high : .low)
        members = []
        sign = 0
      }
      if outside != 0, !isPassedOver {
        if sign == 0 { members.reserveCapacity(4) }
        sign = outside
        members.append(row)
      }
    }
    if sign != 0 { found(members, sign > 0 ? .high : .low) }
  }
}
