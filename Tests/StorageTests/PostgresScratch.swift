// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Storage

/// A schema of its own for one test, in the PostgreSQL that `WAYMARK_TEST_POSTGRES` names; gone when the test is.
final class PostgresScratch: Sendable {
  /// The URL of the tests' PostgreSQL, whose role is a superuser; empty when there is none.
  static let url = ProcessInfo.processInfo.environment["WAYMARK_TEST_POSTGRES"] ?? ""

  static var isThere: Bool { !url.isEmpty }

  let schema = "test_\(UUID().uuidString.lowercased().filter { $0 != "-" })"
  let engine: PostgresEngine

  /// - Parameter sql: statements that make the tables, in the common dialect.
  init(limits: PostgresLimits = PostgresLimits(), _ sql: String...) throws {
    engine = try PostgresEngine(address: PostgresAddress(Self.url), schema: schema, limits: limits)
    try engine.updatingSchema { connection in
      for statement in sql { _ = try connection.execute(engine.schemaStatement(statement), []) }
    }
  }

  deinit {
    if let session = try? engine.session(limits: .schemaChange) {
      _ = try? session.connection.execute("DROP SCHEMA \(PostgresDialect.quoted(schema)) CASCADE", [])
      session.close()
    }
  }

  /// An engine for the same schema over another way, such as a proxy.
  func engine(url: String, limits: PostgresLimits = PostgresLimits()) throws -> PostgresEngine {
    try PostgresEngine(address: PostgresAddress(url), schema: schema, limits: limits)
  }

  func session(limits: PostgresLimits = PostgresLimits()) throws -> PostgresSession {
    try engine.session(limits: limits)
  }

  /// Ends the server's side of a connection, and waits until it has ended.
  func terminate(_ process: Int64) throws {
    let other = try session()
    defer { other.close() }
    _ = try other.connection.execute("SELECT pg_terminate_backend($1::int4, 10000)", [.integer(process)])
  }

  /// The tests' URL with other parameters.
  static func url(adding parameters: String) -> String { url + (url.contains("?") ? "&" : "?") + parameters }

  /// The tests' URL with another host and port, or other parts, and without TLS.
  static func url(user: String? = nil, password: String? = nil, port: UInt16? = nil, database: String? = nil) -> String
  {
    guard var parts = URLComponents(string: url) else { return "" }
    parts.user = user ?? parts.user
    parts.password = password ?? parts.password
    parts.port = port.map(Int.init) ?? parts.port
    parts.path = database.map { "/\($0)" } ?? parts.path
    parts.query = "sslmode=disable"
    return parts.string ?? ""
  }
}

extension PostgresConnection {
  /// Number of the server's process that serves the connection.
  func process() throws -> Int64 { try value("SELECT pg_backend_pid()::int8 AS value").integer }

  /// The only value that a statement answers.
  func value(_ sql: String, _ values: [SQLValue] = []) throws -> SQLValue {
    try #require(rows(sql, values, atMost: 1).first).value("value")
  }

  func count(_ table: String) throws -> Int64 { try value("SELECT count(*) AS value FROM \(table)").integer }

  /// Makes a change in a transaction, and undoes it when `body` throws.
  func change(_ body: () throws -> Void) throws {
    try begin(.write)
    do {
      try body()
      try commit()
    } catch {
      rollback()
      throw error
    }
  }
}

extension SQLValue {
  /// The whole number that it is.
  var integer: Int64 {
    get throws {
      guard case .integer(let number) = self else { throw Unhappy() }
      return number
    }
  }
}

extension StorageError {
  /// What kind of error it is, without its words.
  var kind: String { String(describing: Mirror(reflecting: self).children.first?.label ?? "") }
}

/// The error that `body` ends with.
func refusal(_ body: () throws -> Void) -> StorageError? {
  #expect(throws: StorageError.self) { try body() }
}

/// Waits until something is so, for ten seconds.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<1000 {
    if try condition() { return true }
    usleep(10_000)
  }
  return false
}
