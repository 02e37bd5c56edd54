// SPDX-License-Identifier: Apache-2.0

/// A value in SQL.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  /// Must be finite: engines differ in what they make of NaN, so that it is refused.
  case real(Double)
  /// Must have no U+0000: engines cut the text there or refuse it, so that it is refused.
  case text(String)
  case blob([UInt8])
}

/// One row of an answer.
public struct Row: Sendable, Hashable {
  private let names: [String]
  private let values: [SQLValue]

  init(names: [String], values: [SQLValue]) {
    self.names = names
    self.values = values
  }

  /// The value of a column.
  ///
  /// - Throws: ``StorageError/unexpectedValue(column:problem:)`` when the answer has no such column.
  public func value(_ column: String) throws(StorageError) -> SQLValue {
    guard let index = names.firstIndex(of: column) else {
      throw .unexpectedValue(column: column, problem: "the answer has no such column")
    }
    return values[index]
  }

  /// A text that is never `NULL`.
  public func text(_ column: String) throws(StorageError) -> String {
    guard let text = try optionalText(column) else { throw .unexpectedValue(column: column, problem: "is NULL") }
    return text
  }

  /// A text, or nil for `NULL`.
  public func optionalText(_ column: String) throws(StorageError) -> String? {
    switch try value(column) {
    case .null: nil
    case .text(let text): text
    default: throw .unexpectedValue(column: column, problem: "is not text")
    }
  }

  /// A whole number that is never `NULL`.
  public func integer(_ column: String) throws(StorageError) -> Int64 {
    guard let number = try optionalInteger(column) else {
      throw .unexpectedValue(column: column, problem: "is NULL")
    }
    return number
  }

  /// A whole number, or nil for `NULL`.
  public func optionalInteger(_ column: String) throws(StorageError) -> Int64? {
    switch try value(column) {
    case .null: nil
    case .integer(let number): number
    default: throw .unexpectedValue(column: column, problem: "is not a whole number")
    }
  }

  /// A number that is never `NULL`.
  public func real(_ column: String) throws(StorageError) -> Double {
    guard let number = try optionalReal(column) else { throw .unexpectedValue(column: column, problem: "is NULL") }
    return number
  }

  /// A number, or nil for `NULL`.
  public func optionalReal(_ column: String) throws(StorageError) -> Double? {
    switch try value(column) {
    case .null: nil
    case .real(let number): number
    case .integer(let number): Double(number)
    default: throw .unexpectedValue(column: column, problem: "is not a number")
    }
  }

  /// Bytes that are never `NULL`.
  public func blob(_ column: String) throws(StorageError) -> [UInt8] {
    guard let bytes = try optionalBlob(column) else { throw .unexpectedValue(column: column, problem: "is NULL") }
    return bytes
  }

  /// Bytes, or nil for `NULL`.
  public func optionalBlob(_ column: String) throws(StorageError) -> [UInt8]? {
    switch try value(column) {
    case .null: nil
    case .blob(let bytes): bytes
    default: throw .unexpectedValue(column: column, problem: "is not a sequence of bytes")
    }
  }
}
