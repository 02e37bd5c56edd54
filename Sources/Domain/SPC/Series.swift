// SPDX-License-Identifier: Apache-2.0

/// The values of one measure over time: what a chart is made of.
///
/// Days ascend, strictly unless the points are events, so that a point's index always means the same point; numbers are
/// finite. A value that is missing (nobody counted) is nil, which is something else than 0; a period that is not due has
/// no point at all.
public struct Series: Sendable, Hashable {
  /// One value, or one numerator with its denominator.
  public struct Point: Sendable, Hashable, Codable {
    /// The day, or the first day of the week, month or quarter, that the value is of.
    public var day: Day
    /// The value or, with a denominator, the numerator; nil when it is missing.
    public var value: Double?
    /// What the numerator is out of (patients, bed days); nil for plain values and when it is missing.
    public var denominator: Double?
    /// What people should know about this point; shown with it.
    public var note: String

    public init(day: Day, value: Double?, denominator: Double? = nil, note: String = "") {
      self.day = day
      self.value = value
      self.denominator = denominator
      self.note = note
    }
  }

  /// The day of every point.
  public let days: [Day]
  /// Values or numerators as given; NaN when missing.
  let values: [Double]
  /// NaN when missing; nil for plain values.
  let denominators: [Double]?
  /// Of the points that have one.
  let notes: [Int: String]
  /// What lies behind each value, when it is the mean of several.
  let subgroups: SubgroupColumns?
  /// False for subgroups without an order in time, such as hospitals: Laney's σz is then a standard deviation, and runs
  /// mean nothing.
  package let isOrdered: Bool
  /// Whether points are numbered, such as cases in their order, and have no days: a point's day is then its number, counted
  /// from 1970-01-01, and only its number is shown.
  public let isSequence: Bool

  /// How many points there are.
  public var count: Int { days.count }

  /// A series without points.
  public init() {
    self.init(days: [], values: [], denominators: nil)
  }

  /// Columns that are known to be in order and finite.
  package init(
    days: [Day], values: [Double], denominators: [Double]?, notes: [Int: String] = [:],
    subgroups: SubgroupColumns? = nil, isOrdered: Bool = true, isSequence: Bool = false
  ) {
    self.days = days
    self.values = values
    self.denominators = denominators
    self.notes = notes
    self.subgroups = subgroups
    self.isOrdered = isOrdered
    self.isSequence = isSequence
  }

  /// A series of these points.
  ///
  /// - Throws: `SeriesError` for days that do not ascend strictly, numbers that are not finite and negative
  ///   denominators. A denominator of 0 is accepted: such a point has no value.
  public init(_ points: some Collection<Point>) throws(SeriesError) {
    try self.init(points, events: false)
  }

  /// A series of points that each stand for an event, of which there may be several on one day: for T and G charts.
  ///
  /// - Throws: `SeriesError` as for other series, but only for days that descend.
  public init(events points: some Collection<Point>) throws(SeriesError) {
    try self.init(points, events: true)
  }

  /// A series of numbered points, such as cases in the order of their coming: for T and G charts of events whose days
  /// nobody wrote down.
  ///
  /// - Parameter numbers: of the points, ascending, up to `mostNumbered`.
  /// - Throws: `SeriesError` for numbers that do not ascend, and values that are not finite.
  public init(sequence points: some Collection<(number: Int, value: Double?)>) throws(SeriesError) {
    let plain = try Series(
      points.map { Point(day: Day(daysSinceEpoch: min($0.number, Series.mostNumbered)), value: $0.value) })
    self.init(days: plain.days, values: plain.values, denominators: nil, isSequence: true)
  }

  /// The largest number that a point of a sequence can have.
  public static let mostNumbered = Int(Day.latest.daysSinceEpoch)

  /// How far apart the points lie.
  public var period: Period { isSequence ? .sequence : Period(of: days) }

  /// Values or, with denominators, quotients; NaN where one is missing or the denominator is 0.
  var plottedValues: [Double] {
    guard let denominators else { return values }
    return zip(values, denominators).map { $1 > 0 ? $0 / $1 : .nan }
  }

  private init(_ points: some Collection<Point>, events: Bool) throws(SeriesError) {
    var days: [Day] = []
    var values: [Double] = []
    var denominators: [Double] = []
    var notes: [Int: String] = [:]
    days.reserveCapacity(points.count)
    values.reserveCapacity(points.count)
    for point in points {
      let index = days.count
      if let previous = days.last, point.day < previous || (point.day == previous && !events) {
        throw point.day == previous
          ? .duplicateDay(index: index, day: point.day)
          : .outOfOrder(index: index, day: point.day, previous: previous)
      }
      if let value = point.value, !value.isFinite { throw .notFinite(index: index, day: point.day, field: "value") }
      if let denominator = point.denominator {
        guard denominator.isFinite else { throw .notFinite(index: index, day: point.day, field: "denominator") }
        guard denominator >= 0 else {
          throw .negativeDenominator(index: index, day: point.day, denominator: denominator)
        }
        if denominators.isEmpty {
          denominators.reserveCapacity(points.count)
          denominators.append(contentsOf: repeatElement(.nan, count: index))
        }
        denominators.append(denominator)
      } else if !denominators.isEmpty {
        denominators.append(.nan)
      }
      if !point.note.isEmpty { notes[index] = point.note }
      days.append(point.day)
      values.append(point.value ?? .nan)
    }
    self.init(days: days, values: values, denominators: denominators.isEmpty ? nil : denominators, notes: notes)
  }

  /// Whether any point has a denominator.
  ///
  /// If so, every value is a numerator, on any kind of chart.
  public var hasDenominators: Bool { denominators != nil }

  /// The points, in order.
  public var points: SeriesPoints { SeriesPoints(series: self) }

  /// Index of the first point on that day or later; nil when all are earlier.
  public func firstIndex(onOrAfter day: Day) -> Int? {
    var low = 0
    var high = days.count
    while low < high {
      let middle = low + (high - low) / 2
      if days[middle] < day { low = middle + 1 } else { high = middle }
    }
    return low < days.count ? low : nil
  }

  /// Indices of the points of that day: one at most, unless the points are events.
  public func indices(on day: Day) -> Range<Int> {
    let start = firstIndex(onOrAfter: day) ?? days.count
    var end = start
    while end < days.count, days[end] == day { end += 1 }
    return start..<end
  }

  public static func == (left: Series, right: Series) -> Bool {
    left.days == right.days && Column.areSame(left.values, right.values)
      && Column.areSame(left.denominators, right.denominators) && left.notes == right.notes
      && left.subgroups == right.subgroups && left.isOrdered == right.isOrdered
      && left.isSequence == right.isSequence
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(days)
    Column.hash(values, into: &hasher)
    hasher.combine(notes)
  }
}

/// The points of a series, made as they are looked at.
public struct SeriesPoints: RandomAccessCollection, Sendable, Hashable {
  let series: Series

  public var startIndex: Int { 0 }
  public var endIndex: Int { series.count }

  public subscript(index: Int) -> Series.Point {
    let denominator = series.denominators?[index] ?? .nan
    return Series.Point(
      day: series.days[index], value: Column.known(series.values[index]), denominator: Column.known(denominator),
      note: series.notes[index] ?? "")
  }
}

/// Columns of numbers in which NaN means missing.
enum Column {
  /// The number; nil for NaN.
  @inline(__always)
  static func known(_ number: Double) -> Double? { number.isNaN ? nil : number }

  /// Whether two columns are the same, missing numbers included.
  static func areSame(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  static func areSame(_ left: [Double]?, _ right: [Double]?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): areSame(left, right)
    default: false
    }
  }

  static func hash(_ column: [Double], into hasher: inout Hasher) {
    for number in column { hasher.combine(number.isNaN ? 0 : number) }
  }
}
