// SPDX-License-Identifier: Apache-2.0

/// SVG text under construction, as UTF-8.
///
/// Everything that is not markup goes through `write(escaped:)`. Elements are begun with `open` and their attributes
/// follow one by one; where speed does not matter, `begin` and `element` take them all at once.
struct Markup {
  private(set) var bytes: [UInt8] = []
  private var unclosed: [String] = []

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  var text: String {
    if #available(macOS 26.0, *) {
      // Everything written is a string, a literal or an ASCII character: UTF-8 that need not be validated again.
      return unsafe String(copying: UTF8Span(unchecked: bytes.span))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What is written by the closure, to be written again and again.
  static func bytes(_ write: (inout Markup) -> Void) -> [UInt8] {
    var markup = Markup()
    write(&markup)
    return markup.bytes
  }

  /// Markup of our own.
  @inline(__always)
  mutating func write(_ literal: StaticString) {
    literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Text that is known to need no escaping, such as a colour.
  mutating func write(plain content: String) {
    var content = content
    content.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// Text that has been escaped before.
  mutating func write(_ escaped: [UInt8]) { bytes.append(contentsOf: escaped) }

  @inline(__always)
  mutating func write(byte: UInt8) { bytes.append(byte) }

  // MARK: Elements

  /// The beginning of an element: attributes follow, then `close` or `content`.
  @inline(__always)
  mutating func open(_ name: StaticString) {
    bytes.append(UInt8(ascii: "<"))
    write(name)
  }

  @inline(__always)
  mutating func set(_ name: StaticString, _ value: StaticString) {
    set(name) { $0.write(value) }
  }

  @inline(__always)
  mutating func set(_ name: StaticString, _ value: Double) {
    set(name) { $0.write(number: value) }
  }

  /// An attribute whose value is known to need no escaping.
  @inline(__always)
  mutating func set(_ name: StaticString, plain value: String) {
    set(name) { $0.write(plain: value) }
  }

  /// An attribute whose value is written by the closure.
  @inline(__always)
  mutating func set(_ name: StaticString, _ value: (inout Markup) -> Void) {
    bytes.append(UInt8(ascii: " "))
    write(name)
    write("=\"")
    value(&self)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Ends an element without content.
  @inline(__always)
  mutating func close() { write("/>") }

  /// Ends the attributes of an element with content.
  @inline(__always)
  mutating func content() { bytes.append(UInt8(ascii: ">")) }

  /// Ends an element with content.
  @inline(__always)
  mutating func end(_ name: StaticString) {
    write("</")
    write(name)
    bytes.append(UInt8(ascii: ">"))
  }

  /// Ends a `text` element with its text.
  mutating func close(text content: String) {
    self.content()
    write(escaped: content)
    end("text")
  }

  /// Begins an element whose content follows; `end` closes it.
  mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    start(name, attributes)
    content()
    unclosed.append(name)
  }

  /// Closes the element that was begun last.
  mutating func end() {
    guard let name = unclosed.popLast() else { return }
    write("</")
    write(plain: name)
    write(">")
  }

  /// An element without content.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    start(name, attributes)
    close()
  }

  /// An element with text, or without when the text is empty.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String) {
    start(name, attributes)
    write(">")
    write(escaped: content)
    write("</")
    write(plain: name)
    write(">")
  }

  /// A style sheet: our own text, never anyone else's.
  mutating func style(_ rules: String) {
    write("<style>")
    write(plain: rules)
    write("</style>")
  }

  /// A line break, to keep the file readable in an editor.
  mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

  private mutating func start(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    write("<")
    write(plain: name)
    for (key, value) in attributes {
      write(" ")
      write(plain: key)
      write("=\"")
      write(escaped: value)
      write("\"")
    }
  }

  // MARK: Text

  /// Text from outside, safe between tags and within quoted attributes.
  ///
  /// Characters that XML does not allow become spaces, those that would turn the order of the text U+FFFD.
  mutating func write(escaped content: String) {
    var content = content
    content.withUTF8 { text in
      // What stands for itself is copied in stretches.
      var start = 0
      var index = 0
      while index < text.count {
        let byte = text[index]
        if Markup.isPlain(byte) {
          index += 1
          continue
        }
        let replacement: StaticString
        var length = 1
        switch byte {
        case UInt8(ascii: "&"): replacement = "&amp;"
        case UInt8(ascii: "<"): replacement = "&lt;"
        case UInt8(ascii: ">"): replacement = "&gt;"
        case UInt8(ascii: "\""): replacement = "&quot;"
        case UInt8(ascii: "'"): replacement = "&#39;"
        case 0..<0x20, 0x7F: replacement = " "
        // U+0080 to U+009F.
        case 0xC2 where index + 1 < text.count && text[index + 1] < 0xA0:
          replacement = " "
          length = 2
        // U+FFFE and U+FFFF.
        case 0xEF where index + 2 < text.count && text[index + 1] == 0xBF && text[index + 2] >= 0xBE:
          replacement = " "
          length = 3
        // U+2028 to U+202E and U+2066 to U+2069, which would turn the order of what stands around them.
        case 0xE2 where index + 2 < text.count && Markup.turns(text[index + 1], text[index + 2]):
          replacement = "\u{FFFD}"
          length = 3
        default:
          index += 1
          continue
        }
        bytes.append(contentsOf: text[start..<index])
        write(replacement)
        index += length
        start = index
      }
      bytes.append(contentsOf: text[start...])
    }
  }

  /// Whether the two bytes behind E2 make a line separator or a control of direction.
  private static func turns(_ second: UInt8, _ third: UInt8) -> Bool {
    second == 0x80 && (0xA8...0xAE).contains(third) || second == 0x81 && (0xA6...0xA9).contains(third)
  }

  /// Whether a byte stands for itself, without a look at its neighbours.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "&") && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">")
      && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
  }

  /// Text that is safe between tags and within quoted attributes.
  static func escaped(_ content: String) -> String {
    var markup = Markup()
    markup.write(escaped: content)
    return markup.text
  }

  /// An identifier for elements: letters, digits, `-` and `_`, beginning with a letter.
  static func identifier(_ text: String) -> String {
    let kept = text.utf8.filter {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    let result = String(decoding: kept, as: UTF8.self)
    guard let first = kept.first, first >= UInt8(ascii: "A"), first != UInt8(ascii: "_") else {
      return "chart" + result
    }
    return result
  }
}
