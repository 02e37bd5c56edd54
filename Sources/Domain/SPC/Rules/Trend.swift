// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Stretches of at least so many points, each higher (or each lower) than the one before.
  ///
  /// A peak belongs to the rise before it and to the fall after it. Where equal neighbours are passed over, the first of
  /// them belongs to the trend.
  mutating func findTrends(_ points: Int) {
    let values = analysis.subgroups.values
    let (scale, first) = (scale, candidates.lowerBound)
    let long =
      if analysis.participants == nil, followsGap == nil {
        // The same, but without questions for every point.
        stretches(atLeast: points - 1, zero: treatment.equalNeighbours) { row in
          row > first ? Tolerance.side(values[row], of: values[row - 1], scale: scale) : 0
        }
      } else {
        stretches(atLeast: points - 1, zero: treatment.equalNeighbours, sign: step)
      }
    for stretch in long {
      var start = stretch.candidates.lowerBound - 1
      while start > first, !isParted(start), step(start) == 0 { start -= 1 }
      let steps = stretch.candidates.filter { step($0) == stretch.sign }
      found([row(start)] + steps.map(row), stretch.sign > 0 ? .high : .low)
    }
  }

  /// Stretches of at least so many points that go up and down in turn; equal neighbours end them.
  mutating func findAlternating(_ points: Int) {
    // The sign of each step, turned round at every second point, is the same all along.
    let long = stretches(atLeast: points - 1, zero: .breaks) { step($0) * ($0 % 2 == 0 ? 1 : -1) }
    for stretch in long {
      found((stretch.candidates.lowerBound - 1..<stretch.candidates.upperBound).map(row), .neither)
    }
  }

  /// 1 when the candidate is higher than the one before it, -1 when lower, 0 when equal, first or after a gap.
  private func step(_ candidate: Int) -> Int {
    guard candidate > candidates.lowerBound, !isParted(candidate) else { return 0 }
    let values = analysis.subgroups.values
    return Tolerance.side(values[row(candidate)], of: values[row(candidate - 1)], scale: scale)
  }
}
