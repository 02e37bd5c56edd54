// SPDX-License-Identifier: Apache-2.0

/// Comparing computed numbers so that the last bits of the arithmetic decide nothing.
///
/// A value that exact arithmetic puts on a line must not fall beside it because the line was summed in binary. What is
/// within 10⁻¹² of the number is equal, and what is within 10⁻¹⁵ of the largest value of the phase too, since that is what
/// cancellation leaves of a mean near 0.
enum Tolerance {
  /// How far a number may lie from another that it is equal to.
  @inline(__always)
  static func of(_ value: Double, scale: Double) -> Double { 1e-12 * abs(value) + 1e-15 * scale }

  static func areEqual(_ left: Double, _ right: Double, scale: Double = 0) -> Bool {
    abs(left - right) <= of(left, scale: scale)
  }

  /// -1 below, 0 on, 1 above the line; 0 as well when either is not defined.
  @inline(__always)
  static func side(_ value: Double, of line: Double, scale: Double) -> Int {
    let distance = value - line
    let tolerance = of(value, scale: scale)
    // Both false for NaN; without a branch, since which of them it is cannot be foretold.
    return (distance > tolerance ? 1 : 0) &- (distance < -tolerance ? 1 : 0)
  }
}
