// SPDX-License-Identifier: Apache-2.0

import Foundation
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
  /// Name of the column with the denominators; nil where there is none.
  let denominatorName: String?
  var hasDenominators: Bool { denominatorName != nil }
  /// Whether there is a column of values; of events there need not be one.
  let hasValues: Bool
  /// Whether rows are numbered, and have no days.
  let isSequence: Bool
  /// Name of the column with the values.
  let valueName: String
  let file: String
  /// How the file was read, what was passed over, and what looks wrong.
  let remarks: [Remark]
  /// Whether a numerator has decimals, and what to say where a count is needed.
  let fraction: String?

  /// - Throws: `CommandFailure` for columns that are not there, and for every cell that cannot be read.
  init(_ file: DataFile, options: ChartOptions) throws(CommandFailure) {
    self.file = file.name
    let areEvents = [.one(.t), .one(.g)].contains(KindChoice(options.kind))
    let x = try ChartRows.time(file, options)
    let y = try ChartRows.value(file, options, besides: x, canBeMissing: areEvents)
    let usualDenominator = try options.y == nil ? file.column(usual: NamesLine.Usual.denominator) : nil
    let n =
      try options.n.map { name throws(CommandFailure) in try file.column(name, option: "--n") } ?? usualDenominator
    let by = try options.by.map { name throws(CommandFailure) in try file.column(name, option: "--by") }
    let filters = try ChartRows.filters(file, options)
    denominatorName = n.map { file.columns[$0] }
    hasValues = y != nil
    valueName = y.map { file.columns[$0] } ?? "days between events"
    let chosen = file.rows.filter { row in filters.allSatisfy { row.cells[$0.column].elementsEqual($0.value) } }
    let isSequence = areEvents && y != nil && EventColumn.isSequence(chosen.lazy.map { $0.cells[x] })
    self.isSequence = isSequence
    // Numbers of a sequence and times of day say what they are without the rest of their column.
    let haveOwnMoments =
      isSequence || areEvents && chosen.contains { $0.cells[x].contains(UInt8(ascii: ":")) }

    var reader = SeriesReader(
      SeriesReader.Names(
        period: haveOwnMoments ? nil : file.columns[x], value: valueName, denominator: n.map { file.columns[$0] }),
      options: options.reading, separator: file.separator)
    var taken: [DataFile.Row] = []
    var moments: [EventIntervals.Moment] = []
    var problems: [String] = []
    func refuse(_ line: Int, _ column: Int, _ text: some Collection<UInt8>, _ message: String, _ accepted: String) {
      let text = String(decoding: text.prefix(40), as: UTF8.self)
      problems.append("line \(line), \(file.columns[column]) “\(text)”: \(message) \(accepted)")
    }
    for row in chosen {
      if haveOwnMoments {
        switch ChartRows.moment(row.cells[x], isSequence: isSequence) {
        case .success(let moment): moments.append(moment)
        case .failure(let refusal):
          refuse(row.line, x, row.cells[x], refusal.message, refusal.accepted)
          continue
        }
      }
      if reader.take(
        line: row.line, period: row.cells[x], value: y.map { row.cells[$0] } ?? [],
        denominator: n.map { row.cells[$0] } ?? [])
      {
        taken.append(row)
      }
    }
    var outcome = reader.finish(latest: .latest)
    if haveOwnMoments {
      for index in outcome.rows.indices { outcome.rows[index].day = moments[outcome.rows[index].index].day }
    }
    for problem in outcome.problems.first {
      let column = problem.column == .period ? x : problem.column == .value ? y ?? x : n ?? x
      refuse(problem.line, column, problem.text, problem.message, problem.accepted)
    }
    for row in outcome.rows {
      guard let denominator = row.denominator, denominator < 0, let n else { continue }
      problems.append(
        "line \(row.line), \(file.columns[n]): A denominator is below 0. 0 or more is accepted.")
    }
    try DataFile.refuse(problems, in: file.name)
    if let n, outcome.rows.contains(where: { $0.value != nil }), outcome.rows.allSatisfy({ $0.denominator == nil }) {
      throw CommandFailure(
        .data,
        "\(file.name): “\(file.columns[n])” has no number in any row. Name the column with the denominators with --n, or "
          + "leave this one out of the file.")
    }
    if outcome.rows.isEmpty {
      let reason = file.rows.isEmpty ? "has no rows" : "has no row that --filter lets through"
      throw CommandFailure(.data, "\(file.name) \(chosen.isEmpty ? reason : "has no row that could be used").")
    }
    var said = file.remarks + outcome.remarks
    var groups: [(name: String, rows: [Row])]
    if let by {
      groups = ChartRows.grouped(outcome.rows, taken, by: by)
      let totals = ChartRows.totals(groups)
      for (name, reason) in totals.sorted(by: { $0.key < $1.key }) {
        said.append(Remark(.passedOver, "“\(name)” \(reason.words) and was left out.", column: file.columns[by]))
      }
      groups.removeAll { totals[$0.name] != nil }
    } else if areEvents {
      // Several events of one day are several points.
      groups = [(name: "", rows: outcome.rows.map { Row($0) })]
    } else {
      let used = Set([x, y, n].compactMap { $0 } + filters.map(\.column))
      let (rows, remarks) = ChartRows.together(outcome.rows, taken, file, besides: used, kind: options.kind)
      groups = [(name: "", rows: rows)]
      said += remarks
    }
    if haveOwnMoments {
      let fractions = Dictionary(
        zip(taken.map(\.line), moments.map(\.fraction)), uniquingKeysWith: { first, _ in first })
      groups = groups.map { group in
        let rows = group.rows.map { row in
          var row = row
          row.fraction = fractions[row.line] ?? 0
          return row
        }
        return (name: group.name, rows: rows)
      }
    }
    self.groups = groups.sorted { $0.name < $1.name }
    if !isSequence, let early = ChartRows.future(outcome.rows) { said.append(early) }
    remarks = said
    let looks = CountLooks(outcome.rows)
    fraction = outcome.rows.first { row in row.value.map { $0 != $0.rounded() } ?? false }.flatMap { row in
      row.value.flatMap { looks.refusal(value: $0, denominator: row.denominator) }.map { words in
        "line \(row.line), \(file.columns[y ?? x]): \(words.message) \(words.accepted)"
      }
    }
  }

  /// That some periods have not begun, which an import refuses: a year may be mistyped, or these are plans.
  private static func future(_ rows: [SeriesReader.Row]) -> Remark? {
    // Somewhere it is tomorrow already.
    let latest = Day(daysSinceEpoch: Int(Date().timeIntervalSince1970 / 86400) + 1)
    let early = rows.filter { $0.day > latest && $0.value != nil }
    guard let first = early.first else { return nil }
    let rows =
      early.count == 1
      ? "1 row has a value of a period that has not begun, in line \(first.line)"
      : "\(early.count) rows have values of periods that have not begun, the first in line \(first.line)"
    return Remark(.warning, "\(rows) (\(first.day)). Is the year right?", row: first.line)
  }

  /// Refuses numerators with decimals where the kind of chart needs counts.
  func requireCounts(for kind: ChartKind) throws(CommandFailure) {
    guard let fraction, kind.isProportion || kind == .u || kind == .uPrime else { return }
    throw CommandFailure(.data, "\(file) cannot be used:\n  \(fraction) (--kind run or --kind i, and no --n)")
  }

  /// When an event was, or its number.
  private static func moment(
    _ cell: ArraySlice<UInt8>, isSequence: Bool
  ) -> Result<EventIntervals.Moment, PeriodText.Refusal> {
    if isSequence, let number = EventColumn.number(cell) { return .success(.init(day: Day(daysSinceEpoch: number))) }
    return MomentText.parse(cell, latest: .latest)
  }

  private static func time(_ file: DataFile, _ options: ChartOptions) throws(CommandFailure) -> Int {
    if let name = options.x { return try file.column(name, option: "--x") }
    if let usual = try file.column(usual: NamesLine.Usual.period + ["x"]) { return usual }
    // The only column that has a date in its first row.
    let dated = file.columns.indices.filter { column in
      guard let cell = file.rows.first?.cells[column] else { return false }
      if CellLooks.isPeriod(cell) { return true }
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
    if let usual = try file.column(usual: NamesLine.Usual.value + ["y"]) { return usual }
    // The only other column that has a number in its first row.
    let numeric = file.columns.indices.filter { column in
      column != x && file.rows.first.map { CellLooks.isNumber($0.cells[column]) } ?? false
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
