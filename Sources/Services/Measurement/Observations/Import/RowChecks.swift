// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// Turns the rows of a table into observations, and says what is wrong with those that are none.
struct RowChecks: Sendable {
  private enum Phase {
    /// The line of names has not come yet.
    case start
    case reading(ImportColumns)
    /// The line of names is of no use: the other rows are only counted.
    case counting
  }

  private let rules: ObservationRules
  private let hasDenominator: Bool
  private let choice: ColumnChoice
  private let options: ReadingOptions
  private let latest: Day
  private let limits: CSVLimits

  private var phase = Phase.start
  private var headerLine = 1
  private var series: SeriesReader?
  /// Notes of the rows that the series has taken; empty without a column for them.
  private var notes: [String] = []
  private var reading = ImportReading()

  init(
    rules: ObservationRules, hasDenominator: Bool, choice: ColumnChoice, options: ReadingOptions, latest: Day,
    limits: CSVLimits
  ) {
    self.rules = rules
    self.hasDenominator = hasDenominator
    self.choice = choice
    self.options = options
    self.latest = latest
    self.limits = limits
  }

  mutating func take(_ event: TableReader.Event, _ row: CSVRow) {
    switch event {
    case .names(let separator):
      headerLine = row.line
      phase = readNames(row, separator: separator)
    case .row:
      reading.rowsRead += 1
      guard case .reading(let columns) = phase else { return }
      guard !row.hasControlCharacters else {
        reject(controlProblem(row, columns.name))
        return
      }
      observation(row, columns)
    case .misfit:
      reading.rowsRead += 1
      guard case .reading(let columns) = phase else { return }
      reject(cellsProblem(row, columns))
    case .fault:
      reading.rowsRead += 1
      guard case .reading(let columns) = phase else { return }
      if let problem = textProblem(row, columns.name) { reject(problem) }
    }
  }

  private mutating func reject(_ problem: RowProblem) {
    reading.problems.append(problem)
    reading.rowsRejected += 1
  }

  // MARK: The end of the file

  mutating func finish(_ table: TableReader) -> ImportReading {
    if let format = table.foreignFormat {
      reading.problems.append(
        RowProblem(row: 1, kind: .text, message: "The file is \(format.title).", accepted: format.advice))
      return reading
    }
    reading.remarks = table.remarks
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
    case .reading(let columns):
      if let (utf8, other) = table.mixedEncodings {
        reading.problems.append(
          RowProblem(
            row: other, kind: .text, message: "The text is not UTF-8, but that of line \(utf8) is.",
            accepted: "A file in UTF-8: save it as “CSV UTF-8”."))
        reading.rowsRejected = reading.rowsRead
      } else {
        settle(columns)
      }
    case .counting: break
    }
    return reading
  }

  /// Takes the rows that the series has read, and checks them against the rules of the chart and one another.
  private mutating func settle(_ columns: ImportColumns) {
    guard let series else { return }
    self.series = nil
    let outcome = series.finish(latest: latest)
    var problems = reading.problems
    problems.append(contentsOf: outcome.problems) { problem in
      RowProblem(
        row: problem.line, column: columns.name(of: problem.column), value: RowProblem.quoted(problem.text),
        kind: problem.kind == .period ? .period : problem.kind == .number ? .number : .range, message: problem.message,
        accepted: problem.accepted)
    }
    reading.rowsRejected += outcome.rejected
    reading.remarks += outcome.remarks.map { remark in
      var remark = remark
      remark.column = RowProblem.quoted(Array(remark.column.utf8))
      return remark
    }

    let fractions = rules.isWholeCount ? CountLooks(outcome.rows) : nil
    var lines: [Day: Int] = [:]
    lines.reserveCapacity(outcome.rows.count)
    reading.rows.reserveCapacity(outcome.rows.count)
    for row in outcome.rows {
      let before = problems.total
      if let first = lines[row.day] {
        problems.append(
          RowProblem(
            row: row.line, column: columns.period.name, value: RowProblem.quoted(outcome.label(of: row)),
            kind: .duplicate,
            message: "The period is in line \(first) already; it begins on \(row.day).",
            accepted: "One row for every period."))
      } else {
        lines[row.day] = row.line
      }
      guard let value = row.value, columns.denominator == nil || row.denominator != nil else {
        if problems.total == before { reading.rowsWithoutValue += 1 } else { reading.rowsRejected += 1 }
        continue
      }
      let fraction = fractions?.refusal(value: value, denominator: row.denominator).map {
        ObservationRules.Violation(part: .value, message: $0.message, accepted: $0.accepted)
      }
      if let violation = rules.violation(value: value, denominator: row.denominator) ?? fraction {
        let isValue = violation.part == .value
        let column = isValue ? columns.value : (columns.denominator ?? columns.value)
        problems.append(
          RowProblem(
            row: row.line, column: column.name,
            value: ImportPlan.figure(isValue ? value : (row.denominator ?? value)), kind: .range,
            message: violation.message, accepted: violation.accepted))
      }
      let note = columns.note == nil ? nil : notes[row.index]
      if let note, let column = columns.note, note.unicodeScalars.count > ObservationImport.maximumNote {
        problems.append(
          RowProblem(
            row: row.line, column: column.name, value: RowProblem.quoted(Array(note.utf8)), kind: .text,
            message: "The note is too long.", accepted: "At most \(ObservationImport.maximumNote) characters."))
      }
      guard problems.total == before else {
        reading.rowsRejected += 1
        continue
      }
      reading.rows.append(
        ImportedRow(line: row.line, day: row.day, value: value, denominator: row.denominator, note: note))
    }
    reading.problems = problems.sorted()
  }

  // MARK: The line of names

  private mutating func readNames(_ row: CSVRow, separator: UInt8) -> Phase {
    let name = { (index: Int) in "column \(index + 1)" }
    if let problem = textProblem(row, name) ?? (row.hasControlCharacters ? controlProblem(row, name) : nil) {
      reading.problems.append(problem)
      return .counting
    }
    let names = NamesLine(row)
    reading.names = names.names.map { RowProblem.quoted(Array($0.utf8)) }
    let found = ImportColumns.find(
      choice, in: names, hasDenominator: hasDenominator, needsDenominator: rules.needsDenominator)
    switch found {
    case .success(let columns):
      reading.columns = columns
      series = SeriesReader(
        SeriesReader.Names(
          period: columns.period.name, value: columns.value.name, denominator: columns.denominator?.name),
        options: options, separator: separator)
      return .reading(columns)
    case .failure(let missing):
      for problem in missing.problems { reading.problems.append(problem) }
      return .counting
    }
  }

  // MARK: One row

  private mutating func observation(_ row: CSVRow, _ columns: ImportColumns) {
    let taken = series?.take(
      line: row.line, period: trimmed(row[columns.period.index]), value: trimmed(row[columns.value.index]),
      denominator: columns.denominator.map { trimmed(row[$0.index]) } ?? [])
    guard taken == true else {
      // A total is not a row of a period.
      reading.rowsRead -= 1
      return
    }
    if let column = columns.note { notes.append(String(decoding: trimmed(row[column.index]), as: UTF8.self)) }
  }

  // MARK: What is wrong with the text of a row

  private func cellsProblem(_ row: CSVRow, _ columns: ImportColumns) -> RowProblem {
    let cells = row.count == 1 ? "1 cell" : "\(row.count) cells"
    let text = (0..<row.count).map { String(decoding: row[$0].prefix(100), as: UTF8.self) }.joined(separator: ", ")
    return RowProblem(
      row: row.line, value: RowProblem.quoted(Array(text.utf8)), kind: .cells,
      message: "The row has \(cells), the first line has \(columns.count).",
      accepted: columns.count == 1 ? "1 cell." : "\(columns.count) cells.")
  }

  /// What keeps a row from being cells of text.
  private func textProblem(_ row: CSVRow, _ names: (Int) -> String) -> RowProblem? {
    if let fault = row.fault { return problem(fault, row, names) }
    guard !row.isASCII, let index = (0..<row.count).first(where: { String(validating: row[$0], as: UTF8.self) == nil })
    else { return nil }
    return RowProblem(
      row: row.line, column: names(index), value: RowProblem.quoted(row[index]), kind: .text,
      message: "The text is neither UTF-8 nor Windows-1252.", accepted: "A file in UTF-8: save it as “CSV UTF-8”.")
  }

  private func controlProblem(_ row: CSVRow, _ names: (Int) -> String) -> RowProblem {
    let index = (0..<row.count).first { row[$0].contains(where: isControl) } ?? 0
    return RowProblem(
      row: row.line, column: names(index), value: RowProblem.quoted(row[index]), kind: .text,
      message: "The text has a control character.", accepted: "Text without control characters.")
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
