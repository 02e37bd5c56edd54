// SPDX-License-Identifier: Apache-2.0

/// Where a store is kept.
public enum StoreLocation: Sendable, Hashable, CustomStringConvertible {
  /// A SQLite file.
  case sqlite(path: String)
  /// A PostgreSQL database, or one that speaks its protocol; the store is the schema named after its service.
  case postgres(PostgresAddress)

  /// Reads `sqlite:PATH`, `postgres://…`, `postgresql://…`, or a path.
  ///
  /// - Throws: ``StorageError/location(text:problem:)``, which never shows a password.
  public init(_ text: String) throws(StorageError) {
    if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      self = .postgres(try PostgresAddress(text))
    } else if text.hasPrefix("sqlite:") {
      let path = String(text.dropFirst("sqlite:".count))
      guard !path.isEmpty else { throw .location(text: text, problem: "names no file") }
      self = .sqlite(path: path)
    } else if text.contains("://") {
      let scheme = text.prefix { $0 != ":" }
      throw .location(text: "\(scheme)://…", problem: "is of a kind that is not known")
    } else if text.isEmpty {
      throw .location(text: text, problem: "is empty")
    } else {
      self = .sqlite(path: text)
    }
  }

  /// The place in words, without any password.
  public var description: String {
    switch self {
    case .sqlite(let path): path
    case .postgres(let address): address.description
    }
  }
}
