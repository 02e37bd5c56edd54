// SPDX-License-Identifier: Apache-2.0

import RealModule

/// Centre lines and limits of a chart, before multiplication; NaN where not defined.
struct Lines: Sendable {
  /// The lines of one phase.
  struct Phase: Sendable {
    /// Where the centre line is drawn, and what parts the sides.
    var centre = Double.nan
    /// What the limits lie around: the centre line, but for charts that draw another one.
    var middle = Double.nan
    /// One sigma at every point of the phase, unless there is a column.
    var sigma = Double.nan
    /// The largest absolute value, to compare with the right tolerance.
    var scale = 0.0
  }

  var phases: [Phase]
  /// One sigma at each point, for kinds where it differs within a phase.
  var sigmas: [Double]?
  /// What limits are cut to.
  var bounds: ClosedRange<Double>
  /// Whether the lower limits cannot lie below the lower bound by their own formula, so that nothing is cut.
  let isBoundNatural: Bool
  /// The power that leads from the scale of the lines to that of the values: 1, but for T charts.
  let power: Double

  @inline(__always)
  func sigma(_ row: Int, _ phase: Int) -> Double {
    if let sigmas { sigmas[row] } else { phases[phase].sigma }
  }

  /// The limit so many sigma above (or, if negative, below) the middle, cut to what is possible, on the scale of lines.
  @inline(__always)
  func limit(_ width: Double, _ row: Int, _ phase: Int) -> Double {
    if isBoundNatural, width < 0 { return bounds.lowerBound }
    let limit = phases[phase].middle + width * sigma(row, phase)
    // Comparisons are false for NaN, which therefore stays.
    return limit < bounds.lowerBound ? bounds.lowerBound : limit > bounds.upperBound ? bounds.upperBound : limit
  }

  /// The same before any cut.
  func uncut(_ width: Double, _ row: Int, _ phase: Int) -> Double {
    isBoundNatural ? limit(width, row, phase) : phases[phase].middle + width * sigma(row, phase)
  }

  /// A line on the scale of the values.
  ///
  /// Nothing can lie below 0 on the scale of a T chart, so that a line there is not defined.
  func onValues(_ line: Double) -> Double {
    if power == 1 { return line }
    return line < 0 ? .nan : Double.pow(line, power)
  }
}
