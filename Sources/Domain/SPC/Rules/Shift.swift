// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Stretches of at least so many points on one side of the centre line.
  mutating func findShifts(_ points: Int) {
    findStretches(points, zero: ruleSet.treatment.centreLine) { $0.zone($1).side }
  }

  /// Stretches of at least so many points of which all lie within so many sigma, where there is a sigma.
  mutating func findHugging(_ points: Int, sigma: Int) {
    findStretches(points, zero: .breaks, side: .neither) { search, candidate in
      abs(search.zone(candidate).code) <= sigma
        && search.analysis.lines.sigma(search.row(candidate), search.phase) > 0 ? 1 : 0
    }
  }

  /// Stretches of at least so many points of which none lies within so many sigma.
  mutating func findAvoiding(_ points: Int, sigma: Int) {
    findStretches(points, zero: .breaks, side: .neither) {
      $0.zone($1).isBeyond(sigma: sigma, countsOutside: true) ? 1 : 0
    }
  }

  /// Stretches of at least so many candidates that have one sign; members are those with the sign.
  @inline(__always)
  private mutating func findStretches(
    _ points: Int, zero: Treatment.Handling, side: Side? = nil, sign: (Search, Int) -> Int
  ) {
    let search = self
    var long: [(Range<Int>, Int)] = []
    forEachStretch(zero: zero, sign: { sign(search, $0) }) { stretch, count, sign in
      if count >= points { long.append((stretch, sign)) }
    }
    for (stretch, direction) in long {
      found(
        stretch.filter { sign(search, $0) == direction }.map(row), side ?? (direction > 0 ? .high : .low))
    }
  }
}
