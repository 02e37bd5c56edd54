// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// The rows of a file as a chart needs them, group by group.
struct ChartRows {
  struct Row {
    let line: Int
    /// Of rows in sequence, the number, counted from 1970-01-01.
    let day: Day
    /// The time of day of an event, as a share of it.
    var fraction = 0.0
    /// Nil when the cell is empty.
    let value: Double?
    let denominator: Double?
  }

  /// In order of their names; one without a name where there are no groups.
  let groups: [(name: String, rows: [Row])]
  let hasDenominators: Bool
  /// Whether there is a column of values; of events there need not be one.
  let hasValues: Bool
  /// Whether rows are numbered, and have no days.
  let isSequence: Bool
  /// Name of the column with the values.
  let valueName: String
  let file: String

  /// - Throws: `CommandFailure` for columns that are not there, and for every cell that cannot be read.
  init(_ file: DataFile, options: ChartOptions) throws(CommandFailure) {
    self.file = file.name
    let areEvents = [.one(.t), .one(.g)].contains(KindChoice(options.kind))
    let x = try ChartRows.time(file, options)
    let y = try ChartRows.value(file, options, besides: x, canBeMissing: areEvents)
    let usualDenominator = options.y == nil ? file.column(usual: ["denominator", "n", "total"]) : nil
    let n =
      try options.n.map { name throws(CommandFailure) in try file.column(name, option: "--n") } ?? usualDenominator
    let by = try options.by.map { name throws(CommandFailure) in try file.column(name, option: "--by") }
    let filters = try ChartRows.filters(file, options)
    hasDenominators = n != nil
    hasValues = y != nil
    valueName = y.map { file.columns[$0] } ?? "days between events"
    let isSequence =
      areEvents && y != nil
      && EventColumn.isSequence(
        file.rows.lazy.filter { row in filters.allSatisfy { row.cells[$0.column].elementsEqual($0.value) } }
          .map { $0.cells[x] })
    self.isSequence = isSequence

    var numbers = NumberText(separator: file.separator)
    var problems: [String] = []
    func refuse(_ row: DataFile.Row, _ column: Int, _ message: String, _ accepted: String) {
      let text = String(decoding: row.cells[column].prefix(40), as: UTF8.self)
      problems.append("line \(row.line), \(file.columns[column]) “\(text)”: \(message) \(accepted)")
    }
    func number(_ row: DataFile.Row, _ column: Int) -> Double? {
      // An empty cell is a value that nobody took.
      if row.cells[column].isEmpty { return nil }
      switch numbers.parse(row.cells[column], line: row.line) {
      case .success(let value): return value
      case .failure(let refusal):
        refuse(row, column, refusal.message, refusal.accepted)
        return nil
      }
    }
    var groups: [ArraySlice<UInt8>: [Row]] = [:]
    for row in file.rows where filters.allSatisfy({ row.cells[$0.column].elementsEqual($0.value) }) {
      let moment: Result<EventIntervals.Moment, PeriodText.Refusal>
      if isSequence, let number = EventColumn.number(row.cells[x]) {
        moment = .success(.init(day: Day(daysSinceEpoch: number)))
      } else if areEvents {
        moment = MomentText.parse(row.cells[x], latest: .latest)
      } else {
        moment = PeriodText.parse(row.cells[x], latest: .latest).map { .init(day: $0) }
      }
      switch moment {
      case .failure(let refusal): refuse(row, x, refusal.message, refusal.accepted)
      case .success(let moment):
        let denominator = n.flatMap { number(row, $0) }
        if let denominator, denominator < 0, let n {
          refuse(row, n, "A denominator is below 0.", "0 or more is accepted.")
          continue
        }
        groups[by.map { row.cells[$0] } ?? [], default: []].append(
          Row(
            line: row.line, day: moment.day, fraction: moment.fraction, value: y.flatMap { number(row, $0) },
            denominator: denominator))
      }
    }
    try DataFile.refuse(problems, in: file.name)
    if groups.isEmpty {
      let reason = file.rows.isEmpty ? "has no rows" : "has no row that --filter lets through"
      throw CommandFailure(.data, "\(file.name) \(reason).")
    }
    self.groups = groups.map { (name: String(decoding: $0.key, as: UTF8.self), rows: $0.value) }
      .sorted { $0.name < $1.name }
  }

  private static func time(_ file: DataFile, _ options: ChartOptions) throws(CommandFailure) -> Int {
    if let name = options.x { return try file.column(name, option: "--x") }
    if let usual = file.column(usual: ["period", "date", "month", "week", "quarter", "day", "x"]) { return usual }
    // The only column that has a date in its first row.
    let dated = file.columns.indices.filter { column in
      guard let cell = file.rows.first?.cells[column] else { return false }
      if case .success = MomentText.parse(cell, latest: .latest) { return true }
      return false
    }
    guard dated.count == 1 else {
      throw CommandFailure(
        .usage,
        "Say with --x which column of \(file.name) has the date; its columns are \(file.columns.joined(separator: ", "))."
      )
    }
    return dated[0]
  }

  /// - Returns: nil where there is no column of numbers and need be none.
  private static func value(
    _ file: DataFile, _ options: ChartOptions, besides x: Int, canBeMissing: Bool
  ) throws(CommandFailure) -> Int? {
    if let name = options.y { return try file.column(name, option: "--y") }
    if let usual = file.column(usual: ["value", "numerator", "count", "y"]) { return usual }
    // The only other column that has a number in its first row.
    var numbers = NumberText(separator: file.separator)
    let numeric = file.columns.indices.filter { column in
      guard column != x, let cell = file.rows.first?.cells[column] else { return false }
      if case .success = numbers.parse(cell, line: 1) { return true }
      return false
    }
    if numeric.isEmpty, canBeMissing { return nil }
    guard numeric.count == 1 else {
      throw CommandFailure(
        .usage,
        "Say with --y which column of \(file.name) has the value; its columns are \(file.columns.joined(separator: ", "))."
      )
    }
    return numeric[0]
  }

  static func filters(
    _ file: DataFile, _ options: ChartOptions
  ) throws(CommandFailure) -> [(column: Int, value: [UInt8])] {
    var filters: [(column: Int, value: [UInt8])] = []
    for filter in options.filter {
      let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw CommandFailure(.usage, "--filter \(filter): COLUMN=VALUE is accepted.")
      }
      filters.append((try file.column(String(parts[0]), option: "--filter"), Array(parts[1].utf8)))
    }
    return filters
  }
}
