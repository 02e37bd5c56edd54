// SPDX-License-Identifier: Apache-2.0

import SPC

/// What a drawing needs of every point, asked of the chart once; NaN where there is none.
struct Columns {
  let values: [Double]
  let lowerLimits: [Double]
  let upperLimits: [Double]
  /// The group that each point is drawn in; nil without a value.
  let shapes: [MarkShape?]
  /// The shapes that there are.
  let present: Set<MarkShape>
  /// Whether something is missing between the point and the value before it; nil when that is so of none.
  let followsGap: [Bool]?
  /// How many points have a value.
  let known: Int

  init(_ chart: Chart) {
    let count = chart.points.count
    var values: [Double] = []
    var lower: [Double] = []
    var upper: [Double] = []
    var shapes: [MarkShape?] = []
    values.reserveCapacity(count)
    lower.reserveCapacity(count)
    upper.reserveCapacity(count)
    shapes.reserveCapacity(count)
    let hasLimits = chart.spec.kind.hasLimits
    let hasSignals = !chart.signals.isEmpty
    let exclusions = chart.spec.exclusions
    var present: Set<MarkShape> = []
    var known = 0
    var previous: MarkShape?
    for row in 0..<count {
      lower.append(hasLimits ? chart.limit(-3, at: row) ?? .nan : .nan)
      upper.append(hasLimits ? chart.limit(3, at: row) ?? .nan : .nan)
      guard let value = chart.value(at: row) else {
        values.append(.nan)
        shapes.append(nil)
        continue
      }
      values.append(value)
      known += 1
      let isExcluded = !exclusions.isEmpty && exclusions.contains(row)
      let shape: MarkShape = isExcluded ? .excluded : hasSignals ? MarkShape(chart.mark(at: row)?.meaning) : .common
      shapes.append(shape)
      if shape != previous { present.insert(shape) }
      previous = shape
    }
    self.values = values
    followsGap = chart.followsGap
    lowerLimits = lower
    upperLimits = upper
    self.shapes = shapes
    self.present = present
    self.known = known
  }

  var count: Int { values.count }

  /// Whether any point has an upper limit.
  var hasLimits: Bool { upperLimits.contains { !$0.isNaN } }

  /// The smallest and largest number of all values and limits, as far as there are any.
  var extremes: [Double] {
    var low = Double.infinity
    var high = -Double.infinity
    for column in [values, lowerLimits, upperLimits] {
      // False for NaN.
      for number in column {
        if number < low { low = number }
        if number > high { high = number }
      }
    }
    return low <= high ? [low, high] : []
  }
}
