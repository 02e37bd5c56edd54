// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// The rows that a statement was answered with, in the binary form.
///
/// What the server sends is not trusted: a place that is not there, or a value of another form than its type has, is a
/// ``StorageError/unexpectedValue(column:problem:)``.
final class PostgresAnswer {
  private let result: OpaquePointer
  let columns: PostgresColumns
  /// How many rows there are.
  let count: Int

  /// Takes a result over.
  init(_ result: OpaquePointer, columns: PostgresColumns) {
    self.result = result
    self.columns = columns
    count = Int(PQntuples(result))
  }

  deinit { PQclear(result) }

  /// How many rows the statement changed, or answered.
  var affected: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// What the server says it did, such as `COMMIT`.
  var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  /// Bytes that the answer takes.
  var size: Int { PQresultMemorySize(result) }

  /// A row with the names of its columns.
  func row(_ row: Int) throws(StorageError) -> Row {
    var values: [SQLValue] = []
    values.reserveCapacity(columns.names.count)
    for column in columns.names.indices { values.append(try value(row: row, column: column)) }
    return Row(names: columns.names, values: values)
  }

  /// The value at a place, whatever its type.
  func value(row: Int, column: Int) throws(StorageError) -> SQLValue {
    guard let bytes = try bytes(row: row, column: column) else { return .null }
    let type = columns.types[column]
    switch type {
    case PostgresType.text, PostgresType.varchar, PostgresType.bpchar, PostgresType.name, PostgresType.unknown:
      return .text(String(decoding: bytes, as: UTF8.self))
    case PostgresType.int8: return .integer(try load(bytes, Int64.self, column))
    case PostgresType.int4: return .integer(Int64(try load(bytes, Int32.self, column)))
    case PostgresType.int2: return .integer(Int64(try load(bytes, Int16.self, column)))
    case PostgresType.bool: return .integer(try load(bytes, UInt8.self, column) == 0 ? 0 : 1)
    case PostgresType.float8:
      return .real(try finite(Double(bitPattern: try load(bytes, UInt64.self, column)), column))
    case PostgresType.float4:
      return .real(try finite(Double(Float(bitPattern: try load(bytes, UInt32.self, column))), column))
    case PostgresType.bytea: return .blob([UInt8](bytes))
    case PostgresType.numeric:
      guard let value = PostgresNumeric(bytes)?.value else {
        throw unexpected(column, "is a number that 64 bits do not hold")
      }
      return value
    default: throw unexpected(column, "has the type \(type), which is not used")
    }
  }

  /// A text that is never `NULL`.
  func text(row: Int, column: Int) throws(StorageError) -> String {
    guard case .text(let text) = try value(row: row, column: column) else { throw unexpected(column, "is not text") }
    return text
  }

  /// A whole number that is never `NULL`.
  func integer(row: Int, column: Int) throws(StorageError) -> Int64 {
    guard case .integer(let number) = try value(row: row, column: column) else {
      throw unexpected(column, "is not a whole number")
    }
    return number
  }

  /// A number that is never `NULL`.
  func real(row: Int, column: Int) throws(StorageError) -> Double {
    guard let number = try optionalReal(row: row, column: column) else { throw unexpected(column, "is NULL") }
    return number
  }

  /// A number, or nil for `NULL`.
  func optionalReal(row: Int, column: Int) throws(StorageError) -> Double? {
    switch try value(row: row, column: column) {
    case .null: nil
    case .real(let number): number
    case .integer(let number): Double(number)
    default: throw unexpected(column, "is not a number")
    }
  }

  // MARK: Bytes

  /// The bytes at a place, for as long as the answer lives; nil for `NULL`.
  private func bytes(row: Int, column: Int) throws(StorageError) -> UnsafeRawBufferPointer? {
    guard row >= 0, row < count, column >= 0, column < columns.types.count else {
      throw unexpected(column, "is not in the answer")
    }
    let (row, column) = (Int32(row), Int32(column))
    let length = PQgetlength(result, row, column)
    if length == 0, PQgetisnull(result, row, column) != 0 { return nil }
    return UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(max(0, length)))
  }

  private func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ type: Number.Type, _ column: Int
  ) throws(StorageError) -> Number {
    guard bytes.count == MemoryLayout<Number>.size else { throw unexpected(column, "has \(bytes.count) bytes") }
    return Number(bigEndian: bytes.loadUnaligned(as: type))
  }

  private func finite(_ number: Double, _ column: Int) throws(StorageError) -> Double {
    guard number.isFinite else { throw unexpected(column, "is not finite") }
    return number
  }

  private func unexpected(_ column: Int, _ problem: String) -> StorageError {
    let name = columns.names.indices.contains(column) ? columns.names[column] : "\(column)"
    return .unexpectedValue(column: name, problem: problem)
  }
}

/// Names and types of the columns of an answer; the same for all answers of a prepared statement.
final class PostgresColumns {
  let names: [String]
  let types: [Oid]

  init(of result: OpaquePointer) {
    let places = 0..<PQnfields(result)
    names = places.map { place in PQfname(result, place).map { String(cString: $0) } ?? "" }
    types = places.map { PQftype(result, $0) }
  }
}
