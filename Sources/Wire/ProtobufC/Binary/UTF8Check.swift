// SPDX-License-Identifier: Apache-2.0

/// Whether bytes are UTF-8 without NUL, as the Unicode standard, table 3-7, has it.
enum UTF8Check {
  case valid
  case hasNul
  case invalid

  static func check(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UTF8Check {
    var position = start
    while position < end {
      // Eight ASCII characters at a time. A byte minus one borrows into its top bit only when it was zero.
      while position.distance(to: end) >= 8 {
        let word = position.loadUnaligned(as: UInt64.self)
        guard (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080 == 0 else { break }
        position += 8
      }
      guard position < end else { break }
      let byte = position.load(as: UInt8.self)
      if byte == 0 { return .hasNul }
      guard let length = sequenceLength(position, byte, end) else { return .invalid }
      position += length
    }
    return .valid
  }

  /// Length of the sequence that begins here, or nil when it is not well formed.
  private static func sequenceLength(_ position: UnsafeRawPointer, _ first: UInt8, _ end: UnsafeRawPointer) -> Int? {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch first {
    case 0x00...0x7f: return 1
    case 0xc2...0xdf: length = 2
    case 0xe0: (length, second) = (3, 0xa0...0xbf)  // no overlong forms
    case 0xed: (length, second) = (3, 0x80...0x9f)  // no surrogates
    case 0xe1...0xef: length = 3
    case 0xf0: (length, second) = (4, 0x90...0xbf)  // no overlong forms
    case 0xf1...0xf3: length = 4
    case 0xf4: (length, second) = (4, 0x80...0x8f)  // nothing above U+10FFFF
    default: return nil
    }
    guard position.distance(to: end) >= length, second.contains(position.load(fromByteOffset: 1, as: UInt8.self))
    else { return nil }
    for offset in 2..<max(length, 2) {
      guard (0x80...0xbf).contains(position.load(fromByteOffset: offset, as: UInt8.self)) else { return nil }
    }
    return length
  }
}
