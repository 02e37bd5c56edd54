// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Points far from the centre line of which enough lie among so many points in a row, on one side.
  ///
  /// The row must be full: two points far out at the very start are not two of three yet. Rows that overlap make one
  /// finding, and only the points far out are its members.
  mutating func findZones(_ pattern: Pattern.Zone) {
    let near = Int8(clamping: pattern.sigma)
    guard analysis.farthest[phase] > near else { return }
    let zones = analysis.zones
    // In both cases the same, but without a question for every point.
    if let participants = analysis.participants {
      findZones(pattern, near: near) { zones[Int(participants[$0])].code }
    } else {
      findZones(pattern, near: near) { zones[$0].code }
    }
  }

  @inline(__always)
  private mutating func findZones(_ pattern: Pattern.Zone, near: Int8, code codeOf: (Int) -> Int8) {
    let before = signals.count
    let hasGaps = followsGap != nil
    let beyond = near + 1
    let farthest: Int8 = pattern.countsOutside ? 4 : 3
    let mask = pattern.of >= 64 ? ~0 : (UInt64(1) << UInt64(pattern.of)) - 1
    // One bit for each of the last points, the latest lowest: whether it is far out on that side.
    var (farHigh, farLow): (UInt64, UInt64) = (0, 0)
    var (high, low) = (FarPoints(side: .high), FarPoints(side: .low))
    // The first candidate after the last gap.
    var start = candidates.lowerBound
    for candidate in candidates {
      if hasGaps, isParted(candidate) {
        (farHigh, farLow) = (0, 0)
        start = candidate
      }
      let code = codeOf(candidate)
      let isFar = abs(code) >= beyond && abs(code) <= farthest
      // Nearly every point of a calm chart ends here.
      if !isFar, farHigh | farLow == 0 { continue }
      farHigh = (farHigh << 1 | (isFar && code > 0 ? 1 : 0)) & mask
      farLow = (farLow << 1 | (isFar && code < 0 ? 1 : 0)) & mask
      let isHigh = farHigh.nonzeroBitCount >= pattern.points
      let isLow = farLow.nonzeroBitCount >= pattern.points
      let first = candidate - pattern.of + 1
      guard isHigh || isLow, first >= start else { continue }
      if isHigh, !pattern.needsOneSide || (first...candidate).allSatisfy({ codeOf($0) > 0 }) {
        high.take(farHigh, first...candidate, &self)
      }
      if isLow, !pattern.needsOneSide || (first...candidate).allSatisfy({ codeOf($0) < 0 }) {
        low.take(farLow, first...candidate, &self)
      }
    }
    high.finish(&self)
    low.finish(&self)
    sort(from: before)
  }
}

/// What was found on one side and may go on.
private struct FarPoints {
  let side: Side
  private var members: [Int] = []
  private var lastFlagged = -1

  init(side: Side) { self.side = side }

  /// Takes the points of a row that are far out, as the bits tell; parts what they do not overlap.
  mutating func take(_ far: UInt64, _ row: ClosedRange<Int>, _ search: inout Search) {
    if row.lowerBound > lastFlagged { finish(&search) }
    if members.isEmpty { members.reserveCapacity(row.count) }
    for member in row where far >> UInt64(row.upperBound - member) & 1 == 1 {
      let row = search.row(member)
      if row > members.last ?? -1 { members.append(row) }
    }
    lastFlagged = row.upperBound
  }

  mutating func finish(_ search: inout Search) {
    if members.isEmpty { return }
    search.found(members, side)
    members = []
  }
}
