// SPDX-License-Identifier: Apache-2.0

/// How far a value lies from the centre line, in sigma, and on which side: all that most patterns look at.
///
/// 0 on the centre line, missing or without one; otherwise 1 within one sigma, 2 within two, 3 within three, 4 beyond
/// three, 5 where no limits are defined; negative below the line.
struct Zone: Sendable, Hashable {
  let code: Int8

  private static let withoutLimits: Int8 = 5

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

  /// The zones of all values, by the limits as they are shown.
  ///
  /// What lies on a line lies within it; comparisons are tolerant (`Tolerance`), so that the last bits decide nothing.
  static func zones(of values: [Double], phases: [Range<Int>], lines: Lines) -> [Zone] {
    var zones = [Zone](repeating: Zone(code: 0), count: values.count)
    let (lowest, highest) = (lines.bounds.lowerBound, lines.bounds.upperBound)
    for (index, rows) in phases.enumerated() {
      let own = lines.phases[index]
      if own.centre.isNaN { continue }
      for row in rows {
        let value = values[row]
        let tolerance = Tolerance.of(value, scale: own.scale)
        let distance = value - own.centre
        // False for NaN.
        guard abs(distance) > tolerance else { continue }
        let sigma = lines.sigmas?[row] ?? own.sigma
        let side: Int8 = distance > 0 ? 1 : -1
        if sigma.isNaN {
          zones[row] = Zone(code: side * Zone.withoutLimits)
          continue
        }
        let code: Int8
        if side > 0 {
          let beyond = value - tolerance
          code =
            beyond > min(own.middle + 2 * sigma, highest)
            ? (beyond > min(own.middle + 3 * sigma, highest) ? 4 : 3)
            : (beyond > min(own.middle + sigma, highest) ? 2 : 1)
        } else {
          let beyond = value + tolerance
          code =
            beyond < max(own.middle - 2 * sigma, lowest)
            ? (beyond < max(own.middle - 3 * sigma, lowest) ? -4 : -3)
            : (beyond < max(own.middle - sigma, lowest) ? -2 : -1)
        }
        zones[row] = Zone(code: code)
      }
    }
    return zones
  }
}
