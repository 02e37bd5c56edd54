// SPDX-License-Identifier: Apache-2.0

/// What lies between rare events: days for a T chart, or cases without the event for a G chart.
///
/// Each point stands for an event, and its value tells what went before it. Nothing is known of what went before the first
/// event, unless a start is given.
public struct EventIntervals: Sendable, Hashable, Codable {
  /// When something happened.
  public struct Moment: Sendable, Hashable, Comparable, Codable {
    public var day: Day
    /// The time of day as a fraction of it: 0 up to, but not, 1.
    public var fraction: Double

    public init(day: Day, fraction: Double = 0) {
      self.day = day
      self.fraction = fraction
    }

    public static func < (left: Moment, right: Moment) -> Bool {
      (left.day, left.fraction) < (right.day, right.fraction)
    }

    /// How many days later the other moment is.
    public func days(to other: Moment) -> Double {
      Double(day.distance(to: other.day)) + (other.fraction - fraction)
    }
  }

  /// One day, or one case after another: how many had the event, of how many that could have.
  public struct Opportunities: Sendable, Hashable, Codable {
    public var day: Day
    /// Whole, 0 or more.
    public var count: Double
    /// How many of them had the event; whole.
    public var events: Double

    public init(day: Day, count: Double, events: Double) {
      self.day = day
      self.count = count
      self.events = events
    }

    /// A single case.
    public init(day: Day, hasEvent: Bool) { self.init(day: day, count: 1, events: hasEvent ? 1 : 0) }
  }

  /// One event and what went before it.
  public struct Interval: Sendable, Hashable, Codable {
    /// The day of the event.
    public let day: Day
    /// Days, or cases, since the event before; 0 or more.
    public let length: Double
  }

  /// In order of time; there may be several of one day.
  public let intervals: [Interval]
  /// What has gone by since the latest event, which is no interval yet; nil when not known.
  public let sinceLast: Double?

  /// Days between events, which are in order of time.
  ///
  /// Events without a time of day on one day are 0 days apart.
  /// - Parameters:
  ///   - start: where the time before the first event begins; nil when not known.
  ///   - end: up to when events were looked for, to tell what has gone by since the latest.
  /// - Throws: `AggregationError` for events out of order, and times of day out of range.
  public init(events: [Moment], from start: Moment? = nil, until end: Moment? = nil) throws(AggregationError) {
    for moment in events + [start, end].compactMap(\.self) {
      guard moment.fraction >= 0, moment.fraction < 1 else {
        throw .fractionOutOfRange(day: moment.day, fraction: moment.fraction)
      }
    }
    var previous = start
    var intervals: [Interval] = []
    for (index, event) in events.enumerated() {
      if let previous {
        guard previous <= event else { throw .eventOutOfOrder(row: index + 1, day: event.day) }
        intervals.append(Interval(day: event.day, length: previous.days(to: event)))
      }
      previous = event
    }
    if let end, let previous, end < previous { throw .eventOutOfOrder(row: events.count + 1, day: end.day) }
    self.intervals = intervals
    sinceLast = end.flatMap { end in previous.map { $0.days(to: end) } }
  }

  /// Cases without the event between events, of rows in order of time, with all cases known from the first row on.
  ///
  /// The order of cases within a row is not known: those without the event are taken to come before those with it, so
  /// that several events of one row have 0 cases between them.
  /// - Throws: `AggregationError` for rows out of order, numbers that are no counts, and more events than cases.
  public init(casesBetween rows: [Opportunities]) throws(AggregationError) {
    var intervals: [Interval] = []
    var gone = 0.0
    var previous: Day?
    for (index, row) in rows.enumerated() {
      if let previous, row.day < previous { throw .eventOutOfOrder(row: index + 1, day: row.day) }
      previous = row.day
      let counts = [("number of opportunities", row.count, 1e9), ("number of events", row.events, 1e6)]
      for (field, value, most) in counts {
        guard value >= 0, value <= most, value.rounded() == value else {
          throw .notACount(row: index + 1, field: field, value: value, most: most)
        }
      }
      guard row.events <= row.count else {
        throw .eventsOverOpportunities(row: index + 1, events: row.events, opportunities: row.count)
      }
      gone += row.count - row.events
      for _ in 0..<Int(row.events) {
        intervals.append(Interval(day: row.day, length: gone))
        gone = 0
      }
    }
    self.intervals = intervals
    sinceLast = rows.isEmpty ? nil : gone
  }

  /// The series to chart, a point an event; there may be several of one day.
  public func series() throws(SeriesError) -> Series {
    try Series(events: intervals.map { Series.Point(day: $0.day, value: $0.length) })
  }
}
