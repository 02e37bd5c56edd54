// SPDX-License-Identifier: Apache-2.0

/// A column of many rows, in the type that the table gives it.
struct PostgresBulkColumn {
  let name: String
  let type: UInt32
  private let source: Source

  private enum Source {
    case text([String])
    case integer([Int64])
    case real([Double])
    case optionalReal([Double?])
    case any([SQLValue])
    case same(SQLValue)
  }

  /// - Throws: ``StorageError/statement(problem:)`` when values of this kind cannot be written into that type.
  init(_ column: BulkRows.Column, type: UInt32) throws(StorageError) {
    name = column.name
    self.type = type
    let isFitting: Bool
    switch column.values {
    case .text(let texts):
      source = .text(texts)
      isFitting = Self.texts.contains(type)
    case .integer(let numbers):
      source = .integer(numbers)
      isFitting = Self.integers.contains(type) || Self.reals.contains(type)
    case .real(let numbers):
      source = .real(numbers)
      isFitting = Self.reals.contains(type)
    case .optionalReal(let numbers):
      source = .optionalReal(numbers)
      isFitting = Self.reals.contains(type)
    case .any(let values):
      source = .any(values)
      isFitting = values.allSatisfy { Self.fits($0, type) }
    case .same(let value):
      source = .same(value)
      isFitting = Self.fits(value, type)
    }
    guard isFitting else {
      throw .statement(problem: "the column \(column.name) has a type (\(type)) that such values are not written into")
    }
  }

  private static func fits(_ value: SQLValue, _ type: UInt32) -> Bool {
    switch value {
    case .null: true
    case .integer: integers.contains(type) || reals.contains(type)
    case .real: reals.contains(type)
    case .text: texts.contains(type)
    case .blob: type == PostgresType.bytea
    }
  }

  private static let texts = [PostgresType.text, PostgresType.varchar, PostgresType.bpchar]
  private static let integers = [PostgresType.int8, PostgresType.int4, PostgresType.int2]
  private static let reals = [PostgresType.float8, PostgresType.float4]

  /// The value that all rows have; nil when they differ.
  var same: SQLValue? { if case .same(let value) = source { value } else { nil } }

  var hasNulls: Bool {
    switch source {
    case .same(.null): true
    case .optionalReal(let numbers): numbers.contains { $0 == nil }
    case .any(let values): values.contains(.null)
    default: false
    }
  }

  /// Appends the value of a row as the server takes it: its length and its bytes.
  func append(row: Int, to bytes: PostgresBytes) throws(StorageError) {
    switch source {
    case .text(let texts): try bytes.appendField(texts[row])
    case .integer(let numbers): try append(numbers[row], to: bytes)
    case .real(let numbers): try append(numbers[row], to: bytes)
    case .optionalReal(let numbers):
      if let number = numbers[row] { try append(number, to: bytes) } else { bytes.appendNull() }
    case .any(let values): try append(values[row], to: bytes)
    case .same(let value): try append(value, to: bytes)
    }
  }

  private func append(_ value: SQLValue, to bytes: PostgresBytes) throws(StorageError) {
    switch value {
    case .null: bytes.appendNull()
    case .integer(let number): try append(number, to: bytes)
    case .real(let number): try append(number, to: bytes)
    case .text(let text): try bytes.appendField(text)
    case .blob(let blob):
      bytes.append(Int32(clamping: blob.count))
      blob.withUnsafeBytes { bytes.append($0) }
    }
  }

  private func append(_ number: Int64, to bytes: PostgresBytes) throws(StorageError) {
    switch type {
    case PostgresType.int8: bytes.appendField(number)
    case PostgresType.int4: bytes.appendField(try narrow(number, Int32.self))
    case PostgresType.int2: bytes.appendField(try narrow(number, Int16.self))
    default: try append(Double(number), to: bytes)
    }
  }

  private func append(_ number: Double, to bytes: PostgresBytes) throws(StorageError) {
    guard number.isFinite else { throw .statement(problem: "\(number) is not finite") }
    if type == PostgresType.float8 {
      bytes.appendField(number.bitPattern)
    } else {
      bytes.appendField(Float(number).bitPattern)
    }
  }

  private func narrow<Narrow: FixedWidthInteger>(
    _ number: Int64, _ type: Narrow.Type
  ) throws(StorageError) -> Narrow {
    guard let narrow = Narrow(exactly: number) else {
      throw .statement(problem: "\(number) does not fit into the column \(name)")
    }
    return narrow
  }
}
