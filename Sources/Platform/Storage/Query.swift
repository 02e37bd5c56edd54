// SPDX-License-Identifier: Apache-2.0

/// A `SELECT` put together from conditions, each with its values, in the common SQL dialect.
///
/// ```swift
/// var query = Query("SELECT id, name FROM teams")
/// query.require("organisation_id = ?", .text(organisation))
/// try transaction.rows(query.sql, query.values)
/// ```
///
/// What callers send goes into values only.
public struct Query: Sendable {
  private let head: SQL
  private var conditions: [String] = []
  private var tail = ""
  /// The values of `$1`, `$2`, … in `sql`.
  public private(set) var values: [SQLValue] = []

  public init(_ head: SQL) { self.head = head }

  /// Adds a condition that must hold; each `?` in it takes one value.
  public mutating func require(_ condition: SQL, _ values: SQLValue...) {
    conditions.append(bind(condition.text, values))
  }

  /// Requires `column` to be one of `options`; no options means any value.
  public mutating func requireAny(_ column: SQL, of options: [SQLValue]) {
    guard !options.isEmpty else { return }
    let marks = Array(repeating: "?", count: options.count).joined(separator: ", ")
    conditions.append(bind("\(column.text) IN (\(marks))", options))
  }

  /// Requires a condition, or one of the columns to be one of its options.
  public mutating func require(
    _ condition: SQL, _ values: SQLValue..., orAny alternatives: [(column: SQL, options: [SQLValue])]
  ) {
    var text = condition.text
    var all = values
    for (column, options) in alternatives where !options.isEmpty {
      text += " OR \(column.text) IN (\(Array(repeating: "?", count: options.count).joined(separator: ", ")))"
      all += options
    }
    conditions.append(bind(text, all))
  }

  /// Orders by `columns` and takes at most `limit` rows that come after `key`, one value a column.
  public mutating func page(limit: Int, after key: [SQLValue]?, by columns: [SQL]) {
    page(limit: limit, beyond: key, by: columns, sign: ">", direction: "")
  }

  /// Takes at most `limit` rows that come before `key`, the nearest first: in the order that is the reverse of `columns`.
  public mutating func page(limit: Int, before key: [SQLValue], by columns: [SQL]) {
    page(limit: limit, beyond: key, by: columns, sign: "<", direction: " DESC")
  }

  private mutating func page(
    limit: Int, beyond key: [SQLValue]?, by columns: [SQL], sign: String, direction: String
  ) {
    if let key {
      let marks = Array(repeating: "?", count: key.count).joined(separator: ", ")
      conditions.append(bind("(\(columns.map(\.text).joined(separator: ", "))) \(sign) (\(marks))", key))
    }
    tail = " ORDER BY \(columns.map { $0.text + direction }.joined(separator: ", ")) LIMIT \(limit)"
  }

  /// The statement.
  public var sql: SQL {
    let conditions = conditions.map { "(\($0))" }.joined(separator: " AND ")
    return SQL(text: head.text + (conditions.isEmpty ? "" : " WHERE " + conditions) + tail)
  }

  private mutating func bind(_ condition: String, _ new: [SQLValue]) -> String {
    var text = ""
    var remaining = new[...]
    for character in condition {
      if character == "?", let value = remaining.popFirst() {
        values.append(value)
        text += "$\(values.count)"
      } else {
        text.append(character)
      }
    }
    return text
  }
}
