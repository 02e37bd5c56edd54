// SPDX-License-Identifier: Apache-2.0

/// Base64 with the standard alphabet, RFC 4648, section 4.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  /// With padding.
  static func encoded(_ bytes: [UInt8]) -> String {
    unpadded(bytes) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
  }

  /// Without padding, as Connect wants it.
  static func unpadded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var (bits, width): (UInt32, Int) = (0, 0)
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      width += 8
      while width >= 6 {
        width -= 6
        text.append(alphabet[Int(bits >> UInt32(width) & 63)])
      }
    }
    if width > 0 { text.append(alphabet[Int(bits << UInt32(6 - width) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: `nil` for what is not Base64.
  static func decoded(_ text: String) -> [UInt8]? {
    let text = Array(text.utf8)
    guard text.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var index = 0
    while index < text.count {
      let isLast = index + 4 == text.count
      let padding =
        isLast ? (text[index + 2] == UInt8(ascii: "=") ? 2 : text[index + 3] == UInt8(ascii: "=") ? 1 : 0) : 0
      if padding == 2, text[index + 3] != UInt8(ascii: "=") { return nil }
      var bits = UInt32(0)
      for place in 0..<4 {
        let value = place < 4 - padding ? values[Int(text[index + place])] : 0
        guard value < 64 else { return nil }
        bits = bits << 6 | UInt32(value)
      }
      for place in 0..<(3 - padding) { bytes.append(UInt8(truncatingIfNeeded: bits >> (16 - 8 * UInt32(place)))) }
      index += 4
    }
    return bytes
  }
}
