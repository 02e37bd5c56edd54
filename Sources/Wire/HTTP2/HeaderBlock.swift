// SPDX-License-Identifier: Apache-2.0

import CNGHTTP2

/// A header or trailer section as it was received: fields in order, names in lower case.
///
/// The bytes of all fields lie in one array, and a field becomes a `String` only when somebody asks for it. nghttp2's
/// own reference-counted buffers would save the copy of some 200 bytes, but their counts are not atomic, so a block
/// could not leave its event loop; this one is a plain value that may be kept anywhere for any time.
package struct HeaderBlock: Sendable {
  /// For each field: the length of its name (4 bytes), of its value (4 bytes), the name, the value.
  private var storage: [UInt8] = []
  /// How large the fields are by the rule of RFC 9113, section 6.5.2: 32 bytes each besides name and value.
  private(set) var listSize = 0
  /// Whether fields were left out because the limit was reached.
  package internal(set) var isTooLarge = false

  package init() {}

  package var isEmpty: Bool { storage.isEmpty }

  private static let lengthsSize = 8

  /// Adds a field unless that makes the list larger than the limit.
  mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, limit: Int) {
    listSize += name.count + value.count + 32
    guard listSize <= limit, !isTooLarge else {
      isTooLarge = true
      return
    }
    if storage.isEmpty { storage.reserveCapacity(320) }
    withUnsafeBytes(of: (UInt32(truncatingIfNeeded: name.count), UInt32(truncatingIfNeeded: value.count))) {
      storage.append(contentsOf: $0)
    }
    storage.append(contentsOf: name)
    storage.append(contentsOf: value)
  }

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

extension UnsafeRawBufferPointer {
  /// Whether the bytes are those of an ASCII literal.
  @inline(__always)
  package func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index] != text.utf8Start[index] { return false }
    return true
  }

  /// Whether the bytes begin with those of an ASCII literal.
  package func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && UnsafeRawBufferPointer(rebasing: self[..<text.utf8CodeUnitCount]).equals(text)
  }
}
