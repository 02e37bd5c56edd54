// SPDX-License-Identifier: Apache-2.0

/// How far a value lies from the centre line, in sigma, and on which side: all that most patterns look at.
///
/// 0 on the centre line, missing or without one; otherwise 1 within one sigma, 2 within two, 3 within three, 4 beyond
/// three, 5 where no limits are defined; negative below the line.
struct Zone: Sendable, Hashable {
  let code: Int8

  /// What is added to 1 for a value without limits.
  private static let withoutLimits: Int8 = 4

  @inline(__always)
  init(code: Int8) { self.code = code }

  /// 1 above the centre line, -1 below, 0 on it or unknown.
  @inline(__always)
  var side: Int { Int(code.signum()) }

  /// 1 beyond the upper limit, -1 beyond the lower one, else 0.
  @inline(__always)
  var outside: Int { code == 4 ? 1 : code == -4 ? -1 : 0 }

  /// Whether the value is more than so many sigma (1 or 2) from the centre line.
  @inline(__always)
  func isBeyond(sigma: Int, countsOutside: Bool) -> Bool {
    let distance = Int(abs(code))
    return distance > sigma && distance <= (countsOutside ? 4 : 3)
  }

  /// The zones of all values, and the farthest zone of each phase.
  ///
  /// What lies on a line lies within it; comparisons are tolerant (`Tolerance`), so that the last bits decide nothing. That
  /// limits are cut makes no difference: no value lies beyond what they are cut to.
  static func zones(of values: [Double], phases: [Range<Int>], lines: Lines) -> (zones: [Zone], farthest: [Int8]) {
    var zones = [Zone](repeating: Zone(code: 0), count: values.count)
    var farthest: [Int8] = []
    farthest.reserveCapacity(phases.count)
    for (index, rows) in phases.enumerated() {
      let own = lines.phases[index]
      if own.centre.isNaN {
        farthest.append(0)
      } else if let sigmas = lines.sigmas {
        farthest.append(fill(&zones, rows, values, own) { sigmas[$0] })
      } else {
        farthest.append(fill(&zones, rows, values, own) { _ in own.sigma })
      }
    }
    return (zones, farthest)
  }

  /// Sums of comparisons in place of branches: which side a value lies on cannot be foretold.
  @inline(__always)
  private static func fill(
    _ zones: inout [Zone], _ rows: Range<Int>, _ values: [Double], _ lines: Lines.Phase, sigma: (Int) -> Double
  ) -> Int8 {
    var farthest: Int8 = 0
    for row in rows {
      let value = values[row]
      let sigma = sigma(row)
      let tolerance = Tolerance.of(value, scale: lines.scale)
      let distance = value - lines.centre
      // Comparisons with NaN are false, so that a value without limits is found within one sigma.
      let beyond = abs(value - lines.middle) - tolerance
      let passed = one(beyond > sigma) &+ one(beyond > 2 * sigma) &+ one(beyond > 3 * sigma)
      let isOff = one(abs(distance) > tolerance)
      farthest = max(farthest, isOff &* passed)
      let code = isOff &* (1 &+ (passed | Zone.withoutLimits &* one(sigma.isNaN)))
      zones[row] = Zone(code: distance < 0 ? 0 &- code : code)
    }
    return farthest &+ 1
  }

  @inline(__always)
  private static func one(_ condition: Bool) -> Int8 { condition ? 1 : 0 }
}
