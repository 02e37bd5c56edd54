// SPDX-License-Identifier: Apache-2.0

/// Comparing computed numbers so that the last bits of the arithmetic decide nothing.
///
/// A value that exact arithmetic puts on a line must not fall beside it because the line was summed in binary. What is
/// within 10⁻¹² of the larger of the two is equal, and what is within 10⁻¹⁵ of the largest value of the phase too, since
/// that is what cancellation leaves of a mean near 0.
enum Tolerance {
  static func areEqual(_ left: Double, _ right: Double, scale: Double = 0) -> Bool {
    abs(left - right) <= 1e-12 * max(abs(left), abs(right)) + 1e-15 * scale
  }

  /// -1 below, 0 on, 1 above the line; 0 as well when either is not defined.
  @inline(__always)
  static func side(_ value: Double, of line: Double, scale: Double) -> Int8 {
    if areEqual(value, line, scale: scale) { return 0 }
    return value > line ? 1 : value < line ? -1 : 0
  }
}
