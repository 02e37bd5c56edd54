// SPDX-License-Identifier: Apache-2.0

import Crypto

/// One step of a store's schema.
///
/// Steps are numbered from 1 without gaps, and only go forward. A step that was applied somewhere must not be edited: a
/// store remembers its checksum.
public struct Migration: Sendable, Hashable {
  /// The schema's number after this step.
  public let number: Int
  /// What the step does, in a few words.
  public let name: String
  /// The statements, in order.
  public let statements: [SchemaStatement]

  public init(number: Int, name: String, sql statements: [SchemaStatement]) {
    self.number = number
    self.name = name
    self.statements = statements
  }

  /// SHA-256 over the name and all statements, of every engine, in hexadecimal digits.
  ///
  /// White space does not count, so that a statement may be laid out anew.
  public var checksum: String {
    var hash = SHA256()
    for part in [Self.words(name)] + statements.map({ "\($0.engine?.rawValue ?? "")|\(Self.words($0.sql))" }) {
      hash.update(data: Array("\(part.utf8.count):\(part)".utf8))
    }
    return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  private static func words(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

/// A statement of a migration, in the common SQL dialect or in that of one engine.
public struct SchemaStatement: Sendable, Hashable, ExpressibleByStringLiteral {
  public let sql: String
  /// The engine that it is for; nil for all.
  public let engine: EngineName?

  /// For all engines.
  public init(stringLiteral sql: String) {
    self.sql = sql
    engine = nil
  }

  private init(_ sql: String, engine: EngineName) {
    self.sql = sql
    self.engine = engine
  }

  /// For SQLite alone.
  public static func sqlite(_ sql: SQL) -> SchemaStatement { SchemaStatement(sql.text, engine: .sqlite) }

  /// For PostgreSQL alone.
  public static func postgres(_ sql: SQL) -> SchemaStatement { SchemaStatement(sql.text, engine: .postgres) }
}
