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
