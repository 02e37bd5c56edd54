// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Points far from the centre line of which enough lie among so many points in a row, on one side.
  ///
  /// The row must be full: two points far out at the very start are not two of three yet. Rows that overlap make one
  /// finding, and only the points far out are its members.
  mutating func findZones(_ pattern: Pattern.Zone) {
    for sign in [1, -1] { findZones(pattern, sign: sign) }
    sortLast()
  }

  private mutating func findZones(_ pattern: Pattern.Zone, sign: Int) {
    // One bit for each of the last points: far out on this side, and on this side at all.
    let mask = pattern.of >= 64 ? ~0 : (UInt64(1) << UInt64(pattern.of)) - 1
    var far: UInt64 = 0
    var near: UInt64 = 0
    var seen = 0
    var members: [Int] = []
    // The first candidate that would part the next finding from the last one.
    var lastFlagged = -1
    for candidate in candidates {
      if followsGap != nil, candidate > candidates.lowerBound, isParted(candidate) {
        (far, near, seen) = (0, 0, 0)
      }
      let zone = zone(candidate)
      let isSide = zone.side == sign
      let isFar = isSide && zone.isBeyond(sigma: pattern.sigma, countsOutside: pattern.countsOutside)
      far = (far << 1 | (isFar ? 1 : 0)) & mask
      near = (near << 1 | (isSide ? 1 : 0)) & mask
      seen += 1
      guard far != 0, far.nonzeroBitCount >= pattern.points, seen >= pattern.of, !pattern.needsOneSide || near == mask
      else { continue }
      let first = candidate - pattern.of + 1
      if !members.isEmpty, first > lastFlagged {
        found(members, sign > 0 ? .high : .low)
        members.removeAll(keepingCapacity: true)
      }
      for member in max(first, 0)...candidate where far >> UInt64(candidate - member) & 1 == 1 {
        let row = row(member)
        if row > members.last ?? -1 { members.append(row) }
      }
      lastFlagged = candidate
    }
    if !members.isEmpty { found(members, sign > 0 ? .high : .low) }
  }
}
