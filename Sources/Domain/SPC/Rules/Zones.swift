// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Points far from the centre line of which enough lie among so many points in a row, on one side.
  ///
  /// The row must be full: two points far out at the very start are not two of three yet. Rows that overlap make one
  /// finding, and only the points far out are its members.
  mutating func findZones(_ pattern: Pattern.Zone) {
    let zones = analysis.zones
    let participants = analysis.participants
    let hasGaps = followsGap != nil
    let farthest: Int8 = pattern.countsOutside ? 4 : 3
    let near = Int8(clamping: pattern.sigma)
    var (high, low) = (ZoneRow(pattern, side: .high), ZoneRow(pattern, side: .low))
    var seen = 0
    // How many points in a row lie on the side of the last one.
    var onSide = 0
    var side: Int8 = 0
    for candidate in candidates {
      if hasGaps, isParted(candidate) {
        high.far = 0
        low.far = 0
        seen = 0
        onSide = 0
      }
      let code = zones[participants.map { Int($0[candidate]) } ?? candidate].code
      let distance = abs(code)
      let isFar = distance > near && distance <= farthest
      seen += 1
      onSide = code.signum() == side ? onSide + 1 : 1
      side = code.signum()
      // Nearly every point of a calm chart ends here.
      if !isFar, high.far == 0, low.far == 0 { continue }
      high.shift(isFar && code > 0)
      low.shift(isFar && code < 0)
      guard seen >= pattern.of else { continue }
      let isOneSided = onSide >= pattern.of
      if !pattern.needsOneSide || (isOneSided && side > 0) { high.look(at: candidate, &self) }
      if !pattern.needsOneSide || (isOneSided && side < 0) { low.look(at: candidate, &self) }
    }
    high.finish(&self)
    low.finish(&self)
    sortLast()
  }
}

/// The last points in a row, as far as they are far out on one side, and what was found of them.
private struct ZoneRow {
  private let pattern: Pattern.Zone
  private let side: Side
  private let mask: UInt64
  /// One bit for each of the last points, the latest lowest: whether it is far out on this side.
  var far: UInt64 = 0
  private var members: [Int] = []
  private var lastFlagged = -1

  init(_ pattern: Pattern.Zone, side: Side) {
    self.pattern = pattern
    self.side = side
    mask = pattern.of >= 64 ? ~0 : (UInt64(1) << UInt64(pattern.of)) - 1
  }

  @inline(__always)
  mutating func shift(_ isFar: Bool) { far = (far << 1 | (isFar ? 1 : 0)) & mask }

  /// Takes the points far out if there are enough of them among the last ones.
  mutating func look(at candidate: Int, _ search: inout Search) {
    guard far.nonzeroBitCount >= pattern.points else { return }
    let first = candidate - pattern.of + 1
    if first > lastFlagged { finish(&search) }
    for member in first...candidate where far >> UInt64(candidate - member) & 1 == 1 {
      let row = search.row(member)
      if row > members.last ?? -1 { members.append(row) }
    }
    lastFlagged = candidate
  }

  mutating func finish(_ search: inout Search) {
    if members.isEmpty { return }
    search.found(members, side)
    members.removeAll(keepingCapacity: true)
  }
}
