// SPDX-License-Identifier: Apache-2.0

import SPC
import Tables

extension ChartRows {
  /// Refuses a file in which every period comes several times, each time with the same value: it was put together twice.
  func refuseRepetition() throws(CommandFailure) {
    guard !hasDenominators else { return }
    for group in groups {
      let days = Dictionary(grouping: group.rows, by: \.day)
      guard days.count > 1, days.values.allSatisfy({ $0.count > 1 && Set($0.map(\.value)).count == 1 }) else { return }
    }
    throw CommandFailure(
      .data,
      "\(file): every period is there more than once, each time with the same value, as when a file is put together twice. "
        + "Leave the repeated rows out, or say with --agg or --kind that they are meant.")
  }

  /// Rows by what a column says, in no order.
  static func grouped(
    _ rows: [SeriesReader.Row], _ taken: [DataFile.Row], by column: Int
  ) -> [(name: String, rows: [Row])] {
    var groups: [ArraySlice<UInt8>: [Row]] = [:]
    for row in rows { groups[taken[row.index].cells[column], default: []].append(Row(row)) }
    return groups.map { (name: String(decoding: $0.key, as: UTF8.self), rows: $0.value) }
  }

  /// Which of the groups are the sums of the others.
  static func totals(_ groups: [(name: String, rows: [Row])]) -> [String: GroupTotals.Reason] {
    GroupTotals.find(
      groups.map { group in
        var amounts: [Day: GroupTotals.Amount] = [:]
        for row in group.rows {
          guard let value = row.value else { continue }
          let before = amounts[row.day]
          amounts[row.day] = GroupTotals.Amount(
            value: (before?.value ?? 0) + value,
            denominator: row.denominator.map { $0 + (before?.denominator ?? 0) })
        }
        return (name: group.name, amounts: amounts)
      })
  }

  /// Rows of one series, without those that are the sums of the others, and what to say of rows that share a period.
  static func together(
    _ rows: [SeriesReader.Row], _ taken: [DataFile.Row], _ file: DataFile, besides used: Set<Int>, kind: String
  ) -> (rows: [Row], remarks: [Remark]) {
    // As most files come.
    if zip(rows, rows.dropFirst()).allSatisfy({ $0.day < $1.day }) { return (rows.map { Row($0) }, []) }
    var counts: [Day: Int] = [:]
    for row in rows { counts[row.day, default: 0] += 1 }
    guard counts.count < rows.count else { return (rows.map { Row($0) }, []) }
    var remarks: [Remark] = []
    var kept = rows
    var names: (column: String, groups: [String])?
    for column in file.columns.indices where !used.contains(column) {
      let groups = grouped(kept, taken, by: column)
      // What tells rows of one period apart comes again in other periods.
      guard groups.count > 1, groups.count < kept.count || counts.count == 1, groups.count <= 1000 else { continue }
      let totals = totals(groups)
      for (name, reason) in totals.sorted(by: { $0.key < $1.key }) {
        remarks.append(Remark(.passedOver, "“\(name)” \(reason.words) and was left out.", column: file.columns[column]))
      }
      if !totals.isEmpty {
        kept.removeAll { totals[String(decoding: taken[$0.index].cells[column], as: UTF8.self)] != nil }
      }
      if names == nil, !groups.contains(where: { CellLooks.isNumber(Array($0.name.utf8)[...]) }) {
        names = (file.columns[column], groups.map(\.name).filter { totals[$0] == nil }.sorted())
      }
    }
    counts = [:]
    for row in kept { counts[row.day, default: 0] += 1 }
    if let most = counts.values.max(), most > 1, kept.contains(where: { $0.denominator != nil }) {
      var over = ""
      if let names, names.groups.count > 1 {
        let shown = names.groups.prefix(5).joined(separator: ", ")
        over = " over \(names.column) (\(shown)\(names.groups.count > 5 ? ", and \(names.groups.count - 5) more" : ""))"
      }
      remarks.append(
        Remark(
          .howRead,
          "Up to \(most) rows of one period were brought together\(over): the sums of their numerators and denominators. "
            + "For a chart of each, say --by; for one of them, --filter."))
    }
    return (kept.map { Row($0) }, remarks)
  }
}

extension ChartRows.Row {
  init(_ row: SeriesReader.Row) {
    self.init(line: row.line, day: row.day, value: row.value, denominator: row.denominator)
  }
}
