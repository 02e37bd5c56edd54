// SPDX-License-Identifier: Apache-2.0

import Crypto

/// SHA-256 of bytes that arrive in pieces: says which file it was, or which of many lists.
///
/// The same digest as `sha256sum` prints.
struct ContentHash: Sendable {
  private var hash = SHA256()

  mutating func update(_ bytes: some Sequence<UInt8>) { hash.update(data: Array(bytes)) }

  /// The digest of all bytes so far, as 64 hexadecimal digits.
  func digest() -> String {
    hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}
