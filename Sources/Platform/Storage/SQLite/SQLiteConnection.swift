// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// A connection to a SQLite file, which GRDB has opened.
///
/// It keeps its statements prepared.
final class SQLiteConnection: EngineConnection {
  private let connection: OpaquePointer
  private var statements: [String: SQLiteStatement] = [:]

  /// How many statements are kept: text built from conditions varies, and must not fill the memory.
  private static let mostStatements = 300

  init(_ connection: OpaquePointer) { self.connection = connection }

  /// Lets go of all statements; nothing can be closed while there are any.
  func close() { statements = [:] }

  func rows(_ sql: String, _ values: [SQLValue], atMost limit: Int) throws(StorageError) -> [Row] {
    try using(sql) { statement in
      try statement.bind(values)
      var rows: [Row] = []
      while rows.count < limit, try statement.step() {
        let columns = statement.names.indices
        var row: [SQLValue] = []
        row.reserveCapacity(columns.count)
        for column in columns { row.append(statement.value(column)) }
        rows.append(Row(names: statement.names, values: row))
      }
      return rows
    }
  }

  func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (PassingRow) throws -> Void) throws {
    let statement = try mapping { try prepared(sql) }
    statement.isInUse = true
    defer {
      statement.reset()
      statement.isInUse = false
    }
    try mapping { try statement.bind(values) }
    while try mapping({ try statement.step() }) { try body(PassingRow(.sqlite(statement))) }
  }

  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int {
    try using(sql) { statement in
      try statement.bind(values)
      while try statement.step() {}
      return Int(sqlite3_changes(connection))
    }
  }

  func enqueue(_ sql: String, _ values: [SQLValue]) throws(StorageError) { _ = try execute(sql, values) }

  func begin(_ kind: TransactionKind) throws(StorageError) {
    _ = try execute(kind == .write ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED", [])
  }

  func commit() throws(StorageError) { _ = try execute("COMMIT", []) }

  func rollback() {
    // An engine that ran out of room has undone the transaction itself.
    if isInTransaction { _ = try? execute("ROLLBACK", []) }
  }

  var isUsable: Bool { isInTransaction }

  private var isInTransaction: Bool { sqlite3_get_autocommit(connection) == 0 }

  /// Whether the file is open for reading alone.
  private var isReadOnly: Bool { sqlite3_db_readonly(connection, "main") == 1 }

  /// Runs a statement, with the engine's errors told as ours.
  private func mapping<Result>(_ body: () throws -> Result) throws(StorageError) -> Result {
    try StorageError.mapping {
      do {
        return try body()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY && isReadOnly {
        // The file can be written, only not by who reads.
        throw StorageError.statement(problem: error.message ?? "\(error)")
      }
    }
  }

  // MARK: Statements

  private func using<Result>(_ sql: String, _ body: (SQLiteStatement) throws -> Result) throws(StorageError) -> Result {
    try mapping {
      let statement = try prepared(sql)
      defer { statement.reset() }
      return try body(statement)
    }
  }

  /// The statement for a text of the common dialect: a new one when it is in use already, further out.
  private func prepared(_ sql: String) throws -> SQLiteStatement {
    if let known = statements[sql] {
      return known.isInUse ? try SQLiteStatement(SQLiteDialect.translated(sql), on: connection) : known
    }
    if statements.count >= Self.mostStatements { statements = statements.filter(\.value.isInUse) }
    let statement = try SQLiteStatement(SQLiteDialect.translated(sql), on: connection)
    statements[sql] = statement
    return statement
  }

  // MARK: Many rows

  func write(_ rows: BulkRows) throws(StorageError) {
    try using(rows.upsert) { statement in
      for (column, place) in zip(rows.columns, 1...) {
        if case .same(let value) = column.values { try statement.bind(value, at: Int32(place)) }
      }
      for row in 0..<rows.count {
        for (column, place) in zip(rows.columns, 1...) {
          try column.values.bind(row: row, at: Int32(place), of: statement)
        }
        _ = try statement.step()
        sqlite3_reset(statement.handle)
      }
    }
  }
}

extension BulkRows.Values {
  fileprivate func bind(row: Int, at place: Int32, of statement: SQLiteStatement) throws {
    switch self {
    case .same: break
    case .any(let values): try statement.bind(values[row], at: place)
    case .text(let texts): try statement.bind(texts[row], at: place)
    case .integer(let numbers): try statement.bind(numbers[row], at: place)
    case .real(let numbers): try statement.bind(numbers[row], at: place)
    case .optionalReal(let numbers):
      if let number = numbers[row] {
        try statement.bind(number, at: place)
      } else {
        try statement.bind(.null, at: place)
      }
    }
  }
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
