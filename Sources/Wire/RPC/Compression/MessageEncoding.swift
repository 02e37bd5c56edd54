// SPDX-License-Identifier: Apache-2.0

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
}
