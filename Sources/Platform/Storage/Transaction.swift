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
    try StorageError.mapping {
      let cursor = try GRDB.Row.fetchCursor(statement(sql), arguments: arguments(values))
      var rows: [Row] = []
      while let row = try cursor.next() { rows.append(Row(row)) }
      return rows
    }
  }

  /// The first row that a statement answers; nil when it answers none.
  public func row(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Row? {
    try StorageError.mapping {
      try GRDB.Row.fetchOne(statement(sql), arguments: arguments(values)).map { Row($0) }
    }
  }

  func statement(_ sql: String) throws -> Statement {
    try connection.cachedStatement(sql: dialect.translate(sql))
  }

  func arguments(_ values: [SQLValue]) -> StatementArguments {
    StatementArguments(values.map(\.databaseValue))
  }
}

/// A transaction that may change the store. Its changes are all there afterwards, or none.
public final class WriteTransaction: Transaction {
  /// Runs a statement.
  ///
  /// - Returns: how many rows it changed.
  /// - Throws: ``StorageError/conflict(problem:)`` when a unique index refuses a row.
  @discardableResult
  public func execute(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Int {
    try StorageError.mapping {
      try statement(sql).execute(arguments: arguments(values))
      return connection.changesCount
    }
  }
}

extension Row {
  init(_ row: GRDB.Row) {
    var names: [String] = []
    var values: [SQLValue] = []
    for (name, value) in row {
      names.append(name)
      values.append(SQLValue(value))
    }
    self.init(names: names, values: values)
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

  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .blob(let bytes): Data(bytes).databaseValue
    }
  }
}
