// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Bytes in the server's binary form, appended one value after another.
final class PostgresBytes {
  private var buffer: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(capacity: Int) { buffer = .allocate(byteCount: max(64, capacity), alignment: 16) }

  deinit { buffer.deallocate() }

  /// What was appended; valid until the next change.
  var all: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  func removeAll() { count = 0 }

  func append<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    reserve(MemoryLayout<Number>.size)
    buffer.storeBytes(of: number.bigEndian, toByteOffset: count, as: Number.self)
    count += MemoryLayout<Number>.size
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// The length of a text, and its bytes.
  ///
  /// - Throws: ``StorageError/statement(problem:)`` for a text with U+0000.
  func appendField(_ text: String) throws(StorageError) {
    var text = text
    let hasNull = text.withUTF8 { utf8 -> Bool in
      if let start = utf8.baseAddress, memchr(start, 0, utf8.count) != nil { return true }
      append(Int32(clamping: utf8.count))
      append(UnsafeRawBufferPointer(utf8))
      return false
    }
    if hasNull { throw .statement(problem: "a text with the character U+0000") }
  }

  /// The length of a number, and the number.
  func appendField<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    append(Int32(MemoryLayout<Number>.size))
    append(number)
  }

  /// `NULL`, whose length is -1.
  func appendNull() { append(Int32(-1)) }

  private func reserve(_ room: Int) {
    guard buffer.count - count < room else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(buffer.count * 2, count + room), alignment: 16)
    larger.copyMemory(from: all)
    buffer.deallocate()
    buffer = larger
  }
}
