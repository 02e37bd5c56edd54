// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

/// Rows without an order in time: a name, a value, and for some charts another number.
struct CompanionTable {
  struct Row {
    let name: String
    let value: Double?
    /// The denominator of a funnel, the horizontal value of a scatter plot.
    let other: Double?
  }

  let rows: [Row]
  let valueName: String
  let otherName: String
  /// How the file was read.
  let remarks: [Remark]

  /// - Throws: `CommandFailure` for columns that are not there, and for every cell that is no number.
  init(_ file: DataFile, _ options: ChartOptions, _ kind: CompanionKind) throws(CommandFailure) {
    let usual = try options.y == nil ? file.column(usual: NamesLine.Usual.value + ["y"]) : nil
    guard let yName = options.y ?? usual.map({ file.columns[$0] })
    else {
      throw CommandFailure(
        .usage,
        "Say with --y which column of \(file.name) has the value; its columns are "
          + "\(file.columns.joined(separator: ", ")).")
    }
    let y = try file.column(yName, option: "--y")
    var other: Int?
    switch kind {
    case .funnel:
      guard let n = options.n else {
        throw CommandFailure(.usage, "A funnel needs --n, the column with the denominator.")
      }
      other = try file.column(n, option: "--n")
    case .scatter:
      guard let x = options.x else { throw CommandFailure(.usage, "A scatter plot needs --x, the horizontal column.") }
      other = try file.column(x, option: "--x")
    default: break
    }
    var by: Int?
    if let name = options.by ?? (kind == .pareto ? options.x : nil) { by = try file.column(name, option: "--by") }
    if by == nil, kind == .funnel || kind == .pareto {
      throw CommandFailure(.usage, "Say with --by which column of \(file.name) has the names.")
    }
    let filters = try ChartRows.filters(file, options)
    var reader = SeriesReader(
      SeriesReader.Names(period: nil, value: file.columns[y], denominator: other.map { file.columns[$0] }),
      options: options.reading, separator: file.separator)
    var names: [String] = []
    for row in file.rows where filters.allSatisfy({ row.cells[$0.column].elementsEqual($0.value) }) {
      _ = reader.take(
        line: row.line, period: [], value: row.cells[y], denominator: other.map { row.cells[$0] } ?? [])
      names.append(by.map { String(decoding: row.cells[$0], as: UTF8.self) } ?? "")
    }
    let outcome = reader.finish(latest: .latest)
    let problems = outcome.problems.first.map { problem in
      let text = String(decoding: problem.text.prefix(40), as: UTF8.self)
      let column = problem.column == .denominator ? other ?? y : y
      return "line \(problem.line), \(file.columns[column]) “\(text)”: \(problem.message) \(problem.accepted)"
    }
    try DataFile.refuse(problems, in: file.name)
    var said = file.remarks + outcome.remarks
    var found = outcome.rows.map { row in
      (Row(name: names[row.index], value: row.value, other: row.denominator), row.line)
    }
    if let by, kind == .funnel || kind == .pareto {
      let totals = CompanionTable.totals(found.map(\.0))
      for (name, reason) in totals.sorted(by: { $0.key < $1.key }) {
        said.append(Remark(.passedOver, "“\(name)” \(reason.words) and was left out.", column: file.columns[by]))
      }
      found.removeAll { totals[$0.0.name] != nil }
    }
    if kind == .funnel {
      let looks = CountLooks(outcome.rows)
      for (row, line) in found {
        guard let value = row.value, let words = looks.refusal(value: value, denominator: row.other) else { continue }
        throw CommandFailure(
          .data, "\(file.name), line \(line), \(file.columns[y]): \(words.message) \(words.accepted)")
      }
    }
    rows = found.map(\.0)
    remarks = said
    if rows.isEmpty { throw CommandFailure(.data, "\(file.name) has no row that could be used.") }
    valueName = file.columns[y]
    otherName = other.map { file.columns[$0] } ?? ""
  }

  /// Which of the names are the sums of the others.
  private static func totals(_ rows: [Row]) -> [String: GroupTotals.Reason] {
    var amounts: [String: GroupTotals.Amount] = [:]
    for row in rows {
      guard let value = row.value else { continue }
      let before = amounts[row.name]
      amounts[row.name] = GroupTotals.Amount(
        value: (before?.value ?? 0) + value, denominator: row.other.map { $0 + (before?.denominator ?? 0) })
    }
    return GroupTotals.find(amounts.map { (name: $0.key, amounts: [0: $0.value]) })
  }

  /// Numerators and denominators, added up for each name, in the order of their first rows.
  func sums() -> [Funnel.Unit] {
    var order: [String] = []
    var units: [String: Funnel.Unit] = [:]
    for row in rows {
      guard let value = row.value, let denominator = row.other else { continue }
      if units[row.name] == nil {
        order.append(row.name)
        units[row.name] = Funnel.Unit(name: row.name, numerator: 0, denominator: 0)
      }
      units[row.name]?.numerator += value
      units[row.name]?.denominator += denominator
    }
    return order.compactMap { units[$0] }
  }

  /// Values, added up for each name.
  func amounts() -> [Pareto.Category] {
    var order: [String] = []
    var amounts: [String: Double] = [:]
    for row in rows {
      guard let value = row.value else { continue }
      if amounts[row.name] == nil { order.append(row.name) }
      amounts[row.name, default: 0] += value
    }
    return order.map { Pareto.Category(name: $0, amount: amounts[$0] ?? 0) }
  }
}
