// SPDX-License-Identifier: Apache-2.0

/// What the engine computes on: columns with one element per point, NaN for what is missing or not defined.
struct Subgroups {
  /// What the lines are computed from and compared with: the plotted values, on a T chart their roots.
  var values: [Double]
  /// NaN where the value is missing; nil for plain values.
  var denominators: [Double]?
  /// How many values each point is the mean of; nil for single values.
  var counts: [Double]?
  /// Standard deviation within each subgroup; nil for single values.
  var deviations: [Double]?
  /// Whether a point has no part in lines and runs; nil when all have.
  var excluded: [Bool]?
  /// A number for every row, another one after each gap that no moving range may cross; nil without such gaps.
  var segments: [Int32]?
  /// The number of the period of each row, where some periods have no row; nil otherwise.
  var ordinals: [Int]?
  /// False for subgroups that have no order, such as hospitals.
  var areOrdered = true

  var count: Int { values.count }

  @inline(__always)
  func isExcluded(_ row: Int) -> Bool { excluded?[row] ?? false }
}
