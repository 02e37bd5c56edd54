// SPDX-License-Identifier: Apache-2.0

import Crypto

/// Makes and reads the tokens that say where a list goes on: the sort key of the last item of a page, signed.
///
/// A token is text that is safe in a URL: base64url over the parts, each with its length in four bytes before it, and the first 16 bytes
/// of their HMAC-SHA-256 under a key of the store. It is opaque, but no secret: it holds nothing that the page did not
/// show. All processes that use the store accept it, also after they were started anew.
public struct PageTokens: Sendable {
  private let key: SymmetricKey

  /// - Parameter key: 32 random bytes that belong to the store.
  public init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  private static let signatureLength = 16

  /// The token that stands for a sort key.
  public func token(_ parts: [String]) -> String {
    var bytes: [UInt8] = []
    for part in parts {
      let length = UInt32(clamping: part.utf8.count)
      for shift in [UInt32(24), 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
      bytes.append(contentsOf: part.utf8)
    }
    return Base64URL.encode(bytes + signature(of: bytes))
  }

  /// The sort key that a token stands for.
  ///
  /// - Throws: ``StorageError/pageToken`` when the text is no token of this store.
  public func parts(of token: String) throws(StorageError) -> [String] {
    // The names that lists are sorted by are far shorter.
    guard token.utf8.count <= 1 << 20, let bytes = Base64URL.decode(token), bytes.count >= Self.signatureLength else {
      throw .pageToken
    }
    let signed = Array(bytes.dropLast(Self.signatureLength))
    guard signature(of: signed) == Array(bytes.suffix(Self.signatureLength)) else { throw .pageToken }
    var parts: [String] = []
    var rest = signed[...]
    while rest.count >= 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard rest.count >= length, let part = String(validating: rest.prefix(length), as: UTF8.self) else {
        throw .pageToken
      }
      parts.append(part)
      rest = rest.dropFirst(length)
    }
    guard rest.isEmpty else { throw .pageToken }
    return parts
  }

  private func signature(of bytes: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key).prefix(Self.signatureLength))
  }
}
