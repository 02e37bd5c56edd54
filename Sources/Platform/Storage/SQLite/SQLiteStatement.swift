// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GRDBSQLite

/// A statement that a connection keeps prepared.
///
/// Straight on SQLite's own interface: boxed arguments and rows would cost more than a look-up itself.
final class SQLiteStatement {
  let handle: OpaquePointer
  /// The names of the columns of its answer.
  private(set) lazy var names = (0..<sqlite3_column_count(handle)).map { column in
    sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
  }
  /// Whether its answer is being read.
  var isInUse = false

  /// Prepares a statement, in SQLite's own dialect.
  init(_ sql: String, on connection: OpaquePointer) throws {
    var statement: OpaquePointer?
    let status = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard status == SQLITE_OK, let statement else { throw DatabaseError.last(of: connection) }
    handle = statement
  }

  deinit { sqlite3_finalize(handle) }

  /// Makes it ready for other values.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  // MARK: Values

  /// Sets the parameters `?1`, `?2`, ….
  func bind(_ values: [SQLValue]) throws {
    guard values.count == Int(sqlite3_bind_parameter_count(handle)) else {
      throw StorageError.statement(
        problem: "it has \(sqlite3_bind_parameter_count(handle)) parameters, and \(values.count) values were given")
    }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
  }

  /// Sets a parameter.
  ///
  /// - Throws: ``StorageError/statement(problem:)`` for what engines would quietly change: a text with a NUL is cut short
  ///   or refused, a number that is not finite becomes `NULL`.
  func bind(_ value: SQLValue, at place: Int32) throws {
    switch value {
    case .null: try check(sqlite3_bind_null(handle, place))
    case .integer(let number): try bind(number, at: place)
    case .real(let number): try bind(number, at: place)
    case .text(let text): try bind(text, at: place)
    case .blob(let bytes):
      // Without an address SQLite would take no bytes for NULL.
      if bytes.isEmpty { return try check(sqlite3_bind_zeroblob(handle, place, 0)) }
      try check(
        bytes.withUnsafeBytes { bytes in
          sqlite3_bind_blob64(handle, place, bytes.baseAddress, UInt64(bytes.count), Self.transient)
        })
    }
  }

  func bind(_ number: Int64, at place: Int32) throws { try check(sqlite3_bind_int64(handle, place, number)) }

  func bind(_ number: Double, at place: Int32) throws {
    guard number.isFinite else { throw StorageError.statement(problem: "\(number) is not finite") }
    try check(sqlite3_bind_double(handle, place, number))
  }

  func bind(_ text: String, at place: Int32) throws {
    var text = text
    try text.withUTF8 { bytes in
      guard !bytes.contains(0) else { throw StorageError.statement(problem: "a text with the character U+0000") }
      // The address of an empty text may be none, which SQLite would take for NULL.
      guard let start = bytes.baseAddress, !bytes.isEmpty else {
        return try check(sqlite3_bind_text64(handle, place, "", 0, Self.transient, UInt8(SQLITE_UTF8)))
      }
      try start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { characters in
        try check(
          sqlite3_bind_text64(handle, place, characters, UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8)))
      }
    }
  }

  private func check(_ status: Int32) throws {
    guard status == SQLITE_OK else { throw DatabaseError.last(of: sqlite3_db_handle(handle)) }
  }

  /// Tells the engine to copy what it is given (`SQLITE_TRANSIENT`).
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  // MARK: Answers

  /// Goes on to the next row; false when there are no more.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw DatabaseError.last(of: sqlite3_db_handle(handle))
    }
  }

  /// The value of a column of this row.
  func value(_ column: Int) -> SQLValue {
    let place = Int32(column)
    switch sqlite3_column_type(handle, place) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, place))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, place))
    case SQLITE_TEXT: return .text(text(place))
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(handle, place)
      return .blob(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, place)))))
    default: return .null
    }
  }

  /// A text that is never `NULL`.
  func text(column: Int) throws(StorageError) -> String {
    guard try type(of: column) == SQLITE_TEXT else { throw unexpected(column, "is not text") }
    return text(Int32(column))
  }

  /// A whole number that is never `NULL`.
  func integer(column: Int) throws(StorageError) -> Int64 {
    guard try type(of: column) == SQLITE_INTEGER else { throw unexpected(column, "is not a whole number") }
    return sqlite3_column_int64(handle, Int32(column))
  }

  /// A number, or nil for `NULL`.
  func optionalReal(column: Int) throws(StorageError) -> Double? {
    switch try type(of: column) {
    case SQLITE_NULL: return nil
    case SQLITE_FLOAT, SQLITE_INTEGER: return sqlite3_column_double(handle, Int32(column))
    default: throw unexpected(column, "is not a number")
    }
  }

  private func text(_ place: Int32) -> String {
    let start = sqlite3_column_text(handle, place)
    return String(
      decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, place))), as: UTF8.self)
  }

  private func type(of column: Int) throws(StorageError) -> Int32 {
    guard names.indices.contains(column) else { throw unexpected(column, "is not in the answer") }
    return sqlite3_column_type(handle, Int32(column))
  }

  private func unexpected(_ column: Int, _ problem: String) -> StorageError {
    .unexpectedValue(column: names.indices.contains(column) ? names[column] : "\(column)", problem: problem)
  }
}

extension DatabaseError {
  /// What the last call on a connection failed with.
  static func last(of connection: OpaquePointer?) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
      message: connection.map { String(cString: sqlite3_errmsg($0)) })
  }
}
