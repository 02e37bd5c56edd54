// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GRDBSQLite

/// A connection to a SQLite file.
final class SQLiteConnection: EngineConnection {
  private let connection: GRDB.Database
  private let dialect: SQLiteDialect

  init(_ connection: GRDB.Database, dialect: SQLiteDialect) {
    self.connection = connection
    self.dialect = dialect
  }

  func rows(_ sql: String, _ values: [SQLValue], atMost limit: Int) throws(StorageError) -> [Row] {
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

  func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (PassingRow) throws -> Void) throws {
    let cursor = try StorageError.mapping {
      try GRDB.Row.fetchCursor(try statement(sql), arguments: try arguments(values))
    }
    while let row = try StorageError.mapping({ try cursor.next() }) { try body(PassingRow(.sqlite(row))) }
  }

  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int {
    try StorageError.mapping {
      try statement(sql).execute(arguments: try arguments(values))
      return connection.changesCount
    }
  }

  func enqueue(_ sql: String, _ values: [SQLValue]) throws(StorageError) { _ = try execute(sql, values) }

  func begin(_ kind: TransactionKind) throws(StorageError) {
    _ = try execute(kind == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED", [])
  }

  func commit() throws(StorageError) { _ = try execute("COMMIT", []) }

  func rollback() {
    // An engine that ran out of room has undone the transaction itself.
    if connection.isInsideTransaction { _ = try? execute("ROLLBACK", []) }
  }

  var isUsable: Bool { connection.isInsideTransaction }

  private func statement(_ sql: String) throws -> Statement {
    try connection.cachedStatement(sql: dialect.translate(sql))
  }

  private func arguments(_ values: [SQLValue]) throws -> StatementArguments {
    StatementArguments(try values.map { try $0.databaseValue() })
  }

  // MARK: Many rows

  func write(_ rows: BulkRows) throws(StorageError) {
    try StorageError.mapping {
      let statement = try connection.cachedStatement(sql: rows.upsert)
      // Straight to the engine: an array of boxed values for each row would cost more than the row.
      let handle = statement.sqliteStatement
      defer {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
      }
      for (column, place) in zip(rows.columns, 1...) {
        if case .same(let value) = column.values { try bind(try value.databaseValue(), at: place, of: handle) }
      }
      for row in 0..<rows.count {
        for (column, place) in zip(rows.columns, 1...) {
          try bind(column.values, row: row, at: Int32(place), of: handle)
        }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw failure() }
        sqlite3_reset(handle)
      }
    }
  }

  private func bind(_ values: BulkRows.Values, row: Int, at place: Int32, of handle: OpaquePointer) throws {
    let status: Int32
    switch values {
    case .same: return
    case .text(let texts): status = try bind(texts[row], at: place, of: handle)
    case .integer(let numbers): status = sqlite3_bind_int64(handle, place, numbers[row])
    case .real(let numbers): status = sqlite3_bind_double(handle, place, try finite(numbers[row]))
    case .optionalReal(let numbers):
      if let number = numbers[row] {
        status = sqlite3_bind_double(handle, place, try finite(number))
      } else {
        status = sqlite3_bind_null(handle, place)
      }
    }
    guard status == SQLITE_OK else { throw failure() }
  }

  private func bind(_ value: DatabaseValue, at place: Int, of handle: OpaquePointer) throws {
    let place = Int32(place)
    let status: Int32 =
      switch value.storage {
      case .null: sqlite3_bind_null(handle, place)
      case .int64(let number): sqlite3_bind_int64(handle, place, number)
      case .double(let number): sqlite3_bind_double(handle, place, number)
      case .string(let text): try bind(text, at: place, of: handle)
      case .blob(let data):
        data.withUnsafeBytes { sqlite3_bind_blob64(handle, place, $0.baseAddress, UInt64($0.count), Self.transient) }
      }
    guard status == SQLITE_OK else { throw failure() }
  }

  private func bind(_ text: String, at place: Int32, of handle: OpaquePointer) throws -> Int32 {
    var text = text
    return try text.withUTF8 { bytes in
      guard !bytes.contains(0) else { throw StorageError.statement(problem: "a text with the character U+0000") }
      return bytes.withMemoryRebound(to: CChar.self) { characters in
        sqlite3_bind_text64(
          handle, place, characters.baseAddress, UInt64(characters.count), Self.transient, UInt8(SQLITE_UTF8))
      }
    }
  }

  private func finite(_ number: Double) throws -> Double {
    guard number.isFinite else { throw StorageError.statement(problem: "\(number) is not finite") }
    return number
  }

  private func failure() -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection.sqliteConnection)),
      message: connection.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) })
  }

  /// Tells the engine to copy what it is given (`SQLITE_TRANSIENT`).
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension BulkRows {
  /// The statement that writes one row, with a parameter for each column.
  fileprivate var upsert: String {
    let names = columns.map(\.name)
    let replaced = names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }
    let marks = names.indices.map { "?\($0 + 1)" }
    return """
      INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(marks.joined(separator: ", "))) \
      ON CONFLICT (\(key.joined(separator: ", "))) DO \
      \(replaced.isEmpty ? "NOTHING" : "UPDATE SET " + replaced.joined(separator: ", "))
      """
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
