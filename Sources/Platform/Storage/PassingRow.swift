// SPDX-License-Identifier: Apache-2.0

/// One row of an answer while it passes: valid only until the next one comes.
///
/// Columns are named by their place in the statement, from 0, which spares looking names up in every row.
public struct PassingRow {
  /// The row as the engine holds it.
  enum Source {
    case sqlite(SQLiteStatement)
    case postgres(PostgresAnswer, row: Int)
  }

  let source: Source

  init(_ source: Source) { self.source = source }

  /// A text that is never `NULL`.
  public func text(_ column: Int) throws(StorageError) -> String {
    switch source {
    case .sqlite(let statement): try statement.text(column: column)
    case .postgres(let answer, let row): try answer.text(row: row, column: column)
    }
  }

  /// A whole number that is never `NULL`.
  public func integer(_ column: Int) throws(StorageError) -> Int64 {
    switch source {
    case .sqlite(let statement): try statement.integer(column: column)
    case .postgres(let answer, let row): try answer.integer(row: row, column: column)
    }
  }

  /// A number that is never `NULL`.
  public func real(_ column: Int) throws(StorageError) -> Double {
    guard let number = try optionalReal(column) else {
      throw .unexpectedValue(column: "\(column)", problem: "is NULL")
    }
    return number
  }

  /// A number, or nil for `NULL`.
  public func optionalReal(_ column: Int) throws(StorageError) -> Double? {
    switch source {
    case .sqlite(let statement): try statement.optionalReal(column: column)
    case .postgres(let answer, let row): try answer.optionalReal(row: row, column: column)
    }
  }

  /// The value of a column, whatever its type.
  public func value(_ column: Int) throws(StorageError) -> SQLValue {
    switch source {
    case .sqlite(let statement): statement.value(column)
    case .postgres(let answer, let row): try answer.value(row: row, column: column)
    }
  }
}
