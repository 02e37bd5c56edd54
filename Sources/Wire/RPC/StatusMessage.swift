// SPDX-License-Identifier: Apache-2.0

/// The description of a status on the wire (`grpc-message`): UTF-8 in which `%` and all but printable ASCII is
/// percent-encoded.
package enum StatusMessage {
  /// The longest description, in bytes before the encoding: the libraries of others take 8 KiB of trailers.
  static let longest = 4096

  /// A message as it is sent.
  ///
  /// One that is too long ends in three dots: a status that cannot be sent would tell nothing at all.
  package static func encode(_ message: String) -> String {
    let message = message.utf8.count > longest ? shortened(message) : message
    guard message.utf8.contains(where: needsEncoding) else { return message }
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in message.utf8 {
      if needsEncoding(byte) {
        text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func shortened(_ message: String) -> String {
    var end = message.utf8.index(message.startIndex, offsetBy: longest - 3)
    while end > message.startIndex, String.Index(end, within: message) == nil { end = message.utf8.index(before: end) }
    return message[..<end] + "..."
  }

  /// The message that was meant.
  ///
  /// What is no percent-encoding stays as it is: a status must not get lost because its description is malformed.
  static func decode(_ text: String) -> String {
    let source = Array(text.utf8)
    guard source.contains(UInt8(ascii: "%")) else { return text }
    var bytes: [UInt8] = []
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = hex(source[index + 1]),
        let low = hex(source[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func needsEncoding(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "%")
  }

  private static func hex(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
