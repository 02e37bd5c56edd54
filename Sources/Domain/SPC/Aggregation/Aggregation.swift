// SPDX-License-Identifier: Apache-2.0

/// Rows of many units brought together into one series, one point a period.
///
/// With denominators, each point is the sum of the numerators over the sum of the denominators, never a mean of
/// percentages, in which a clinic of ten patients would weigh as much as a hospital of ten thousand. Plain values are
/// brought together as asked for. A row that lacks its numerator or denominator lacks both; its unit does not contribute.
/// A unit that reports a denominator of 0 does.
///
/// A period in which no unit contributed has a point without a value when there are rows of it; without rows it has no
/// point, unless gaps are to be filled.
public struct Aggregation: Sendable, Hashable, Codable {
  /// How plain values of one period become one.
  public enum Method: String, Sendable, Hashable, CaseIterable, Codable {
    case sum, mean, median
    /// How many values there are.
    case count
  }

  public struct Options: Sendable, Hashable, Codable {
    /// Day, week (from Monday), month, quarter or year.
    public var period: Period
    /// For plain values only.
    public var method: Method
    /// The month (1 to 12) that years and quarters begin with; 4 for the financial year of the NHS.
    public var firstMonth: Int
    /// Whether periods without any row, between the first and the last with one, get a point without a value.
    public var fillsGaps: Bool

    public init(period: Period, method: Method = .sum, firstMonth: Int = 1, fillsGaps: Bool = false) {
      self.period = period
      self.method = method
      self.firstMonth = firstMonth
      self.fillsGaps = fillsGaps
    }

    func check() throws(AggregationError) {
      guard Period.calendar.contains(period) else { throw .irregularPeriod }
      guard (1...12).contains(firstMonth) else { throw .firstMonthOutOfRange(firstMonth) }
    }
  }

  /// One period.
  public struct Point: Sendable, Hashable, Codable {
    /// Its first day.
    public let day: Day
    /// The value or, with denominators, the sum of the numerators; nil when nothing was reported.
    public let value: Double?
    /// The sum of the denominators; nil for plain values and when nothing was reported.
    public let denominator: Double?
    /// How many units contributed.
    public let units: Int
    /// How many rows contributed.
    public let rows: Int
    /// How many rows had no value.
    public let missingRows: Int
  }

  public let options: Options
  public let hasDenominators: Bool
  /// In order of days.
  public let points: [Point]
  /// The names of all units with a row, sorted.
  public let units: [String]

  /// Brings rows, in any order, together.
  ///
  /// - Throws: `AggregationError` for numbers that are not finite, negative denominators, values without a denominator
  ///   where others have one, and options out of range.
  public init(_ rows: [AggregationRow], options: Options) throws(AggregationError) {
    try options.check()
    let hasDenominators = try AggregationRow.check(rows)
    self.options = options
    self.hasDenominators = hasDenominators
    units = Set(rows.lazy.map(\.unit)).sorted()
    let byPeriod = Dictionary(grouping: rows) { options.period.start(of: $0.day, firstMonth: options.firstMonth) }
    var points: [Point] = []
    var expected: Day?
    for day in byPeriod.keys.sorted() {
      if options.fillsGaps {
        while let gap = expected, gap < day {
          points.append(Point(day: gap, value: nil, denominator: nil, units: 0, rows: 0, missingRows: 0))
          expected = options.period.next(after: gap)
        }
        expected = options.period.next(after: day)
      }
      points.append(
        try Aggregation.point(day, rows: byPeriod[day] ?? [], quotients: hasDenominators, method: options.method))
    }
    self.points = points
  }

  /// The series to chart.
  ///
  /// A point to which not all units contributed says so in its note.
  public func series() throws(SeriesError) -> Series {
    try Series(
      points.map { point in
        Series.Point(
          day: point.day, value: point.value, denominator: point.denominator,
          note: point.units < units.count ? "\(point.units) of \(units.count) units" : "")
      })
  }

  private static func point(
    _ day: Day, rows: [AggregationRow], quotients: Bool, method: Method
  ) throws(AggregationError) -> Point {
    let contributing = rows.filter { $0.value != nil && (!quotients || $0.denominator != nil) }
    let values = contributing.compactMap(\.value)
    let value = try combined(values, by: quotients ? .sum : method, day: day, field: quotients ? "numerator" : "value")
    let denominator =
      quotients ? try combined(contributing.compactMap(\.denominator), by: .sum, day: day, field: "denominator") : nil
    return Point(
      day: day, value: value, denominator: denominator, units: Set(contributing.lazy.map(\.unit)).count,
      rows: contributing.count, missingRows: rows.count - contributing.count)
  }

  /// Nil without values; their order changes no bit.
  private static func combined(_ values: [Double], by method: Method, day: Day, field: String)
    throws(AggregationError) -> Double?
  {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    var sum = CompensatedSum()
    for value in sorted { sum.add(value) }
    let result: Double? =
      switch method {
      case .sum: sum.value
      case .mean: sum.value / Double(values.count)
      case .median: OrderStatistics.quantile(sorted, 0.5)
      case .count: Double(values.count)
      }
    guard let result, result.isFinite else { throw .tooLarge(day: day, field: field) }
    return result
  }
}
