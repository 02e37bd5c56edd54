// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// Turns the rows of a CSV file into observations, and says what is wrong with those that are none.
struct RowChecks: Sendable {
  private enum Phase {
    /// The line of names has not come yet.
    case start
    case reading(ImportColumns, NumberText)
    /// The line of names is of no use: the other rows are only counted.
    case counting
  }

  private let rules: ObservationRules
  private let hasDenominator: Bool
  private let choice: ColumnChoice
  private let latest: Day
  private let limits: CSVLimits

  private var phase = Phase.start
  private var headerLine = 1
  /// The line of each period that has been read, to find those that come twice.
  private var lines: [Day: Int] = [:]
  var reading = ImportReading()

  init(rules: ObservationRules, hasDenominator: Bool, choice: ColumnChoice, latest: Day, limits: CSVLimits) {
    self.rules = rules
    self.hasDenominator = hasDenominator
    self.choice = choice
    self.latest = latest
    self.limits = limits
  }

  mutating func check(_ row: CSVRow, separator: UInt8) {
    guard !row.isBlank else { return }
    switch phase {
    case .start:
      headerLine = row.line
      phase = readNames(row, separator: separator)
    case .reading(let columns, var numbers):
      reading.rowsRead += 1
      let problemsBefore = reading.problems.total
      if isReadable(row, names: columns.name) && hasAllCells(row, columns) {
        observation(row, columns, &numbers)
      }
      if reading.problems.total > problemsBefore { reading.rowsRejected += 1 }
      phase = .reading(columns, numbers)
    case .counting:
      reading.rowsRead += 1
    }
  }

  mutating func finish(foreignFormat: CSVReader.ForeignFormat?) {
    if let foreignFormat {
      let (message, accepted) =
        switch foreignFormat {
        case .utf16: ("The file is in UTF-16.", "A file in UTF-8: save it as “CSV UTF-8”.")
        case .workbook: ("The file is a workbook or archive, not CSV.", "The sheet saved as “CSV UTF-8”.")
        }
      reading.problems.append(RowProblem(row: 1, kind: .text, message: message, accepted: accepted))
      return
    }
    switch phase {
    case .start:
      reading.problems.append(
        RowProblem(
          row: 1, kind: .empty, message: "The file is empty.",
          accepted: "A first line with the names of the columns, and a row for every period."))
    case .reading where reading.rowsRead == 0:
      reading.problems.append(
        RowProblem(
          row: headerLine, kind: .empty, message: "The file has no rows below the names of its columns.",
          accepted: "A row for every period."))
    case .reading, .counting:
      break
    }
  }

  // MARK: The line of names

  private mutating func readNames(_ row: CSVRow, separator: UInt8) -> Phase {
    guard isReadable(row, names: { "column \($0 + 1)" }) else { return .counting }
    let found = ImportColumns.find(
      choice, in: row, hasDenominator: hasDenominator, needsDenominator: rules.needsDenominator)
    switch found {
    case .success(let columns):
      reading.columns = columns
      return .reading(columns, NumberText(separator: separator))
    case .failure(let missing):
      for problem in missing.problems { reading.problems.append(problem) }
      return .counting
    }
  }

  // MARK: One row

  private mutating func observation(_ row: CSVRow, _ columns: ImportColumns, _ numbers: inout NumberText) {
    let problemsBefore = reading.problems.total
    let day = period(row, columns)
    let value = number(row, columns.value, &numbers)
    var denominator: Double?
    if let column = columns.denominator { denominator = number(row, column, &numbers) }

    if let value, columns.denominator == nil || denominator != nil,
      let violation = rules.violation(value: value, denominator: denominator)
    {
      let column = violation.part == .value ? columns.value : (columns.denominator ?? columns.value)
      append(row, column, .range, violation.message, violation.accepted)
    }
    var note: String?
    if let column = columns.note {
      let cell = trimmed(row[column.index])
      let text = String(decoding: cell, as: UTF8.self)
      if cell.count > ObservationImport.maximumNote && text.unicodeScalars.count > ObservationImport.maximumNote {
        append(row, column, .text, "The note is too long.", "At most \(ObservationImport.maximumNote) characters.")
      }
      note = text
    }
    guard reading.problems.total == problemsBefore, let day, let value else { return }
    reading.rows.append(
      ImportedRow(line: row.line, day: day, value: value, denominator: denominator, note: note))
  }

  /// The period of the row; nil, with a problem noted, when it cannot be read.
  ///
  /// A period that was there before is noted as well.
  private mutating func period(_ row: CSVRow, _ columns: ImportColumns) -> Day? {
    switch PeriodText.parse(trimmed(row[columns.period.index]), latest: latest) {
    case .success(let day):
      if let first = lines[day] {
        append(
          row, columns.period, .duplicate, "The period is in line \(first) already; it begins on \(day).",
          "One row for every period.")
      } else {
        lines[day] = row.line
      }
      return day
    case .failure(let refusal):
      append(row, columns.period, .period, refusal.message, refusal.accepted)
      return nil
    }
  }

  private mutating func number(
    _ row: CSVRow, _ column: ImportColumns.Column, _ numbers: inout NumberText
  ) -> Double? {
    switch numbers.parse(trimmed(row[column.index]), line: row.line) {
    case .success(let number):
      return number
    case .failure(let refusal):
      append(row, column, .number, refusal.message, refusal.accepted)
      return nil
    }
  }

  private mutating func append(
    _ row: CSVRow, _ column: ImportColumns.Column, _ kind: RowProblem.Kind, _ message: String, _ accepted: String
  ) {
    reading.problems.append(
      RowProblem(
        row: row.line, column: column.name, value: RowProblem.quoted(row[column.index]), kind: kind,
        message: message, accepted: accepted))
  }

  // MARK: The text of a row

  private mutating func hasAllCells(_ row: CSVRow, _ columns: ImportColumns) -> Bool {
    guard row.count != columns.count else { return true }
    let cells = row.count == 1 ? "1 cell" : "\(row.count) cells"
    let text = (0..<row.count).map { String(decoding: row[$0].prefix(100), as: UTF8.self) }.joined(separator: ", ")
    reading.problems.append(
      RowProblem(
        row: row.line, value: RowProblem.quoted(Array(text.utf8)), kind: .cells,
        message: "The row has \(cells), the first line has \(columns.count).",
        accepted: columns.count == 1 ? "1 cell." : "\(columns.count) cells."))
    return false
  }

  /// Whether the row could be cut into cells and all of them are text; notes a problem when not.
  private mutating func isReadable(_ row: CSVRow, names: (Int) -> String) -> Bool {
    if let fault = row.fault {
      let problem = problem(fault, row, names)
      reading.problems.append(problem)
      return false
    }
    if !row.isASCII, let index = (0..<row.count).first(where: { String(validating: row[$0], as: UTF8.self) == nil }) {
      reading.problems.append(
        RowProblem(
          row: row.line, column: names(index), value: RowProblem.quoted(row[index]), kind: .text,
          message: "The text is not UTF-8.", accepted: "A file in UTF-8: save it as “CSV UTF-8”."))
      return false
    }
    if row.hasControlCharacters, let index = (0..<row.count).first(where: { row[$0].contains(where: isControl) }) {
      reading.problems.append(
        RowProblem(
          row: row.line, column: names(index), value: RowProblem.quoted(row[index]), kind: .text,
          message: "The text has a control character.", accepted: "Text without control characters."))
      return false
    }
    return true
  }

  private func problem(_ fault: CSVFault, _ row: CSVRow, _ names: (Int) -> String) -> RowProblem {
    let (cell, message, accepted): (Int?, String, String) =
      switch fault {
      case .cellTooLong(let index):
        (index, "The cell is too long, or its quote is not closed.", "At most \(limits.cell) bytes in a cell.")
      case .rowTooLong:
        (nil, "The row is too long.", "At most \(limits.row) bytes in a row.")
      case .tooManyCells:
        (nil, "The row has too many cells.", "At most \(limits.cells) cells in a row.")
      case .unclosedQuote(let index):
        (index, "The quote that begins the cell is not closed.", "A closing quote; a quote inside a cell is doubled.")
      case .textAfterQuote(let index):
        (
          index, "There is text after the closing quote of the cell.",
          "The whole cell in quotes; a quote inside it is doubled."
        )
      }
    return RowProblem(
      row: row.line, column: cell.map(names) ?? "", value: RowProblem.quoted(row[cell ?? 0]), kind: .text,
      message: message, accepted: accepted)
  }

  private func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F
  }
}
