// SPDX-License-Identifier: Apache-2.0

/// How the text of a file is kept as bytes.
package enum TextEncoding: Sendable, Hashable {
  /// With Windows-1252 row by row, where bytes are not UTF-8.
  case utf8
  case utf16LittleEndian, utf16BigEndian

  package var title: String {
    switch self {
    case .utf8: "UTF-8"
    case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
    }
  }

  /// Tells UTF-16 by its byte order mark, or by the zeros that stand beside letters and digits.
  init(head: some Collection<UInt8>) {
    let head = Array(head.prefix(64))
    if head.starts(with: [0xFF, 0xFE]) {
      self = .utf16LittleEndian
    } else if head.starts(with: [0xFE, 0xFF]) {
      self = .utf16BigEndian
    } else if Self.isUTF16(head) {
      self = head[0] == 0 ? .utf16BigEndian : .utf16LittleEndian
    } else {
      self = .utf8
    }
  }

  static func isUTF16(_ head: [UInt8]) -> Bool {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return true }
    let head = head.prefix(64)
    guard head.count >= 8 else { return false }
    let even = stride(from: 0, to: head.count, by: 2).map { head[$0] }
    let odd = stride(from: 1, to: head.count, by: 2).map { head[$0] }
    return even.allSatisfy { $0 == 0 } && !odd.contains(0) || odd.allSatisfy { $0 == 0 } && !even.contains(0)
  }
}

/// Turns UTF-16 into UTF-8 as it arrives, cut anywhere.
struct UTF16Reader: Sendable {
  private let isBig: Bool
  private var half: UInt8?
  private var surrogate: UInt16?

  init(isBig: Bool) { self.isBig = isBig }

  mutating func utf8(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      guard let first = half else {
        half = byte
        continue
      }
      half = nil
      take(isBig ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first), &result)
    }
    return result
  }

  /// What is left when the file ends inside a character.
  mutating func end() -> [UInt8] {
    let isCut = half != nil || surrogate != nil
    (half, surrogate) = (nil, nil)
    return isCut ? Array("\u{FFFD}".utf8) : []
  }

  private mutating func take(_ unit: UInt16, _ result: inout [UInt8]) {
    if let high = surrogate {
      surrogate = nil
      if UTF16.isTrailSurrogate(unit) {
        let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
        append(Unicode.Scalar(value), &result)
        return
      }
      append(nil, &result)
    }
    if UTF16.isLeadSurrogate(unit) {
      surrogate = unit
    } else {
      append(Unicode.Scalar(UInt32(unit)), &result)
    }
  }

  private func append(_ scalar: Unicode.Scalar?, _ result: inout [UInt8]) {
    result.append(contentsOf: String(Character(scalar ?? "\u{FFFD}")).utf8)
  }
}

/// Windows-1252, the bytes of Western Windows; ISO 8859-1 is a part of it.
package enum Windows1252 {
  /// Characters of 0x80 to 0x9F; 0 where there is none.
  private static let high: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
  ]

  /// The text as UTF-8; nil where a byte is no character.
  package static func utf8(of bytes: some Sequence<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    for byte in bytes {
      if byte < 0x80 {
        result.append(byte)
        continue
      }
      let value = byte < 0xA0 ? high[Int(byte) - 0x80] : UInt32(byte)
      guard value != 0, let scalar = Unicode.Scalar(value) else { return nil }
      result.append(contentsOf: String(Character(scalar)).utf8)
    }
    return result
  }
}
