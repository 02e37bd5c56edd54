// SPDX-License-Identifier: Apache-2.0

import SPC

/// One value of a measure, or one numerator with its denominator: one point of its chart.
struct Observation: Sendable, Hashable {
  /// The day, or the first day of the month or quarter, that the value is of.
  var day: Day
  /// The value itself or, where there is a denominator, the numerator.
  var value: Double
  var denominator: Double?
  var note = ""
}
