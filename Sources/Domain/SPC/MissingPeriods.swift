// SPDX-License-Identifier: Apache-2.0

/// The periods of a series that have no value, for a sentence.
struct MissingPeriods {
  /// Periods one after another.
  private struct Stretch {
    let first: Day
    var last: Day
    var count: Int
  }

  private var stretches: [Stretch] = []
  private let period: Period

  /// - Parameter areEvents: whether the points are events, which have no periods.
  init(_ series: Series, areEvents: Bool) {
    let days = series.days
    // Rows with one number, or a denominator of 0, are spoken of elsewhere.
    func isMissing(_ row: Int) -> Bool {
      series.values[row].isNaN && series.denominators.map { $0[row].isNaN } ?? true
    }
    func hasValue(_ row: Int) -> Bool {
      guard !series.values[row].isNaN else { return false }
      return series.denominators.map { $0[row] > 0 } ?? true
    }
    guard series.isOrdered, !areEvents, !series.isSequence,
      let grid = PeriodGrid(of: days.indices.filter(hasValue).map { days[$0] })
    else {
      period = .irregular
      for row in days.indices where isMissing(row) {
        add(days[row], days[row], 1, isNext: row > 0 && isMissing(row - 1))
      }
      return
    }
    period = grid.period
    var expected: Int?
    for row in days.indices {
      let ordinal = grid.ordinal(days[row])
      if let due = expected, ordinal > due {
        let missing = (ordinal - due + grid.stride - 1) / grid.stride
        add(
          grid.day(due), grid.day(due + (missing - 1) * grid.stride), missing, isNext: row > 0 && isMissing(row - 1))
      }
      // A row between the steps is none that was due.
      if isMissing(row), let due = expected, ordinal < due || (ordinal - due) % grid.stride != 0 { continue }
      if isMissing(row) {
        let isNext = row > 0 && (isMissing(row - 1) || expected.map { ordinal > $0 } ?? false)
        add(grid.day(ordinal), grid.day(ordinal), 1, isNext: isNext)
      }
      expected = ordinal + grid.stride
    }
  }

  private mutating func add(_ first: Day, _ last: Day, _ count: Int, isNext: Bool) {
    if isNext, let end = stretches.indices.last {
      stretches[end].last = last
      stretches[end].count += count
    } else {
      stretches.append(Stretch(first: first, last: last, count: count))
    }
  }

  /// So many stretches are named.
  private static let mostNamed = 5

  /// `4 months have no value: May 2020 and October to December 2020.`; nil when none is missing.
  var sentence: String? {
    guard !stretches.isEmpty else { return nil }
    let count = stretches.reduce(0) { $0 + $1.count }
    var names = stretches.prefix(Self.mostNamed).map { name($0) }
    let more = stretches.dropFirst(Self.mostNamed).reduce(0) { $0 + $1.count }
    if more > 0 { names.append("\(more) more") }
    let list =
      names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    return "\(count) \(period.noun(count)) \(count == 1 ? "has" : "have") no value: \(list)."
  }

  private func name(_ stretch: Stretch) -> String {
    let last = period.name(of: stretch.last)
    guard stretch.first < stretch.last else { return last }
    let (from, to) = (stretch.first.date, stretch.last.date)
    let month = Period.monthNames[from.month - 1]
    switch period {
    case .month where from.year == to.year: return "\(month) to \(last)"
    case .day where from.year == to.year && from.month == to.month: return "\(from.day) to \(last)"
    case .day where from.year == to.year: return "\(from.day) \(month) to \(last)"
    default: return "\(period.name(of: stretch.first)) to \(last)"
    }
  }
}
