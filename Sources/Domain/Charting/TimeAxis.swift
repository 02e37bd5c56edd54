// SPDX-License-Identifier: Apache-2.0

import SPC

/// The horizontal axis: a true one, where a month without data takes as much room as any other.
struct TimeAxis {
  /// A tick with its label; the second line tells the year where it begins.
  struct Tick {
    let day: Day
    let label: String
    let year: String?
  }

  let first: Day
  let last: Day
  let left: Double
  let right: Double
  let ticks: [Tick]
  private let inset: Double

  static let labelSize = 11.5
  /// No labels fit closer together than this.
  private static let narrowest = 20.0

  /// An axis from the first to the last day (ascending, at least one) between two coordinates.
  ///
  /// It goes on to `end`, if that is later by no more than a quarter of the time between or two months.
  init(days: [Day], period: Period, left: Double, right: Double, last end: Day? = nil) {
    let first = days[0]
    var last = days[days.count - 1]
    if let end, end > last, last.distance(to: end) <= max(first.distance(to: last) / 4, 62) { last = end }
    self.first = first
    self.last = last
    self.left = left
    self.right = right
    inset = min(max((right - left) / Double(days.count) / 2, 9), 28)
    let span = max(first.distance(to: last), 1)
    let scale = (right - left - 2 * inset) / Double(span)
    let origin = left + inset
    guard period != .sequence else {
      ticks = TimeAxis.numbers(from: first, to: last, scale: scale)
      return
    }
    var chosen: [Tick]?
    for step in Step.all where step.suits(period) {
      guard step.width * scale >= TimeAxis.narrowest, let ticks = step.ticks(from: first, to: last), ticks.count > 1
      else { continue }
      let widest = ticks.map { TextMetrics.width($0.label, size: TimeAxis.labelSize) }.max() ?? 0
      let positions = ticks.map { origin + Double(first.distance(to: $0.day)) * scale }
      let closest = zip(positions, positions.dropFirst()).map { $1 - $0 }.min() ?? .infinity
      if closest >= widest + 8 {
        chosen = ticks
        break
      }
    }
    ticks = TimeAxis.withoutCrowdedYears(
      chosen ?? TimeAxis.ends(days, width: right - left), scale: scale)
  }

  /// An axis without ticks.
  init(first: Day, last: Day, left: Double, right: Double, inset: Double) {
    self.first = first
    self.last = last
    self.left = left
    self.right = right
    self.inset = inset
    ticks = []
  }

  /// The coordinate of a day.
  func x(_ day: Day) -> Double {
    guard first < last else { return (left + right) / 2 }
    let share = Double(first.distance(to: day)) / Double(first.distance(to: last))
    return left + inset + share * (right - left - 2 * inset)
  }

  /// Round numbers of points that have no days.
  private static func numbers(from first: Day, to last: Day, scale: Double) -> [Tick] {
    let (low, high) = (Int(first.daysSinceEpoch), Int(last.daysSinceEpoch))
    let widest = max(TextMetrics.width(String(high), size: labelSize), TextMetrics.width(String(low), size: labelSize))
    var (step, digits) = (1, 1)
    while Double(step) * scale < max(widest + 8, narrowest), step < high - low {
      step = step == digits ? 2 * digits : step == 2 * digits ? 5 * digits : 10 * digits
      if step == 10 * digits { digits = step }
    }
    let start = (low + step - 1) / step * step
    let numbers = start <= high ? Array(stride(from: start, through: high, by: step)) : [low]
    return numbers.map { Tick(day: Day(daysSinceEpoch: $0), label: String($0), year: nil) }
  }

  /// The first and, where there is room, the last day.
  private static func ends(_ days: [Day], width: Double) -> [Tick] {
    let ends = days.count > 1 && width > 130 ? [days[0], days[days.count - 1]] : [days[0]]
    return ends.enumerated().map { index, day in
      let isNew = index == 0 || day.year != ends[0].year
      return Tick(day: day, label: dayLabel(day), year: isNew ? String(day.year) : nil)
    }
  }

  /// Years that would run into the next one's label go; the later stays.
  private static func withoutCrowdedYears(_ ticks: [Tick], scale: Double) -> [Tick] {
    var result = ticks
    var next: Day?
    for index in result.indices.reversed() {
      guard let year = result[index].year else { continue }
      let room = next.map { Double(result[index].day.distance(to: $0)) * scale } ?? .infinity
      if room < TextMetrics.width(year, size: labelSize) + 6 {
        result[index] = Tick(day: result[index].day, label: result[index].label, year: nil)
      } else {
        next = result[index].day
      }
    }
    return result
  }

  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func dayLabel(_ day: Day) -> String {
    let (_, month, dayOfMonth) = day.date
    return String(dayOfMonth) + " " + monthNames[month - 1]
  }

  /// How far apart ticks are.
  private enum Step {
    case days(Int)
    case months(Int)
    case years(Int)

    /// Finest first.
    static let all: [Step] =
      [.days(1), .days(2), .days(7), .days(14), .months(1), .months(2), .months(3), .months(6)]
      + [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].map(Step.years)

    /// Whether ticks would not be finer than the data.
    func suits(_ period: Period) -> Bool {
      switch (self, period) {
      case (.days(let count), .week): count >= 7
      case (.days, .month), (.days, .quarter), (.days, .year): false
      case (.months(let count), .quarter): count >= 3
      case (.months, .year): false
      default: true
      }
    }

    /// The longest that it can be, in days.
    var width: Double {
      switch self {
      case .days(let count): Double(count)
      case .months(let count): Double(31 * count)
      case .years(let count): Double(366 * count)
      }
    }

    /// All ticks within the range; nil if they would be far too many.
    func ticks(from first: Day, to last: Day) -> [Tick]? {
      let span = first.distance(to: last)
      var days: [Day] = []
      switch self {
      case .days(let count):
        guard span / count <= 400 else { return nil }
        days = stride(from: 0, through: span, by: count).map { first.advanced(by: $0) }
      case .months(let count): days = Step.starts(from: first, to: last, months: count)
      case .years(let count): days = Step.starts(from: first, to: last, months: 12 * count)
      }
      if days.count > 400 { return nil }
      var year = Int.min
      return days.map { day in
        let isNew = day.year != year
        year = day.year
        switch self {
        case .days: return Tick(day: day, label: TimeAxis.dayLabel(day), year: isNew ? String(day.year) : nil)
        case .months:
          let name = TimeAxis.monthNames[day.month - 1]
          return Tick(day: day, label: name, year: isNew ? String(day.year) : nil)
        case .years: return Tick(day: day, label: String(day.year), year: nil)
        }
      }
    }

    /// First days of the months whose number is a multiple; at most 401 of them.
    private static func starts(from first: Day, to last: Day, months: Int) -> [Day] {
      var number = (first.monthNumber + months - 1) / months * months
      if first.day > 1, first.monthNumber == number { number += months }
      var days: [Day] = []
      while days.count <= 400, let day = Day(year: number / 12, month: number % 12 + 1, day: 1), day <= last {
        days.append(day)
        number += months
      }
      return days
    }
  }
}
