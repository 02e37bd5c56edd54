// SPDX-License-Identifier: Apache-2.0

/// Rows as bytes that are the same whatever engine they were read from.
///
/// A value is a tag (0 `NULL`, 1 whole number, 2 number, 3 text, 4 bytes) and, but for `NULL`, eight bytes, the highest
/// first: a whole number itself, the bits of a number (IEEE 754), or the length of the bytes that follow, which for a text
/// are its UTF-8. SQLite keeps −0 as 0, so that the two are one.
enum CanonicalRow {
  static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(0)
    case .integer(let number): append(1, UInt64(bitPattern: number), to: &bytes)
    case .real(let number): append(2, number == 0 ? 0 : number.bitPattern, to: &bytes)
    case .text(let text):
      append(3, UInt64(text.utf8.count), to: &bytes)
      bytes.append(contentsOf: text.utf8)
    case .blob(let blob):
      append(4, UInt64(blob.count), to: &bytes)
      bytes.append(contentsOf: blob)
    }
  }

  static func bytes(_ values: [SQLValue]) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in values { append(value, to: &bytes) }
    return bytes
  }

  /// Reads what ``bytes(_:)`` wrote; nil for anything else.
  static func values(_ bytes: [UInt8]) -> [SQLValue]? {
    var values: [SQLValue] = []
    var rest = bytes[...]
    while let tag = rest.popFirst() {
      if tag == 0 {
        values.append(.null)
        continue
      }
      guard rest.count >= 8 else { return nil }
      let number = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(8)
      switch tag {
      case 1: values.append(.integer(Int64(bitPattern: number)))
      case 2: values.append(.real(Double(bitPattern: number)))
      case 3, 4:
        guard let length = Int(exactly: number), rest.count >= length else { return nil }
        let content = rest.prefix(length)
        values.append(tag == 3 ? .text(String(decoding: content, as: UTF8.self)) : .blob(Array(content)))
        rest = rest.dropFirst(length)
      default: return nil
      }
    }
    return values
  }

  private static func append(_ tag: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(tag)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}

extension SQLValue {
  /// The value as a message shows it.
  var shown: String {
    switch self {
    case .null: "NULL"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): "“\(String(text.unicodeScalars.map { $0.value < 32 ? "␀" : Character($0) }))”"
    case .blob(let bytes): bytes.hexadecimal
    }
  }
}
