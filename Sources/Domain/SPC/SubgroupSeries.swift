// SPDX-License-Identifier: Apache-2.0

/// What lies behind the points of a series of which each is the mean of several values.
package struct SubgroupColumns: Sendable, Hashable {
  /// How many values each subgroup has.
  package let counts: [Double]
  /// Their standard deviation, with n − 1; NaN for fewer than two.
  package let deviations: [Double]

  package init(counts: [Double], deviations: [Double]) {
    self.counts = counts
    self.deviations = deviations
  }

  package static func == (left: SubgroupColumns, right: SubgroupColumns) -> Bool {
    left.counts == right.counts && Column.areSame(left.deviations, right.deviations)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(counts) }
}

extension Series {
  /// Several values of one day or period: the subgroup of an X̄ or S chart.
  public struct Subgroup: Sendable, Hashable {
    public var day: Day
    /// In any order; empty when none was taken.
    public var values: [Double]
    /// What people should know about this point; shown with it.
    public var note: String

    public init(day: Day, values: [Double], note: String = "") {
      self.day = day
      self.values = values
      self.note = note
    }
  }

  /// A series of subgroups, of which each point's value is the mean: for X̄ and S charts, and for I′ charts, where their
  /// sizes count.
  ///
  /// - Throws: `SeriesError` for days that do not ascend strictly and values that are not finite.
  public init(subgroups: some Collection<Subgroup>) throws(SeriesError) {
    var points: [Point] = []
    var counts: [Double] = []
    var deviations: [Double] = []
    points.reserveCapacity(subgroups.count)
    for (index, subgroup) in subgroups.enumerated() {
      guard subgroup.values.allSatisfy(\.isFinite) else {
        throw .notFinite(index: index, day: subgroup.day, field: "value")
      }
      let spread = Spread(subgroup.values)
      // Values so large that their sum is infinite have no mean.
      guard spread.mean.isFinite || subgroup.values.isEmpty else {
        throw .notFinite(index: index, day: subgroup.day, field: "value")
      }
      points.append(Point(day: subgroup.day, value: Column.known(spread.mean), note: subgroup.note))
      counts.append(Double(subgroup.values.count))
      deviations.append(spread.deviation)
    }
    let plain = try Series(points)
    self.init(
      days: plain.days, values: plain.values, denominators: nil, notes: plain.notes,
      subgroups: SubgroupColumns(counts: counts, deviations: deviations))
  }
}

/// Mean and standard deviation of a few values.
package struct Spread {
  /// NaN without values.
  package let mean: Double
  /// With n − 1; NaN for fewer than two values.
  package let deviation: Double

  package init(_ values: [Double]) {
    var sum = CompensatedSum()
    for value in values { sum.add(value) }
    let mean = sum.value / Double(values.count)
    self.mean = mean
    guard values.count > 1 else {
      deviation = .nan
      return
    }
    var squares = CompensatedSum()
    for value in values { squares.add((value - mean) * (value - mean)) }
    deviation = (squares.value / Double(values.count - 1)).squareRoot()
  }
}
