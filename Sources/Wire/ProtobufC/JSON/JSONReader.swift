// SPDX-License-Identifier: Apache-2.0

/// Reads the elements of a JSON text (RFC 8259, strictly) without ever going past its end.
struct JSONReader {
  private let text: UnsafeRawBufferPointer
  private let arena: Arena
  private(set) var position = 0

  /// - Parameter text: valid UTF-8.
  init(_ text: UnsafeRawBufferPointer, arena: Arena) {
    self.text = text
    self.arena = arena
  }

  func failure(_ problem: String, _ accepted: String, at offset: Int? = nil) -> JSONFailure {
    JSONFailure(problem: problem, accepted: accepted, offset: offset ?? position)
  }

  // MARK: Structure

  mutating func skipWhitespace() {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// The first byte of the next element.
  mutating func peek() throws(JSONFailure) -> UInt8 {
    skipWhitespace()
    guard position < text.count else { throw failure("the text ends too early", "a complete JSON text is accepted") }
    return text[position]
  }

  /// Takes the byte if it is next.
  mutating func take(_ byte: UInt8) throws(JSONFailure) -> Bool {
    guard try peek() == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8) throws(JSONFailure) {
    guard try take(byte) else {
      throw failure("`\(excerpt)` is unexpected", "`\(Character(UnicodeScalar(byte)))` is accepted here")
    }
  }

  mutating func expectEnd() throws(JSONFailure) {
    skipWhitespace()
    guard position == text.count else {
      throw failure("`\(excerpt)` follows the value", "one JSON value and nothing after it is accepted")
    }
  }

  mutating func takeNull() throws(JSONFailure) -> Bool {
    guard try peek() == UInt8(ascii: "n") else { return false }
    try literal("null")
    return true
  }

  mutating func boolean() throws(JSONFailure) -> Bool {
    if try peek() == UInt8(ascii: "t") {
      try literal("true")
      return true
    }
    try literal("false")
    return false
  }

  private mutating func literal(_ word: StaticString) throws(JSONFailure) {
    let matches =
      position + word.utf8CodeUnitCount <= text.count
      && (0..<word.utf8CodeUnitCount).allSatisfy { text[position + $0] == word.utf8Start[$0] }
    guard matches else { throw failure("`\(excerpt)` is no JSON value", "`\(word)` is accepted here") }
    position += word.utf8CodeUnitCount
  }

  /// A few characters from here on, for messages.
  var excerpt: String { Self.excerpt(UnsafeRawBufferPointer(rebasing: text[position...])) }

  /// The first characters of a text, for messages.
  static func excerpt(_ bytes: UnsafeRawBufferPointer) -> String {
    guard !bytes.isEmpty else { return "" }
    let start = String(decoding: bytes.prefix(80), as: UTF8.self).prefix(20)
    let shown = start.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } == true ? " " : String($0) }.joined()
    return start.utf8.count < bytes.count ? shown + "…" : shown
  }

  // MARK: Numbers

  /// The characters of a number; the grammar is checked, the value is not computed.
  mutating func number() throws(JSONFailure) -> UnsafeRawBufferPointer {
    _ = try peek()
    let rest = UnsafeRawBufferPointer(rebasing: text[position...])
    guard let length = JSONNumber.length(rest) else {
      throw failure("`\(excerpt)` is not a number", "a number such as 12, -0.5 or 6e3 is accepted")
    }
    position += length
    return UnsafeRawBufferPointer(rebasing: rest[..<length])
  }

  // MARK: Strings

  /// The bytes of a string, escapes resolved: part of the text or, if it has escapes, in the arena.
  mutating func string() throws(JSONFailure) -> UnsafeRawBufferPointer {
    guard try peek() == UInt8(ascii: "\"") else {
      throw failure("`\(excerpt)` is no string", "a string in double quotes is accepted")
    }
    let start = position + 1
    var end = start
    var hasEscapes = false
    while true {
      guard end < text.count else {
        throw failure("the string has no end", "a string that ends in a double quote is accepted")
      }
      let byte = text[end]
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20 else {
        throw failure(
          "the string has a control character", "control characters written as escapes are accepted", at: end)
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        end += 1
        guard end < text.count else { continue }
      }
      end += 1
    }
    let raw = UnsafeRawBufferPointer(rebasing: text[start..<end])
    defer { position = end + 1 }
    return hasEscapes ? try unescaped(raw, at: start) : raw
  }

  private func unescaped(_ raw: UnsafeRawBufferPointer, at offset: Int) throws(JSONFailure) -> UnsafeRawBufferPointer {
    // An escape never gets longer by being resolved.
    guard let memory = arena.allocate(raw.count) else { throw tooLarge }
    let output = UnsafeMutableRawBufferPointer(start: memory, count: raw.count)
    var count = 0
    var index = 0
    while index < raw.count {
      let byte = raw[index]
      guard byte == UInt8(ascii: "\\") else {
        output[count] = byte
        count += 1
        index += 1
        continue
      }
      // The scan for the end has seen a byte after every backslash.
      let escape = raw[index + 1]
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output[count] = escape
      case UInt8(ascii: "b"): output[count] = 0x08
      case UInt8(ascii: "f"): output[count] = 0x0c
      case UInt8(ascii: "n"): output[count] = 0x0a
      case UInt8(ascii: "r"): output[count] = 0x0d
      case UInt8(ascii: "t"): output[count] = 0x09
      case UInt8(ascii: "u"):
        let (scalar, length) = try unicodeEscape(raw, index, at: offset)
        for unit in UTF8.encode(scalar) ?? .init() {
          output[count] = unit
          count += 1
        }
        index += length
        continue
      default:
        throw failure(
          "the string has an escape that does not exist",
          "the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits are accepted",
          at: offset + index)
      }
      count += 1
      index += 2
    }
    return UnsafeRawBufferPointer(rebasing: output[..<count])
  }

  /// A `\uXXXX`, or two of them that form a surrogate pair.
  private func unicodeEscape(
    _ raw: UnsafeRawBufferPointer, _ index: Int, at offset: Int
  ) throws(JSONFailure) -> (Unicode.Scalar, length: Int) {
    let accepted = "\\u with four hexadecimal digits, or two of them that form a surrogate pair, are accepted"
    func unit(_ start: Int) -> UInt32? {
      guard start + 6 <= raw.count, raw[start] == UInt8(ascii: "\\"), raw[start + 1] == UInt8(ascii: "u") else {
        return nil
      }
      var value: UInt32 = 0
      for byte in raw[(start + 2)..<(start + 6)] {
        guard let digit = hexadecimal(byte) else { return nil }
        value = value << 4 | digit
      }
      return value
    }
    guard let first = unit(index) else {
      throw failure("the string has a \\u without four hexadecimal digits", accepted, at: offset + index)
    }
    if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
    guard first < 0xdc00, let second = unit(index + 6), (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    else { throw failure("the string has half a surrogate pair", accepted, at: offset + index) }
    return (scalar, 12)
  }

  private func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  var tooLarge: JSONFailure {
    failure("the message takes too much memory", "a smaller message is accepted")
  }

  // MARK: Skipping

  /// Passes over any value.
  mutating func skipValue(depth: Int, limit: Int) throws(JSONFailure) {
    guard depth <= limit else { throw tooDeep(limit) }
    switch try peek() {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try boolean()
    case UInt8(ascii: "n"): _ = try takeNull()
    case UInt8(ascii: "["):
      position += 1
      if try take(UInt8(ascii: "]")) { return }
      repeat { try skipValue(depth: depth + 1, limit: limit) } while try take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "]"))
    case UInt8(ascii: "{"):
      position += 1
      if try take(UInt8(ascii: "}")) { return }
      repeat {
        _ = try string()
        try expect(UInt8(ascii: ":"))
        try skipValue(depth: depth + 1, limit: limit)
      } while try take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "}"))
    default: _ = try number()
    }
  }

  func tooDeep(_ limit: Int) -> JSONFailure {
    failure("values are nested more than \(limit) levels deep", "at most \(limit) levels are accepted")
  }
}
