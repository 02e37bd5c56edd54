// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL

/// Words for what goes wrong below the calls.
enum TransportFailure {
  /// Why a connection was lost.
  static func text(_ error: any Error) -> String {
    switch error {
    case let error as IOError: SystemError.text(error, doing: "read")
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: HandshakeFailure(error, peer: nil).description
    default: "\(error)"
    }
  }

  /// Why a connection ended before the server had shown that it speaks HTTP/2.
  /// - Parameter received: what came instead.
  static func beforeSettings(error: (any Error)?, received: ByteBuffer) -> String {
    if received.readableBytes > 0 {
      let bytes = received.readableBytesView
      let line = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }.prefix(60)
      if bytes.starts(with: "HTTP/1".utf8) {
        return "the server does not speak HTTP/2: it answered \"\(String(decoding: line, as: UTF8.self))\""
      }
      // An alert of TLS: its record type, and the first byte of its version.
      if bytes.starts(with: [21, 3]) { return "the server does not speak plain HTTP/2: it wants TLS" }
      let sample = bytes.prefix(8).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
      return "the server does not speak HTTP/2: it began with the bytes \(sample.joined(separator: " "))"
    }
    if let error { return text(error) }
    return "the server closed the connection before it said anything in HTTP/2; does it want TLS?"
  }
}
