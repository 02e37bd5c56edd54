// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// A view of the store in which nothing changes while it is looked at.
///
/// Valid only inside the closure that it is given to. SQL is written in the common dialect of SQLite and PostgreSQL,
/// with parameters `$1`, `$2`, …
public class Transaction {
  let connection: GRDB.Database
  let dialect: SQLiteDialect

  init(_ connection: GRDB.Database, dialect: SQLiteDialect) {
    self.connection = connection
    self.dialect = dialect
  }

  /// All rows that a statement answers.
  public func rows(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> [Row] {
    try fetch(sql, values, atMost: .max)
  }

  /// The first row that a statement answers; nil when it answers none.
  public func row(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Row? {
    try fetch(sql, values, atMost: 1).first
  }

  private func fetch(_ sql: String, _ values: [SQLValue], atMost limit: Int) throws(StorageError) -> [Row] {
    try StorageError.mapping {
      let statement = try statement(sql)
      let cursor = try GRDB.Row.fetchCursor(statement, arguments: arguments(values))
      let names = statement.columnNames
      var rows: [Row] = []
      while rows.count < limit, let row = try cursor.next() {
        rows.append(Row(names: names, values: names.indices.map { SQLValue(row[$0] as DatabaseValue) }))
      }
      return rows
    }
  }

  func statement(_ sql: String) throws -> Statement {
    try connection.cachedStatement(sql: dialect.translate(sql))
  }

  func arguments(_ values: [SQLValue]) throws -> StatementArguments {
    StatementArguments(try values.map { try $0.databaseValue() })
  }
}

/// A transaction that may change the store.
///
/// Its changes are all there afterwards, or none.
public final class WriteTransaction: Transaction {
  /// Runs a statement.
  ///
  /// - Returns: how many rows it changed.
  /// - Throws: ``StorageError/conflict(problem:)`` when a unique index refuses a row.
  @discardableResult
  public func execute(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Int {
    try StorageError.mapping {
      try statement(sql).execute(arguments: try arguments(values))
      return connection.changesCount
    }
  }
}

extension SQLValue {
  init(_ value: DatabaseValue) {
    self =
      switch value.storage {
      case .null: .null
      case .int64(let number): .integer(number)
      case .double(let number): .real(number)
      case .string(let text): .text(text)
      case .blob(let data): .blob([UInt8](data))
      }
  }

  /// The value as the engine takes it.
  ///
  /// - Throws: ``StorageError/statement(problem:)`` for what engines would quietly change: a text with a NUL is cut short
  ///   or refused, a number that is not finite becomes `NULL`.
  func databaseValue() throws(StorageError) -> DatabaseValue {
    switch self {
    case .null: return .null
    case .integer(let number): return number.databaseValue
    case .real(let number):
      guard number.isFinite else { throw .statement(problem: "\(number) is not finite") }
      return number.databaseValue
    case .text(let text):
      guard !text.utf8.contains(0) else { throw .statement(problem: "a text with the character U+0000") }
      return text.databaseValue
    case .blob(let bytes): return Data(bytes).databaseValue
    }
  }
}
