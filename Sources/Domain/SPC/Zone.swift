// SPDX-License-Identifier: Apache-2.0

/// How far a value lies from the centre line, in sigma, and on which side: all that most patterns look at.
struct Zone: Sendable, Hashable {
  /// 0 on the centre line, missing or without one; otherwise 1 within one sigma, 2 within two, 3 within three, 4 beyond
  /// three, 5 where no limits are defined; negative below the line.
  let code: Int8

  static let beyondLimit: Int8 = 4
  private static let withoutLimits: Int8 = 5

  /// The zone of a value, by the limits as they are shown.
  ///
  /// What lies on a line lies within it; comparisons are tolerant (`Tolerance`), so that the last bits decide nothing.
  @inline(__always)
  init(_ value: Double, row: Int, phase: Int, of lines: Lines) {
    let own = lines.phases[phase]
    let side = Tolerance.side(value, of: own.centre, scale: own.scale)
    let sigma = lines.sigma(row, phase)
    guard side != 0, !sigma.isNaN else {
      code = side * Zone.withoutLimits
      return
    }
    let sign = side > 0 ? 1.0 : -1.0
    func isBeyond(_ width: Double) -> Bool {
      let limit = lines.limit(sign * width, row, phase)
      return sign * (value - limit) > 0 && !Tolerance.areEqual(value, limit, scale: own.scale)
    }
    let distance: Int8 = isBeyond(2) ? (isBeyond(3) ? 4 : 3) : isBeyond(1) ? 2 : 1
    code = side * distance
  }

  /// 1 above the centre line, -1 below, 0 on it or unknown.
  @inline(__always)
  var side: Int { code.signum() > 0 ? 1 : code < 0 ? -1 : 0 }

  /// 1 beyond the upper limit, -1 beyond the lower one, else 0.
  @inline(__always)
  var outside: Int { code == Zone.beyondLimit ? 1 : code == -Zone.beyondLimit ? -1 : 0 }

  /// Whether the value is more than so many sigma (1 or 2) from the centre line.
  @inline(__always)
  func isBeyond(sigma: Int, countsOutside: Bool) -> Bool {
    let distance = abs(code)
    return distance > sigma && distance <= (countsOutside ? 4 : 3)
  }
}
