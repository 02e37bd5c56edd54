// SPDX-License-Identifier: Apache-2.0

/// Where a list goes on: the sort key of the last item of a page, as opaque text that is safe in a URL.
///
/// The text is base64url over the parts, each with its length before it, and a checksum at the end, so that a token that
/// was cut or made up is told from a real one. It is no secret: it holds nothing that the page did not show.
public struct PageToken: Sendable, Hashable {
  /// The parts of the sort key.
  public let parts: [String]

  public init(parts: [String]) { self.parts = parts }

  /// Reads a token.
  ///
  /// - Throws: ``StorageError/pageToken`` when the text is no token.
  public init(_ text: String) throws(StorageError) {
    guard text.utf8.count <= 4096, var bytes = Base64URL.decode(text), let check = bytes.popLast(),
      check == Self.checksum(bytes)
    else { throw .pageToken }
    var parts: [String] = []
    var rest = bytes[...]
    while rest.count >= 2 {
      let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
      rest = rest.dropFirst(2)
      guard rest.count >= length, let part = String(validating: rest.prefix(length), as: UTF8.self) else {
        throw .pageToken
      }
      parts.append(part)
      rest = rest.dropFirst(length)
    }
    guard rest.isEmpty else { throw .pageToken }
    self.parts = parts
  }

  /// The token as text.
  public var text: String {
    var bytes: [UInt8] = []
    for part in parts {
      let utf8 = Array(part.utf8.prefix(Int(UInt16.max)))
      bytes.append(UInt8(utf8.count >> 8))
      bytes.append(UInt8(utf8.count & 0xFF))
      bytes.append(contentsOf: utf8)
    }
    bytes.append(Self.checksum(bytes))
    return Base64URL.encode(bytes)
  }

  /// FNV-1a, folded to one byte.
  private static func checksum(_ bytes: [UInt8]) -> UInt8 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in bytes { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return UInt8(truncatingIfNeeded: hash ^ hash >> 8 ^ hash >> 16 ^ hash >> 24)
  }
}

/// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5).
enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(alphabet[Int(bits >> UInt32(count) & 0x3F)])
      }
      bits &= (1 << UInt32(count)) - 1
    }
    if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 0x3F)]) }
    return String(decoding: text, as: UTF8.self)
  }

  static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        bits &= (1 << UInt32(count)) - 1
      }
    }
    return count < 6 && bits == 0 ? bytes : nil
  }
}
