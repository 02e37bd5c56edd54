// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// How the rows of T and G charts say which event they are of: by its day, perhaps with a time, or by a number in sequence.
enum EventColumn {
  /// Whether rows are numbered: all cells are whole numbers, and they are not all like years or a spreadsheet's days.
  static func isSequence(_ cells: some Sequence<ArraySlice<UInt8>>) -> Bool {
    var isEmpty = true
    var (canBeYears, canBeSerialDays) = (true, true)
    for cell in cells {
      guard let number = number(cell) else { return false }
      if !(1900...2100).contains(number) { canBeYears = false }
      if !(30_000...60_000).contains(number) { canBeSerialDays = false }
      isEmpty = false
    }
    return !isEmpty && !canBeYears && !canBeSerialDays
  }

  /// Nil for what is no number of a sequence.
  static func number(_ cell: ArraySlice<UInt8>) -> Int? {
    guard !cell.isEmpty, cell.count <= 7, cell.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let number = cell.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return number <= Series.mostNumbered ? number : nil
  }
}

extension SeriesBuilder {
  /// A point for each event.
  ///
  /// - Parameter rows: in order of time.
  func eventSeries(of rows: [ChartRows.Row], group: String) throws -> Series {
    if self.rows.isSequence {
      if let pair = zip(rows, rows.dropFirst()).first(where: { $0.day == $1.day }) {
        throw CommandFailure(
          .data,
          "\(self.rows.file): lines \(pair.0.line) and \(pair.1.line) have the number \(pair.0.day.daysSinceEpoch); each "
            + "case has a number of its own.")
      }
      return try Series(sequence: rows.map { (number: Int($0.day.daysSinceEpoch), value: $0.value) })
    }
    guard self.rows.hasValues else {
      // A G chart counts whole days between events, a T chart measures the time.
      let moments = rows.map { row in
        EventIntervals.Moment(day: row.day, fraction: kind == .t ? row.fraction : 0)
      }
      do {
        return try EventIntervals(events: moments).series()
      } catch let error as AggregationError {
        throw CommandFailure(.data, "\(self.rows.file): \(error.description)")
      }
    }
    return try Series(events: rows.map { .init(day: $0.day, value: $0.value, denominator: $0.denominator) })
  }
}
