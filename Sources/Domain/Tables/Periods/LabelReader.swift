// SPDX-License-Identifier: Apache-2.0

import SPC

/// Reads one cleaned label in every way: lower case ASCII with single blanks.
struct LabelReader {
  private let cursor: LabelCursor

  init(_ clean: UnsafeBufferPointer<UInt8>) { cursor = LabelCursor(clean) }

  func read(into label: inout PeriodLabel) {
    if let day = safeDay(cursor) { return label.addDay(day) }
    if let (day, month) = numericDay(cursor) {
      label.add(.dayFirst, day)
      label.add(.monthFirst, month)
      return
    }
    if let (isEnd, inner) = weekOf(cursor) {
      let days: (Day?, Day?) = safeDay(inner).map { ($0, $0) } ?? numericDay(inner) ?? (nil, nil)
      label.add(.weekOfDayFirst, days.0?.advanced(by: isEnd ? -6 : 0))
      label.add(.weekOfMonthFirst, days.1?.advanced(by: isEnd ? -6 : 0))
      return
    }
    label.add(.month, month())
    label.add(.financialYear, financialYear().flatMap { Day(year: $0, month: 4, day: 1) })
    label.add(.financialQuarter, financialQuarter())
    if let (year, quarter) = quarter() { label.addQuarter(year, quarter) }
    label.add(.week, week())
    label.add(.yearWeek, yearWeek())
    label.add(.year, only { $0.year() }.flatMap { Day(year: $0, month: 1, day: 1) })
    if let year = financialYearName() {
      label.add(.financialYearStarting, Day(year: year, month: 4, day: 1))
      label.add(.financialYearEnding, Day(year: year - 1, month: 4, day: 1))
    }
    label.add(.serialDay, serialDay())
  }

  /// Whether a text that has not been cleaned may be a period: whether it begins with a number of a fitting length, or
  /// with one of the words that open labels.
  static func mayRead(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var cursor = LabelCursor(text)
    guard !cursor.isAtBlank else { return true }
    let digits = cursor.digits().count
    let word = digits == 0 ? cursor.word() : nil
    // What other scripts have in this place is seen only when it has been replaced.
    guard !cursor.isAtOtherScript else { return true }
    switch digits {
    case 0: return word.map(PeriodNames.openers.contains) ?? false
    case 1, 2, 4, 5: return true
    default: return cursor.isAtEnd || cursor.isAtBlank
    }
  }

  /// What a pattern finds, if it takes the whole label.
  private func only<Found>(_ pattern: (inout LabelCursor) -> Found?) -> Found? {
    var cursor = cursor
    guard let found = pattern(&cursor), cursor.isAtEnd else { return nil }
    return found
  }

  // MARK: Days

  /// A day that nobody reads in two ways: `2023-04-07`, `20230407`, `Sat 1st April 2023`, `April 1, 2023`.
  private func safeDay(_ start: LabelCursor) -> Day? {
    var cursor = start
    if let year = cursor.year(), let mark = cursor.mark(), let month = cursor.number(2), cursor.eat(mark),
      let day = cursor.number(2), cursor.midnight(afterT: true)
    {
      return Day(year: year, month: month, day: day)
    }
    cursor = start
    if let digits = cursor.number(8), cursor.isAtEnd, let year = LabelCursor.year(digits / 10_000, digits: 4) {
      return Day(year: year, month: digits / 100 % 100, day: digits % 100)
    }
    cursor = start
    cursor.weekday()
    if let day = cursor.number(1...2) {
      cursor.ordinal()
      if cursor.any("- ") != nil, let month = cursor.month(), cursor.some("- ,"),
        let year = cursor.year(canBeShort: true), cursor.isAtEnd
      {
        return Day(year: year, month: month, day: day)
      }
    }
    // SAS: 01JAN2024.
    cursor = start
    if let day = cursor.number(1...2), let month = cursor.month(), let year = cursor.year(), cursor.isAtEnd {
      return Day(year: year, month: month, day: day)
    }
    cursor = start
    if let month = cursor.month(), cursor.eat(" "), let day = cursor.number(1...2) {
      cursor.ordinal()
      _ = cursor.eat(",")
      if cursor.eat(" "), let year = cursor.year(), cursor.isAtEnd { return Day(year: year, month: month, day: day) }
    }
    return nil
  }

  /// `7/4/2023`, day first and month first; nil for what has not this form.
  private func numericDay(_ start: LabelCursor) -> (Day?, Day?)? {
    var cursor = start
    guard let a = cursor.number(1...2), let mark = cursor.mark(), let b = cursor.number(1...2), cursor.eat(mark),
      let year = cursor.year(canBeShort: true), cursor.midnight(afterT: false)
    else { return nil }
    return Self.days(a, b, year, mark: mark)
  }

  /// The days that two numbers and a year name; with points between them the day comes first.
  static func days(_ a: Int, _ b: Int, _ year: Int, mark: UInt8) -> (dayFirst: Day?, monthFirst: Day?) {
    (Day(year: year, month: b, day: a), mark == UInt8(ascii: ".") ? nil : Day(year: year, month: a, day: b))
  }

  /// The day behind `w/e` or `w/c`, and whether it ends the week.
  private func weekOf(_ start: LabelCursor) -> (isEnd: Bool, LabelCursor)? {
    guard start.isAt(UInt8(ascii: "w")) else { return nil }
    for word in Self.weekWords {
      var cursor = start
      guard cursor.eat(word.text) else { continue }
      _ = cursor.eat(":")
      if cursor.eat(" ") { return (word.isEnd, cursor) }
    }
    return nil
  }

  private static let weekWords: [(text: StaticString, isEnd: Bool)] = [
    ("w/e", true), ("we", true), ("week ending", true), ("w/c", false), ("wc", false), ("week commencing", false),
    ("week beginning", false), ("w/b", false),
  ]

  private func serialDay() -> Day? {
    only { cursor in
      guard let number = cursor.number(5), (36_526...54_789).contains(number) else { return nil }
      if cursor.eat("."), !cursor.zeros() { return nil }
      return Day(daysSinceEpoch: number - 25_569)
    }
  }

  // MARK: Months, quarters and years

  private func month() -> Day? {
    var start = cursor
    _ = start.eat("msitae-")
    var cursor = start
    if let month = cursor.month() {
      cursor.skip("- /'")
      if let year = cursor.year(canBeShort: true), cursor.isAtEnd { return Day(year: year, month: month, day: 1) }
    }
    cursor = start
    if let year = cursor.year(), cursor.any("- ") != nil, let month = cursor.month(), cursor.isAtEnd {
      return Day(year: year, month: month, day: 1)
    }
    cursor = start
    if let year = cursor.year(), cursor.mark() != nil, let month = cursor.number(2), cursor.isAtEnd {
      return Day(year: year, month: month, day: 1)
    }
    cursor = start
    if let digits = cursor.number(6), cursor.isAtEnd {
      return LabelCursor.year(digits / 100, digits: 4).flatMap { Day(year: $0, month: digits % 100, day: 1) }
    }
    // Eurostat: 2023M04, 2023-M04.
    cursor = start
    if let year = cursor.year() {
      _ = cursor.eat("-")
      if cursor.eat("m"), let month = cursor.number(2), cursor.isAtEnd { return Day(year: year, month: month, day: 1) }
    }
    cursor = start
    if let month = cursor.number(1...2), cursor.mark() != nil, let year = cursor.year(), cursor.isAtEnd {
      return Day(year: year, month: month, day: 1)
    }
    cursor = start
    if let month = cursor.number(2), cursor.eat("/"), let year = cursor.year(canBeShort: true), cursor.isAtEnd {
      return Day(year: year, month: month, day: 1)
    }
    return nil
  }

  private func financialYear() -> Int? { only { $0.financialYear() } }

  private func financialQuarter() -> Day? {
    let found: (Int, Int)? =
      only { cursor in
        guard let quarter = cursor.quarter(), cursor.any("- ") != nil, let year = cursor.financialYear() else {
          return nil
        }
        return (year, quarter)
      }
      ?? only { cursor in
        guard let year = cursor.financialYear(), cursor.any("- ") != nil, let quarter = cursor.quarter() else {
          return nil
        }
        return (year, quarter)
      }
    return found.flatMap { Self.aprilQuarter($0.0, $0.1) }
  }

  private func quarter() -> (Int, Int)? {
    only { cursor in
      guard let quarter = cursor.quarter(), cursor.any("- ") != nil, let year = cursor.year() else { return nil }
      return (year, quarter)
    }
      ?? only { cursor in
        guard let year = cursor.year() else { return nil }
        _ = cursor.any("- ")
        return cursor.quarter().map { (year, $0) }
      }
  }

  static func aprilQuarter(_ year: Int, _ quarter: Int) -> Day? {
    quarter == 4 ? Day(year: year + 1, month: 1, day: 1) : Day(year: year, month: quarter * 3 + 1, day: 1)
  }

  private func financialYearName() -> Int? {
    only { cursor in
      guard cursor.eat("fy") else { return nil }
      _ = cursor.eat(" ")
      _ = cursor.eat("'")
      return cursor.year(canBeShort: true)
    }
  }

  // MARK: Weeks

  private func week() -> Day? {
    only { cursor in
      guard let year = cursor.year() else { return nil }
      _ = cursor.eat("-")
      guard cursor.eat("w"), let week = cursor.number(2) else { return nil }
      return Self.monday(year, week)
    }
      ?? only { cursor in
        guard cursor.eat("week") || cursor.eat("wk") || cursor.eat("w") else { return nil }
        _ = cursor.eat(" ")
        guard let week = cursor.number(1...2), cursor.some("- ,/"), let year = cursor.year() else { return nil }
        return Self.monday(year, week)
      }
  }

  private func yearWeek() -> Day? {
    only { $0.number(6) }.flatMap { digits in
      LabelCursor.year(digits / 100, digits: 4).flatMap { Self.monday($0, digits % 100) }
    }
  }

  /// The Monday of an ISO week; nil where the year has no such week.
  static func monday(_ year: Int, _ week: Int) -> Day? {
    guard (1...53).contains(week), let fourth = Day(year: year, month: 1, day: 4) else { return nil }
    let monday = fourth.advanced(by: 7 * (week - 1) - fourth.weekday)
    // The Thursday tells which year the week is of.
    return monday.advanced(by: 3).year == year ? monday : nil
  }
}

extension Day {
  /// 0 for Monday to 6 for Sunday.
  var weekday: Int { ((Int(daysSinceEpoch) + 3) % 7 + 7) % 7 }
}
