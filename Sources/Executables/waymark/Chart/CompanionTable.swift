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

  /// - Throws: `CommandFailure` for columns that are not there, and for every cell that is no number.
  init(_ file: DataFile, _ options: ChartOptions, _ kind: CompanionKind) throws(CommandFailure) {
    guard let yName = options.y ?? file.column(usual: ["value", "numerator", "count", "y"]).map({ file.columns[$0] })
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
    var numbers = NumberText(separator: file.separator)
    var problems: [String] = []
    func number(_ row: DataFile.Row, _ column: Int) -> Double? {
      if row.cells[column].isEmpty { return nil }
      switch numbers.parse(row.cells[column], line: row.line) {
      case .success(let value): return value
      case .failure(let refusal):
        let text = String(decoding: row.cells[column].prefix(40), as: UTF8.self)
        problems.append("line \(row.line), \(file.columns[column]) “\(text)”: \(refusal.message) \(refusal.accepted)")
        return nil
      }
    }
    rows = file.rows.filter { row in filters.allSatisfy { row.cells[$0.column].elementsEqual($0.value) } }.map { row in
      Row(
        name: by.map { String(decoding: row.cells[$0], as: UTF8.self) } ?? "", value: number(row, y),
        other: other.flatMap { number(row, $0) })
    }
    try DataFile.refuse(problems, in: file.name)
    if rows.isEmpty { throw CommandFailure(.data, "\(file.name) has no row that could be used.") }
    valueName = file.columns[y]
    otherName = other.map { file.columns[$0] } ?? ""
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
