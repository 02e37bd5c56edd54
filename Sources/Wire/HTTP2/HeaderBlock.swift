// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A header or trailer section as it was received: fields in order, names in lower case.
///
/// The bytes of all fields lie in one array, and a field becomes a `String` only when somebody asks for it. nghttp2's
/// own reference-counted buffers would save the copy of some 200 bytes, but their counts are not atomic, so a block
/// could not leave its event loop; this one is a plain value that may be kept anywhere for any time.
package struct HeaderBlock: Sendable {
  /// For each field: the length of its name (4 bytes), of its value (4 bytes), the name, the value.
  private let storage: [UInt8]
  /// Whether fields were left out because the limit was reached.
  package let isTooLarge: Bool
  /// Whether a field was left out because its name or value has characters that HTTP does not allow.
  package let isMalformed: Bool

  /// A block without fields.
  package init() {
    storage = []
    isTooLarge = false
    isMalformed = false
  }

  fileprivate init(storage: [UInt8], isTooLarge: Bool, isMalformed: Bool) {
    self.storage = storage
    self.isTooLarge = isTooLarge
    self.isMalformed = isMalformed
  }

  package var isEmpty: Bool { storage.isEmpty }

  /// Whether this is a copy of the other block; two blocks with the same fields need not be.
  package func isCopy(of other: HeaderBlock) -> Bool {
    storage.withUnsafeBytes { bytes in
      other.storage.withUnsafeBytes { $0.baseAddress == bytes.baseAddress && $0.count == bytes.count }
    } && isTooLarge == other.isTooLarge && isMalformed == other.isMalformed
  }

  /// Whether the block is kept to be compared with the next: a large one is not worth the memory on an idle connection.
  fileprivate var isWorthKeeping: Bool { !isTooLarge && !isMalformed && storage.count <= 1024 }

  /// Whether the fields are these bytes.
  fileprivate func hasStorage(_ bytes: UnsafeRawBufferPointer) -> Bool { storage.withUnsafeBytes { $0.equals(bytes) } }

  fileprivate static let lengthsSize = 8

  /// Calls the closure with name and value of each field; the buffers are valid during the call only.
  package func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void)
    rethrows
  {
    try storage.withUnsafeBytes { bytes in
      var position = 0
      while position + Self.lengthsSize <= bytes.count {
        let nameLength = Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        let valueLength = Int(bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self))
        let name = position + Self.lengthsSize
        let value = name + nameLength
        position = value + valueLength
        try body(
          UnsafeRawBufferPointer(rebasing: bytes[name..<value]),
          UnsafeRawBufferPointer(rebasing: bytes[value..<position]))
      }
    }
  }

  /// The first value of a field.
  package func first(_ wanted: StaticString) -> String? {
    var found: String?
    forEach { name, value in
      if found == nil, name.equals(wanted) { found = String(decoding: value, as: UTF8.self) }
    }
    return found
  }

  /// All fields but the pseudo-fields that begin with a colon.
  package var regularFields: [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    forEach { name, value in
      guard name.first != UInt8(ascii: ":") else { return }
      fields.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    return fields
  }
}

/// Where the fields of a section are put together while they arrive, one connection's sections one after another.
struct HeaderCollector: ~Copyable {
  private var start: UnsafeMutableRawPointer?
  private var capacity = 0
  private var count = 0
  /// How large the fields are by the rule of RFC 9113, section 6.5.2: 32 bytes each besides name and value.
  private var listSize = 0
  private var isTooLarge = false
  private var isMalformed = false
  private let limit: Int
  /// The last section of each kind: most calls on a connection have the same as the one before.
  private var lastHead = HeaderBlock()
  private var lastTrailers = HeaderBlock()
  /// How many times the limit a section may be large and still be answered (with status 431).
  private static let tolerance = 8

  /// - Parameter limit: the largest section, by the same rule.
  init(limit: Int) { self.limit = limit }

  deinit { start?.deallocate() }

  /// Gives back the memory that no section is in.
  mutating func rest() {
    start?.deallocate()
    start = nil
    capacity = 0
    count = 0
  }

  /// Begins a section.
  mutating func begin() {
    count = 0
    listSize = 0
    isTooLarge = false
    isMalformed = false
  }

  /// Notes that the section has a field with characters that HTTP does not allow.
  mutating func noteMalformed() { isMalformed = true }

  /// Adds a field unless that makes the section larger than the limit.
  /// - Returns: false once the section is so much larger that it is an attack.
  mutating func add(_ name: UnsafePointer<UInt8>, _ nameLength: Int, _ value: UnsafePointer<UInt8>, _ valueLength: Int)
    -> Bool
  {
    listSize += nameLength + valueLength + 32
    guard listSize <= limit, !isTooLarge else {
      isTooLarge = true
      // The refusal is written in the words of the protocol that this field names.
      let isContentType =
        valueLength <= 64 && UnsafeRawBufferPointer(start: name, count: nameLength).equals("content-type")
      if !isContentType { return listSize <= Self.tolerance * limit }
      return keep(name, nameLength, value, valueLength)
    }
    return keep(name, nameLength, value, valueLength)
  }

  /// Stores a field.
  @inline(__always)
  private mutating func keep(
    _ name: UnsafePointer<UInt8>, _ nameLength: Int, _ value: UnsafePointer<UInt8>, _ valueLength: Int
  ) -> Bool {
    let size = HeaderBlock.lengthsSize + nameLength + valueLength
    if count + size > capacity { grow(by: size) }
    guard let target = start?.advanced(by: count) else { return true }
    target.storeBytes(of: UInt32(truncatingIfNeeded: nameLength), as: UInt32.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: valueLength), toByteOffset: 4, as: UInt32.self)
    (target + HeaderBlock.lengthsSize).copyMemory(from: name, byteCount: nameLength)
    (target + HeaderBlock.lengthsSize + nameLength).copyMemory(from: value, byteCount: valueLength)
    count += size
    return true
  }

  /// The section as it was received before the data: a copy of the one before if they are the same.
  mutating func head() -> HeaderBlock {
    let block = block(after: lastHead)
    if block.isWorthKeeping { lastHead = block }
    return block
  }

  /// The section as it was received behind the data.
  mutating func trailers() -> HeaderBlock {
    let block = block(after: lastTrailers)
    if block.isWorthKeeping { lastTrailers = block }
    return block
  }

  private func block(after last: HeaderBlock) -> HeaderBlock {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    if !isTooLarge, !isMalformed, last.hasStorage(bytes) { return last }
    return HeaderBlock(storage: [UInt8](bytes), isTooLarge: isTooLarge, isMalformed: isMalformed)
  }

  private mutating func grow(by size: Int) {
    // The limit keeps this small: lengths take fewer than the 32 bytes that it counts for a field.
    capacity = max(512, 2 * (count + size))
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 4)
    if let start {
      larger.copyMemory(from: start, byteCount: count)
      start.deallocate()
    }
    start = larger
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are those of an ASCII literal.
  @inline(__always)
  package func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    guard let start = baseAddress else { return true }
    return memcmp(start, text.utf8Start, count) == 0
  }

  /// Whether the bytes are the same.
  package func equals(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let start = baseAddress, let otherStart = other.baseAddress else { return true }
    return memcmp(start, otherStart, count) == 0
  }

  /// Whether the bytes begin with those of an ASCII literal.
  package func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount
      && UnsafeRawBufferPointer(start: baseAddress, count: text.utf8CodeUnitCount).equals(text)
  }
}
