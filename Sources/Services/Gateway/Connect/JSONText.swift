// SPDX-License-Identifier: Apache-2.0

/// JSON written by hand, where there is no message to transcode.
enum JSONText {
  /// A string with its quotes.
  ///
  /// Everything below U+0020 is escaped, and `<` as well, so that the text cannot end a script element it may be put
  /// into.
  static func string(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": json += "\\\""
      case "\\": json += "\\\\"
      case "\n": json += "\\n"
      case "\r": json += "\\r"
      case "\t": json += "\\t"
      case "<", "\u{0}"..."\u{1f}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}

/// Base64 with the standard alphabet and without padding, as Connect wants it.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

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
}
