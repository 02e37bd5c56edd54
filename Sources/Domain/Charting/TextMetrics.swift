// SPDX-License-Identifier: Apache-2.0

/// How wide text will be, before any browser has seen it.
///
/// The widths are those of a wide sans serif, so that what is laid out by them also fits in a narrower one.
enum TextMetrics {
  static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
    var hundredths = 0
    for scalar in text.unicodeScalars { hundredths += width(scalar) }
    return Double(hundredths) / 100 * size * (bold ? 1.1 : 1)
  }

  /// In hundredths of an em.
  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar {
    case "a"..."z":
      switch scalar {
      case "i", "j", "l": 32
      case "f", "t", "r": 40
      case "m", "w": 96
      default: 62
      }
    case "0"..."9": 64
    case "I", "'", ".", ",", ":", ";", "|", "!", "′": 32
    case " ", "(", ")", "[", "]", "/", "-": 40
    case "M", "W", "%", "@": 96
    case "A"..."Z", "−": 70
    case "\u{300}"..."\u{36F}", "\u{200B}"..."\u{200F}": 0
    case "\u{1100}"..."\u{11FF}", "\u{2E80}"...: 105
    default: 62
    }
  }

  /// The text in at most so many lines of that width; what does not fit ends in an ellipsis.
  static func lines(_ text: String, size: Double, bold: Bool = false, width limit: Double, atMost count: Int)
    -> [String]
  {
    if width(text, size: size, bold: bold) <= limit, isOneLine(text) { return [text] }
    var lines: [String] = []
    var current = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      let longer = current.isEmpty ? String(word) : current + " " + word
      if !current.isEmpty, width(longer, size: size, bold: bold) > limit {
        lines.append(current)
        current = String(word)
      } else {
        current = longer
      }
    }
    if !current.isEmpty { lines.append(current) }
    if lines.count > count {
      let rest = lines[(count - 1)...].joined(separator: " ")
      lines = lines.prefix(count - 1) + [rest]
    }
    return lines.map { shortened($0, size: size, bold: bold, width: limit) }
  }

  /// Whether the text is nothing but words with single spaces between them.
  private static func isOneLine(_ text: String) -> Bool {
    var wasSpace = true
    for byte in text.utf8 {
      if byte < 0x20 { return false }
      let isSpace = byte == 0x20
      if isSpace, wasSpace { return false }
      wasSpace = isSpace
    }
    return !wasSpace
  }

  /// The text, or as much of its beginning as fits, with an ellipsis.
  static func shortened(_ text: String, size: Double, bold: Bool = false, width limit: Double) -> String {
    guard width(text, size: size, bold: bold) > limit else { return text }
    var kept = text
    while !kept.isEmpty, width(kept + "…", size: size, bold: bold) > limit { kept.removeLast() }
    while kept.last?.isWhitespace == true { kept.removeLast() }
    return kept + "…"
  }
}
