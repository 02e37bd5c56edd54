// SPDX-License-Identifier: Apache-2.0

extension Search {
  /// Stretches of at least so many points on one side of the centre line.
  mutating func findShifts(_ points: Int) {
    let zones = analysis.zones
    let participants = analysis.participants
    // In both cases the same, but without a question for every point.
    if let participants {
      findStretches(points, zero: treatment.centreLine) { zones[Int(participants[$0])].side }
    } else {
      findStretches(points, zero: treatment.centreLine) { zones[$0].side }
    }
  }

  /// Stretches of at least so many points of which all lie within so many sigma, where there is a sigma.
  mutating func findHugging(_ points: Int, sigma: Int) {
    let (analysis, phase) = (analysis, phase)
    findStretches(points, zero: .breaks, side: .neither) { candidate in
      let row = analysis.participants.map { Int($0[candidate]) } ?? candidate
      return abs(analysis.zones[row].code) <= sigma && analysis.lines.sigma(row, phase) > 0 ? 1 : 0
    }
  }

  /// Stretches of at least so many points of which none lies within so many sigma.
  mutating func findAvoiding(_ points: Int, sigma: Int) {
    let analysis = analysis
    findStretches(points, zero: .breaks, side: .neither) { candidate in
      let row = analysis.participants.map { Int($0[candidate]) } ?? candidate
      return analysis.zones[row].isBeyond(sigma: sigma, countsOutside: true) ? 1 : 0
    }
  }

  /// Stretches of at least so many candidates that have one sign; members are those with the sign.
  @inline(__always)
  private mutating func findStretches(
    _ points: Int, zero: Treatment.Handling, side: Side? = nil, sign: (Int) -> Int
  ) {
    for stretch in stretches(atLeast: points, zero: zero, sign: sign) {
      found(members(of: stretch, sign: sign), side ?? (stretch.sign > 0 ? .high : .low))
    }
  }
}
