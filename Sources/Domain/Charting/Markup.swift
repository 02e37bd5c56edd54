// SPDX-License-Identifier: Apache-2.0

/// SVG text under construction.
///
/// Everything that is not markup goes through `escaped`.
struct Markup {
  private(set) var text = ""
  private var open: [String] = []

  /// Begins an element whose content follows; `end` closes it.
  mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    start(name, attributes)
    text += ">"
    open.append(name)
  }

  /// Closes the element that was begun last.
  mutating func end() {
    guard let name = open.popLast() else { return }
    text += "</"
    text += name
    text += ">"
  }

  /// An element without content.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    start(name, attributes)
    text += "/>"
  }

  /// An element with text, or without when the text is empty.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String) {
    start(name, attributes)
    text += ">"
    text += Markup.escaped(content)
    text += "</\(name)>"
  }

  /// A style sheet: our own text, never anyone else's.
  mutating func style(_ rules: String) { text += "<style>\(rules)</style>" }

  /// A line break, to keep the file readable in an editor.
  mutating func newline() { text += "\n" }

  private mutating func start(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<"
    text += name
    for (key, value) in attributes {
      text += " "
      text += key
      text += "=\""
      text += Markup.escaped(value)
      text += "\""
    }
  }

  /// Text that is safe between tags and within quoted attributes.
  ///
  /// Characters that XML does not allow become spaces.
  static func escaped(_ content: String) -> String {
    let isPlain = content.utf8.allSatisfy {
      $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
        && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
    }
    if isPlain { return content }
    var result = ""
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate with at most two decimal places, always written alike.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    let hundredths = Int64((value * 100).rounded(.toNearestOrAwayFromZero))
    let magnitude = hundredths.magnitude
    if magnitude % 100 == 0 { return String(hundredths / 100) }
    return String(unsafeUninitializedCapacity: 20) { buffer in
      // Written from the last digit to the first, then turned round.
      var count = 0
      func put(_ byte: UInt8) {
        buffer.initializeElement(at: count, to: byte)
        count += 1
      }
      func putDigit(_ digit: UInt64) { put(UInt8(ascii: "0") + UInt8(digit)) }
      if magnitude % 10 != 0 { putDigit(magnitude % 10) }
      putDigit(magnitude / 10 % 10)
      put(UInt8(ascii: "."))
      var whole = magnitude / 100
      repeat {
        putDigit(whole % 10)
        whole /= 10
      } while whole > 0
      if hundredths < 0 { put(UInt8(ascii: "-")) }
      var written = buffer[..<count]
      written.reverse()
      return count
    }
  }

  /// An identifier for elements: letters, digits, `-` and `_`, beginning with a letter.
  static func identifier(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
    }
    let result = String(String.UnicodeScalarView(kept))
    guard let first = result.first, first.isLetter else { return "chart" + result }
    return result
  }
}
