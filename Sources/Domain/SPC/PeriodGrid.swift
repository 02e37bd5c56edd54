// SPDX-License-Identifier: Apache-2.0

/// The periods in which a series has its values, told from the days that have one: each month, every second week, every
/// working day.
///
/// It says which periods lack a value, however that was written: with no row, an empty cell, or a mark for “no value”.
struct PeriodGrid: Equatable {
  let period: Period
  /// How many periods after one value the next one is due: 1, or 2 where every second month has one.
  let stride: Int
  private let first: Day
  /// Weekdays, Monday first, that have a place in a series of days; Saturday and Sunday have none where nobody ever counts
  /// on them.
  private let dueWeekdays: [Bool]

  /// - Parameter days: those with a value, ascending.
  /// - Returns: nil where values follow no rhythm: fewer than half of them lie one step after the one before, or some lie
  ///   between the steps.
  init?(of days: [Day]) {
    guard let first = days.first, days.count > 1 else { return nil }
    let period = Period(of: days)
    guard period != .irregular else { return nil }
    let single = PeriodGrid(
      period: period, stride: 1, first: first, dueWeekdays: period == .day ? PeriodGrid.dueWeekdays(days) : [])
    var counts: [Int: Int] = [:]
    let ordinals = days.map(single.ordinal)
    for (one, next) in zip(ordinals, ordinals.dropFirst()) {
      guard next > one else { return nil }
      counts[next - one, default: 0] += 1
    }
    guard let usual = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      usual.value * 2 >= days.count - 1, counts.keys.allSatisfy({ $0 % usual.key == 0 })
    else { return nil }
    self = PeriodGrid(period: period, stride: usual.key, first: first, dueWeekdays: single.dueWeekdays)
  }

  private init(period: Period, stride: Int, first: Day, dueWeekdays: [Bool]) {
    self.period = period
    self.stride = stride
    self.first = first
    self.dueWeekdays = dueWeekdays
  }

  /// Weekdays on which there is a value.
  ///
  /// In less than three weeks, and of fewer than ten values, only Saturday and Sunday are taken as idle, when neither has one.
  private static func dueWeekdays(_ days: [Day]) -> [Bool] {
    var due = [Bool](repeating: false, count: 7)
    for day in days { due[day.weekday] = true }
    let span = days.first.map { $0.distance(to: days[days.count - 1]) } ?? 0
    if span < 21 || days.count < 10 {
      let isWeekendIdle = !due[5] && !due[6]
      return (0..<7).map { $0 < 5 || !isWeekendIdle }
    }
    return due
  }

  /// The number of the period that a day lies in, from the first day's on; days that are not due count as the next one.
  func ordinal(_ day: Day) -> Int {
    switch period {
    case .day, .irregular, .sequence:
      guard dueWeekdays.contains(false) else { return first.distance(to: day) }
      return dueDays(before: day) - dueDays(before: first)
    case .week:
      let days = first.distance(to: day)
      return days >= 0 ? days / 7 : (days - 6) / 7
    case .month: return day.monthNumber - first.monthNumber
    case .quarter: return (day.monthNumber - first.monthNumber) / 3
    case .year: return (day.monthNumber - first.monthNumber) / 12
    }
  }

  /// The day of the period with that number.
  func day(_ ordinal: Int) -> Day {
    func month(_ months: Int) -> Day {
      let number = first.monthNumber + months
      return Day(year: number / 12, month: number % 12 + 1, day: 1) ?? first
    }
    switch period {
    case .day, .irregular, .sequence:
      guard dueWeekdays.contains(false) else { return first.advanced(by: ordinal) }
      let due = dueWeekdays.count { $0 }
      // From a week before what it is at least.
      var day = first.advanced(by: (ordinal / due - 1) * 7)
      while self.ordinal(day) < ordinal || !dueWeekdays[day.weekday] { day = day.advanced(by: 1) }
      return day
    case .week: return first.advanced(by: 7 * ordinal)
    case .month: return month(ordinal)
    case .quarter: return month(3 * ordinal)
    case .year: return month(12 * ordinal)
    }
  }

  /// How many due days there are before a day, counted from a Monday long ago.
  private func dueDays(before day: Day) -> Int {
    let days = Int(day.daysSinceEpoch) + 3 + 7 * 200_000
    let due = dueWeekdays.count { $0 }
    return days / 7 * due + dueWeekdays.prefix(days % 7).count { $0 }
  }
}

extension Day {
  /// 0 for Monday to 6 for Sunday.
  var weekday: Int {
    // 1970-01-01 was a Thursday.
    let day = (Int(daysSinceEpoch) + 3) % 7
    return day < 0 ? day + 7 : day
  }
}

/// Where values are neighbours, and where something lies between them.
enum Gaps {
  /// A number for every row, which is another one after each gap; nil where there is no gap.
  ///
  /// A period without a value is a gap: one without a row, and one with a row. In a series without rhythm only rows
  /// without a value are. Rows without a value have the number of what is before them.
  /// - Parameters:
  ///   - values: NaN when missing.
  ///   - areEvents: whether the points are events, which have no periods.
  ///   - excluded: whether each row is left out. One that has no value besides is no gap: it is taken out first.
  static func segments(of days: [Day], values: [Double], areEvents: Bool, excluded: [Bool]? = nil) -> [Int32]? {
    guard days.count == values.count, days.count > 1 else { return nil }
    var hasMissing = values[0].isNaN
    var (shortest, longest) = (Int.max, 0)
    for row in 1..<days.count {
      let step = days[row - 1].distance(to: days[row])
      shortest = min(shortest, step)
      longest = max(longest, step)
      if values[row].isNaN { hasMissing = true }
    }
    // What lies within less than two steps of the shortest leaves none out.
    if !hasMissing, areEvents || longest < 2 * shortest { return nil }
    let rows = hasMissing ? values.indices.filter { !values[$0].isNaN } : Array(values.indices)
    let grid = areEvents ? nil : PeriodGrid(of: hasMissing ? rows.map { days[$0] } : days)
    guard grid != nil || hasMissing else { return nil }
    var segments = [Int32](repeating: 0, count: days.count)
    var segment: Int32 = 0
    var previous: Int?
    for row in days.indices {
      let isMissing = values[row].isNaN && !(excluded?[row] ?? false)
      if isMissing {
        if grid == nil { segment += 1 }
      } else if let grid {
        let ordinal = grid.ordinal(days[row])
        if let previous, ordinal - previous > grid.stride { segment += 1 }
        previous = ordinal
      }
      segments[row] = segment
    }
    return segment > 0 ? segments : nil
  }

  /// The number of the period of each row, counted from the first; nil where it is that of the row.
  static func ordinals(of days: [Day], values: [Double]) -> [Int]? {
    guard days.count == values.count else { return nil }
    let known = values.indices.filter { !values[$0].isNaN }.map { days[$0] }
    guard let grid = PeriodGrid(of: known) else { return nil }
    let start = grid.ordinal(days[0])
    let ordinals = days.map { (grid.ordinal($0) - start) / grid.stride }
    let isPlain = ordinals.enumerated().allSatisfy { $0 == $1 }
    let isAscending = zip(ordinals, ordinals.dropFirst()).allSatisfy { $0 < $1 }
    return isPlain || !isAscending ? nil : ordinals
  }
}
