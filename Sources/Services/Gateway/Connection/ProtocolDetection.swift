// SPDX-License-Identifier: Apache-2.0

/// What a client turned out to speak on a plain TCP connection.
enum WireProtocol: Sendable, Hashable {
  /// HTTP/1.1, or anything else: the HTTP/1.1 parser then says what is wrong with it.
  case http1
  /// HTTP/2 with prior knowledge (h2c).
  case http2
}

/// Tells HTTP/2 from HTTP/1.1 by the first bytes of a connection.
///
/// A client that speaks HTTP/2 without asking first begins with 24 bytes that are no HTTP/1.1 request: the connection
/// preface. The bytes may come in pieces of any size, so that the decision can need several of them. It falls at the
/// first byte that differs from the preface, for a `GET` or `POST` therefore at once; `PUT`, `PATCH` and `PROPFIND`
/// share the first byte.
/// - SeeAlso: RFC 9113, section 3.4.
struct ProtocolDetection: Sendable {
  /// The connection preface of HTTP/2.
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// How much of the preface has been seen.
  private var matched = 0

  /// Looks at the bytes that follow those of the calls before.
  /// - Returns: The protocol, or `nil` while all bytes so far are a beginning of the preface.
  mutating func inspect(_ bytes: some Sequence<UInt8>) -> WireProtocol? {
    for byte in bytes {
      guard byte == Self.preface[matched] else { return .http1 }
      matched += 1
      if matched == Self.preface.count { return .http2 }
    }
    return nil
  }
}
