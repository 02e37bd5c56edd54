// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines.
///
/// Lines end in LF or CRLF. A line longer than `limit` bytes is given in pieces, so that a child that never ends its
/// line cannot fill the memory. Bytes that are not UTF-8 become U+FFFD.
struct LineBuffer {
  private let limit: Int
  private var bytes: [UInt8] = []

  init(limit: Int = 16 << 10) {
    self.limit = limit
  }

  /// Takes the next bytes; gives the lines that they complete.
  mutating func append(_ chunk: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in chunk {
      if byte == UInt8(ascii: "\n") {
        lines.append(take())
      } else {
        bytes.append(byte)
        if bytes.count >= limit { lines.append(take()) }
      }
    }
    return lines
  }

  /// What is left at the end of the stream: a last line without a line end, if there is one.
  mutating func finish() -> String? {
    bytes.isEmpty ? nil : take()
  }

  private mutating func take() -> String {
    defer { bytes.removeAll(keepingCapacity: true) }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
