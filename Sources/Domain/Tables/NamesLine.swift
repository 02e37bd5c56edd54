// SPDX-License-Identifier: Apache-2.0

/// The line that names the columns of a table.
package struct NamesLine: Sendable, Hashable {
  /// The line of the file.
  package var line: Int
  /// The names in order, without blanks at their ends and without empty ones behind the last.
  package var names: [String]

  package init(_ row: CSVRow) {
    line = row.line
    var names = (0..<row.count).map { String(decoding: trimmed(row[$0]), as: UTF8.self) }
    while names.count > 1, names.last == "" { names.removeLast() }
    self.names = names
  }

  package init(line: Int = 1, names: [String]) {
    self.line = line
    self.names = names
  }

  /// Why a column is not found.
  package enum Failure: Error, Sendable, Hashable {
    case absent
    /// More than one column has the name.
    case twice(String, Int)
  }

  /// The place of a column: of the only one with this very name or, in any case, with this name.
  package func place(of wanted: String) -> Result<Int, Failure> {
    let wanted = String(decoding: trimmed(Array(wanted.utf8)[...]), as: UTF8.self)
    let exact = names.indices.filter { names[$0] == wanted }
    if exact.count == 1 { return .success(exact[0]) }
    let key = wanted.lowercased()
    let places = names.indices.filter { names[$0].lowercased() == key }
    if places.count == 1 { return .success(places[0]) }
    return .failure(places.isEmpty ? .absent : .twice(names[places[0]], places.count))
  }

  /// The place of the first of the usual names that is there.
  package func place(ofUsual usual: [String]) -> Result<Int, Failure> {
    for name in usual {
      let places = names.indices.filter { names[$0].lowercased() == name }
      if places.count > 1 { return .failure(.twice(names[places[0]], places.count)) }
      if let place = places.first { return .success(place) }
    }
    return .failure(.absent)
  }

  /// Whether the line looks like a row of values: it has a period beside a number, and nothing that is a name.
  package var looksLikeValues: Bool {
    guard names.count > 1 else { return false }
    var (periods, numbers) = (0, 0)
    for name in names where !name.isEmpty {
      let text = Array(name.utf8)[...]
      let label = PeriodLabel(text)
      if label.readings != 0 && text.count > 4 {
        periods += 1
      } else if case .success = NumberCell.read(text) {
        numbers += 1
      }
    }
    return periods > 0 && numbers > 0
  }

  /// The usual names of the columns, in lower case and in order of preference.
  package enum Usual {
    package static let period = ["period", "date", "month", "week", "quarter", "day", "year", "financial year"]
    package static let value = ["value", "numerator", "count"]
    package static let denominator = ["denominator", "n", "total"]
    package static let note = ["note"]
  }
}
