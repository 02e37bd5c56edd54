// SPDX-License-Identifier: Apache-2.0

import HTTP2

extension Metadata {
  /// The metadata in a received header or trailer section: all fields but those of HTTP/2 and gRPC themselves.
  ///
  /// A `-bin` field may hold several values separated by commas; one that is no base64 is left out, as there are no
  /// bytes that it could stand for.
  init(_ block: HeaderBlock) {
    self.init()
    block.forEach { name, value in
      guard name.first != UInt8(ascii: ":"), !Self.isReserved(name) else { return }
      let text = String(decoding: name, as: UTF8.self)
      if text.hasSuffix("-bin") {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
          if let bytes = Base64.decode(Self.trimmed(part)) { add(bytes, for: text) }
        }
      } else {
        add(String(decoding: value, as: UTF8.self), for: text)
      }
    }
  }

  /// Adds the metadata to a section to send.
  /// - Throws: `INTERNAL` naming the first entry that cannot be sent; `RESOURCE_EXHAUSTED` when the section is then larger
  ///   than any that is sent.
  func write(to fields: inout HeaderFields) throws(RPCError) {
    for entry in entries {
      let isBinary = entry.name.hasSuffix("-bin")
      guard Self.isSendable(name: entry.name) else {
        throw RPCError(
          code: .internalError,
          message: "metadata \"\(entry.name)\" cannot be sent: a name has letters, digits, - _ and . and is none of"
            + " the protocol's own")
      }
      switch entry.value {
      case .binary(let bytes) where isBinary:
        fields.add(entry.name, Base64.encode(bytes))
      case .text(let text) where !isBinary && text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }):
        fields.add(
          entry.name, Self.withoutOuterSpaces(text),
          isSecret: entry.name == "authorization" || entry.name == "cookie")
      default:
        throw RPCError(
          code: .internalError,
          message: "metadata \"\(entry.name)\" cannot be sent: a value is printable ASCII, or bytes if the name ends"
            + " in -bin")
      }
    }
    guard fields.blockBound + Self.reserve <= HeaderFields.largestBlock else { throw .headerTooLarge }
  }

  /// Room for what is added behind the metadata, such as what is left of the time for a call.
  private static let reserve = 256

  private static func isSendable(name: String) -> Bool {
    var name = name
    return name.withUTF8 { name in
      let bytes = UnsafeRawBufferPointer(name)
      return !bytes.isEmpty && !isReserved(bytes)
        && bytes.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."):
            true
          default: false
          }
        }
    }
  }

  /// Whether the name is one that HTTP/2 or gRPC uses itself.
  ///
  /// gRPC keeps every name that begins with `grpc-` for itself ("Custom-Metadata" in its PROTOCOL-HTTP2). Handlers and
  /// callers see three of them all the same: the rich error, the pause that a server asks for before a retry, and the
  /// number of attempts that a retried call has had.
  private static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
    if name.count >= 5, UnsafeRawBufferPointer(rebasing: name[..<5]).equals("grpc-") {
      return switch name.count {
      case 22: !name.equals("grpc-retry-pushback-ms")
      case 23: !name.equals("grpc-status-details-bin")
      case 26: !name.equals("grpc-previous-rpc-attempts")
      default: true
      }
    }
    return switch name.count {
    case 2: name.equals("te")
    case 4: name.equals("host")
    case 7: name.equals("trailer") || name.equals("upgrade")
    case 10: name.equals("connection") || name.equals("keep-alive")
    case 12: name.equals("content-type")
    case 14: name.equals("content-length")
    case 16: name.equals("proxy-connection")
    case 17: name.equals("transfer-encoding")
    default: false
    }
  }

  /// The text as HTTP/2 carries it: with spaces around it a peer would have to reset the stream (RFC 9113, 8.2.1), and
  /// gRPC lets them be left out.
  private static func withoutOuterSpaces(_ text: String) -> String {
    let space = UInt8(ascii: " ")
    guard text.utf8.first == space || text.utf8.last == space else { return text }
    guard let start = text.utf8.firstIndex(where: { $0 != space }),
      let last = text.utf8.lastIndex(where: { $0 != space })
    else { return "" }
    return String(text[start...last])
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    var bytes = bytes
    while bytes.first == UInt8(ascii: " ") { bytes = bytes.dropFirst() }
    while bytes.last == UInt8(ascii: " ") { bytes = bytes.dropLast() }
    return bytes
  }
}

extension RPCError {
  /// That a header or trailer section cannot be sent because it is too large.
  static let headerTooLarge = RPCError(
    code: .resourceExhausted,
    message: "the header is larger than the limit of \(HeaderFields.largestBlock) bytes: it has too much metadata")
}
