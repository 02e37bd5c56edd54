// SPDX-License-Identifier: Apache-2.0

import SPC

/// The forms that most files have, read where they stand: `2023-04-07`, `07/04/2023`, `7.4.23`, `2023-04` and `2023-Q2`.
///
/// They mean what ``LabelReader`` makes of them, which would need a copy of the text and a look for every other form.
extension PeriodLabel {
  /// Nil for a text that has none of these forms; unreadable for one that has such a form but names no real day or month.
  init?(plain text: ArraySlice<UInt8>) {
    guard (6...10).contains(text.count),
      let label = text.withUnsafeBufferPointer({ Self.plain(LabelCursor($0)) })
    else { return nil }
    self = label
  }

  private static func plain(_ start: LabelCursor) -> PeriodLabel? {
    var cursor = start
    let first = cursor.digits()
    guard first.count > 0, let mark = cursor.mark() else { return nil }
    let isQuarter = mark == UInt8(ascii: "-") && (cursor.eat(UInt8(ascii: "Q")) || cursor.eat(UInt8(ascii: "q")))
    let second = cursor.digits()
    var label = PeriodLabel()
    if cursor.isAtEnd {
      guard first.count == 4, second.count == (isQuarter ? 1 : 2) else { return nil }
      guard let year = LabelCursor.year(first.value, digits: 4) else { return label }
      if isQuarter {
        if (1...4).contains(second.value) { label.addQuarter(year, second.value) }
      } else {
        label.add(.month, Day(year: year, month: second.value, day: 1))
        let isFinancialYear = mark != UInt8(ascii: ".") && second.value == (year + 1) % 100
        if isFinancialYear { label.add(.financialYear, Day(year: year, month: 4, day: 1)) }
      }
      return label
    }
    guard !isQuarter, cursor.eat(mark) else { return nil }
    let third = cursor.digits()
    guard cursor.isAtEnd else { return nil }
    switch (first.count, second.count, third.count) {
    case (4, 2, 2):
      guard let year = LabelCursor.year(first.value, digits: 4) else { return label }
      label.addDay(Day(year: year, month: second.value, day: third.value))
    case (1...2, 1...2, 2), (1...2, 1...2, 4):
      guard let year = LabelCursor.year(third.value, digits: third.count) else { return label }
      let days = LabelReader.days(first.value, second.value, year, mark: mark)
      label.add(.dayFirst, days.dayFirst)
      label.add(.monthFirst, days.monthFirst)
    default: return nil
    }
    return label
  }
}
