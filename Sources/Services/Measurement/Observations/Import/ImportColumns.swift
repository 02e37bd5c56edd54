// SPDX-License-Identifier: Apache-2.0

import Tables

/// Which columns to read, as the caller asked for; empty names stand for the usual ones.
struct ColumnChoice: Sendable, Hashable {
  var period = ""
  var value = ""
  var denominator = ""
  var note = ""

  /// By which names the line of names is told from lines above it.
  var wanted: [Set<String>] {
    func names(_ asked: String, _ usual: [String]) -> Set<String> {
      asked.isEmpty ? Set(usual) : [String(decoding: trimmed(Array(asked.utf8)[...]), as: UTF8.self).lowercased()]
    }
    return [names(period, NamesLine.Usual.period), names(value, NamesLine.Usual.value)]
  }
}

/// Where in a row the parts of an observation are.
struct ImportColumns: Sendable, Hashable {
  /// A column by its place and the name that the file gives it, shortened to 100 characters.
  struct Column: Sendable, Hashable {
    var index: Int
    var name: String
  }

  var period: Column
  var value: Column
  var denominator: Column?
  var note: Column?
  /// The names of all columns, in order, shortened to 100 characters.
  var names: [String]

  /// How many cells a row has.
  var count: Int { names.count }

  /// The name of a column that a series has.
  func name(of part: SeriesReader.Part) -> String {
    switch part {
    case .period: period.name
    case .value: value.name
    case .denominator: denominator?.name ?? ""
    }
  }

  /// The name of a column for a message: its number where the file gives it no name.
  func name(_ index: Int) -> String {
    guard names.indices.contains(index) else { return "" }
    return names[index].isEmpty ? "column \(index + 1)" : names[index]
  }
}

extension ImportColumns {
  /// Finds the columns in the first row; names are compared in any case and without blanks at their ends.
  ///
  /// - Parameters:
  ///   - hasDenominator: Whether the measure has a denominator, so that its usual names are looked for.
  ///   - needsDenominator: Whether it is an error when there is none.
  /// - Returns: The columns, or one problem for every column that is missing or there twice.
  static func find(
    _ choice: ColumnChoice, in header: NamesLine, hasDenominator: Bool, needsDenominator: Bool
  ) -> Result<ImportColumns, Missing> {
    let names = header.names.map { RowProblem.quoted(Array($0.utf8)) }
    var problems: [RowProblem] = []

    func column(_ wanted: String, usual: [String], needed: Bool, for purpose: String) -> Column? {
      let wantedKey = String(decoding: trimmed(Array(wanted.utf8)[...]), as: UTF8.self).lowercased()
      let candidates = wantedKey.isEmpty ? usual : [wantedKey]
      switch wantedKey.isEmpty ? header.place(ofUsual: usual) : header.place(of: wanted) {
      case .success(let index): return Column(index: index, name: names[index])
      case .failure(.twice(let name, let count)):
        problems.append(
          RowProblem(
            row: header.line, column: RowProblem.quoted(Array(name.utf8)), value: RowProblem.quoted(Array(name.utf8)),
            kind: .column, message: "The line of names has the column for the \(purpose) \(count) times.",
            accepted: "Each name once, or the name of another column for the \(purpose)."))
        return nil
      case .failure(.absent): break
      }
      if needed || !wantedKey.isEmpty {
        let accepted = candidates.map { "“\($0)”" }.joined(separator: ", ")
        problems.append(
          RowProblem(
            row: header.line, column: wantedKey.isEmpty ? (usual.first ?? "") : RowProblem.quoted(Array(wanted.utf8)),
            value: RowProblem.quoted(Array(names.joined(separator: ", ").utf8)), kind: .column,
            message: "The file has no column for the \(purpose).",
            accepted: wantedKey.isEmpty
              ? "A column named \(accepted), or the name of the column to use."
              : "A column named \(accepted), or the name of a column that is there."))
      }
      return nil
    }

    let period = column(choice.period, usual: NamesLine.Usual.period, needed: true, for: "period")
    let value = column(choice.value, usual: NamesLine.Usual.value, needed: true, for: "value")
    let denominator =
      hasDenominator || !choice.denominator.isEmpty
      ? column(
        choice.denominator, usual: NamesLine.Usual.denominator, needed: needsDenominator, for: "denominator")
      : nil
    let note = column(choice.note, usual: NamesLine.Usual.note, needed: false, for: "note")

    let used = [period, value, denominator, note].compactMap { $0 }
    for (position, column) in used.enumerated() where used[..<position].contains(where: { $0.index == column.index }) {
      problems.append(
        RowProblem(
          row: header.line, column: column.name, value: column.name, kind: .column,
          message: "One column is to be used for two things.", accepted: "Another column for each."))
    }

    if !problems.isEmpty, header.looksLikeValues {
      problems = [
        RowProblem(
          row: header.line, value: RowProblem.quoted(Array(names.joined(separator: ", ").utf8)), kind: .column,
          message: "The first line looks like a row of values; the names of the columns are missing.",
          accepted:
            "A first line with names, such as \(needsDenominator ? "period,numerator,denominator" : "period,value").")
      ]
    }
    guard problems.isEmpty, let period, let value else { return .failure(Missing(problems: problems)) }
    return .success(
      ImportColumns(period: period, value: value, denominator: denominator, note: note, names: names))
  }

  /// Why the columns of a file cannot be used.
  struct Missing: Error, Hashable {
    var problems: [RowProblem]
  }
}
