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
    text += "</\(name)>"
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
    text += "<\(name)"
    for (key, value) in attributes {
      text += " \(key)=\"\(Markup.escaped(value))\""
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
    let fraction = magnitude % 100
    var result = hundredths < 0 ? "-" : ""
    result += String(magnitude / 100)
    if fraction == 0 { return result }
    result += fraction % 10 == 0 ? ".\(fraction / 10)" : fraction < 10 ? ".0\(fraction)" : ".\(fraction)"
    return result
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
