// SPDX-License-Identifier: Apache-2.0

import CPostgres

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The values of a statement in the binary form that the server takes, in memory that is used again and again.
final class PostgresParameters {
  /// What the server is told of a value's type; 0 lets it find out.
  private(set) var types: [Oid] = []
  private var values: [UnsafePointer<CChar>?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []
  private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

  /// Memory beyond this is given back after use.
  private static let largestKept = 1 << 20
  /// What fits into a message, with room for its other parts.
  private static let largestTotal = 1_000_000_000
  /// The protocol counts them in 16 bits.
  private static let mostValues = 65_535

  deinit { bytes.deallocate() }

  /// Encodes values.
  ///
  /// - Throws: ``StorageError/statement(problem:)`` for what engines would quietly change, or what is too large to be sent.
  func encode(_ new: [SQLValue]) throws(StorageError) {
    guard new.count <= Self.mostValues else { throw .statement(problem: "\(new.count) values are too many") }
    types.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    formats.removeAll(keepingCapacity: true)
    var size = 0
    for value in new { size += value.postgresSize }
    guard size <= Self.largestTotal else { throw .statement(problem: "values of \(size) bytes are too large") }
    reserve(size)
    var end = 0
    for value in new {
      types.append(value.postgresType)
      formats.append(value == .null ? 0 : 1)
      let start = end
      switch value {
      case .null:
        values.append(nil)
        lengths.append(0)
        continue
      case .integer(let number):
        bytes.storeBytes(of: number.bigEndian, toByteOffset: end, as: Int64.self)
        end += 8
      case .real(let number):
        guard number.isFinite else { throw .statement(problem: "\(number) is not finite") }
        bytes.storeBytes(of: number.bitPattern.bigEndian, toByteOffset: end, as: UInt64.self)
        end += 8
      case .text(var text):
        let room = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
        let length = text.withUTF8 { utf8 -> Int? in
          if let start = utf8.baseAddress, memchr(start, 0, utf8.count) != nil { return nil }
          room.copyMemory(from: UnsafeRawBufferPointer(utf8))
          return utf8.count
        }
        guard let length else { throw .statement(problem: "a text with the character U+0000") }
        end += length
      case .blob(let blob):
        blob.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyMemory(from: $0) }
        end += blob.count
      }
      values.append(bytes.baseAddress.map { UnsafePointer(($0 + start).assumingMemoryBound(to: CChar.self)) })
      lengths.append(Int32(end - start))
    }
  }

  /// A parameter that is in the binary form already.
  enum Given {
    case array(type: Oid, PostgresBytes)
    /// A single value, with its length before it as in a field of an array.
    case field(type: Oid, PostgresBytes)
  }

  /// Takes parameters that are encoded already.
  ///
  /// - Throws: ``StorageError/statement(problem:)`` when they are too large to be sent.
  func encode(_ given: [Given]) throws(StorageError) {
    types.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    formats = Array(repeating: 1, count: given.count)
    let size = given.reduce(0) { $0 + $1.bytes.count }
    guard size <= Self.largestTotal else { throw .statement(problem: "values of \(size) bytes are too large") }
    reserve(size)
    var end = 0
    for parameter in given {
      types.append(parameter.type)
      guard let value = parameter.value else {
        values.append(nil)
        lengths.append(0)
        continue
      }
      let room = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
      room.copyMemory(from: value)
      values.append(room.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) })
      lengths.append(Int32(value.count))
      end += value.count
    }
  }

  private func reserve(_ size: Int) {
    guard size >= bytes.count || bytes.count > Self.largestKept else { return }
    bytes.deallocate()
    bytes = .allocate(byteCount: max(4096, size + 1), alignment: 16)
  }

  /// Queues a prepared statement with the values, asking for its answer in binary.
  ///
  /// - Returns: whether libpq took it.
  func send(_ name: String, on handle: OpaquePointer?) -> Bool {
    PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 1) == 1
  }
}

extension PostgresParameters.Given {
  fileprivate var type: Oid {
    switch self {
    case .array(let type, _), .field(let type, _): type
    }
  }

  fileprivate var bytes: PostgresBytes {
    switch self {
    case .array(_, let bytes), .field(_, let bytes): bytes
    }
  }

  /// The bytes as a parameter has them; nil for `NULL`.
  fileprivate var value: UnsafeRawBufferPointer? {
    switch self {
    case .array(_, let bytes): bytes.all
    case .field(_, let bytes):
      // `NULL` has the length -1.
      bytes.count >= 4 && bytes.all[0] < 0x80 ? UnsafeRawBufferPointer(rebasing: bytes.all[4...]) : nil
    }
  }
}

extension SQLValue {
  /// Bytes in the binary form.
  fileprivate var postgresSize: Int {
    switch self {
    case .null: 0
    case .integer, .real: 8
    case .text(let text): text.utf8.count
    case .blob(let bytes): bytes.count
    }
  }

  fileprivate var postgresType: Oid {
    switch self {
    case .null: 0
    case .integer: PostgresType.int8
    case .real: PostgresType.float8
    case .text: PostgresType.text
    case .blob: PostgresType.bytea
    }
  }
}
