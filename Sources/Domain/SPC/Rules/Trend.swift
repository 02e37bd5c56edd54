// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Stretches of at least so many points, each higher (or each lower) than the one before.
  ///
  /// A peak belongs to the rise before it and to the fall after it. Where equal neighbours are passed over, the first of
  /// them belongs to the trend.
  mutating func findTrends(_ points: Int) {
    var long: [(Range<Int>, Int)] = []
    forEachStretch(zero: ruleSet.treatment.equalNeighbours, sign: step) { stretch, count, sign in
      if count + 1 >= points { long.append((stretch, sign)) }
    }
    for (stretch, sign) in long {
      var first = stretch.lowerBound - 1
      while first > candidates.lowerBound, !isParted(first), step(first) == 0 { first -= 1 }
      found([row(first)] + stretch.filter { step($0) == sign }.map(row), sign > 0 ? .high : .low)
    }
  }

  /// Stretches of at least so many points that go up and down in turn; equal neighbours end them.
  mutating func findAlternating(_ points: Int) {
    var long: [Range<Int>] = []
    // The sign of each step, turned round at every second point, is the same all along.
    forEachStretch(
      zero: .breaks, sign: { candidate in step(candidate) * (candidate % 2 == 0 ? 1 : -1) },
      { stretch, count, _ in
        if count + 1 >= points { long.append(stretch) }
      })
    for stretch in long { found((stretch.lowerBound - 1..<stretch.upperBound).map(row), .neither) }
  }

  /// 1 when the candidate is higher than the one before it, -1 when lower, 0 when equal, first or after a gap.
  @inline(__always)
  private func step(_ candidate: Int) -> Int {
    guard candidate > candidates.lowerBound, followsGap == nil || !isParted(candidate) else { return 0 }
    let values = analysis.subgroups.values
    return Int(Tolerance.side(values[row(candidate)], of: values[row(candidate - 1)], scale: scale))
  }
}
