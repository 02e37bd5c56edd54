// SPDX-License-Identifier: Apache-2.0

/// Base64 (RFC 4648): written in the standard alphabet with padding; read in either alphabet, with or without.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let group =
        UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[index + 2]) : 0)
      output.append(alphabet[Int(group >> 18)])
      output.append(alphabet[Int(group >> 12 & 63)])
      output.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      output.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
      index += 3
    }
  }

  /// Decodes into memory that has room for three bytes of each four characters, rounded up.
  /// - Returns: the number of bytes, or nil when the text is not base64.
  static func decode(_ text: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer) -> Int? {
    var length = text.count
    if length > 0, length % 4 == 0 {
      // Padding only fills the last four.
      if text[length - 1] == UInt8(ascii: "=") { length -= 1 }
      if text[length - 1] == UInt8(ascii: "=") { length -= 1 }
    }
    guard length % 4 != 1 else { return nil }
    var count = 0
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for index in 0..<length {
      guard let value = value(of: text[index]) else { return nil }
      group = group << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        output[count] = UInt8(truncatingIfNeeded: group >> bits)
        count += 1
        group &= (1 << bits) - 1
      }
    }
    return count
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
