// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// How the bytes of a message are compressed: the names that `grpc-encoding` knows.
public enum MessageEncoding: String, Sendable, Hashable, CaseIterable {
  /// Not at all.
  case identity
  /// The format of RFC 1952.
  case gzip
  /// The zlib format of RFC 1950, which HTTP calls deflate.
  case deflate

  /// What we take, as `grpc-accept-encoding` says it.
  static let accepted: StaticString = "identity,deflate,gzip"

  /// The encoding of a name on the wire; `nil` for one we do not know.
  init?(name: UnsafeRawBufferPointer) {
    if name.equals("identity") {
      self = .identity
    } else if name.equals("gzip") {
      self = .gzip
    } else if name.equals("deflate") {
      self = .deflate
    } else {
      return nil
    }
  }

  /// The encodings, other than identity, that a `grpc-accept-encoding` header names and that we know, in its order.
  static func accepted(by header: HeaderBlock) -> [MessageEncoding] {
    guard let list = header.first("grpc-accept-encoding") else { return [] }
    return list.split(separator: ",").compactMap { part in
      let name = part.drop { $0 == " " }.prefix { $0 != " " && $0 != ";" }
      return MessageEncoding(rawValue: String(name)).flatMap { $0 == .identity ? nil : $0 }
    }
  }

  /// Whether a `grpc-accept-encoding` header names this encoding; identity always goes.
  func isAccepted(by header: HeaderBlock) -> Bool {
    self == .identity || Self.accepted(by: header).contains(self)
  }
}
