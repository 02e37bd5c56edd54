// SPDX-License-Identifier: Apache-2.0

/// How long a PostgreSQL server is waited for.
struct PostgresLimits: Sendable, Hashable {
  /// For a conversation to begin, with each of the servers that a URL names.
  var connect = Duration.seconds(5)
  /// For a statement, measured by the server.
  var statement = Duration.seconds(30)
  /// For a row or table that another transaction holds.
  var lock = Duration.seconds(10)
  /// How long a transaction may stay open while nothing is asked; then the server ends it and frees what it holds.
  var idle = Duration.seconds(60)
  /// For an answer that should be there by the server's own limit: then the server or the network has fallen silent.
  var grace = Duration.seconds(5)

  /// For waiting until another process has changed the schema.
  static let schemaLock = PostgresLimits(statement: .seconds(90), lock: .seconds(60))
  /// For changes of a schema, which may rewrite large tables.
  static let schemaChange = PostgresLimits(statement: .seconds(6 * 3600), lock: .seconds(60), idle: .seconds(3600))

  /// How long an answer is waited for.
  var answer: Duration { statement + grace }
}

extension Duration {
  /// The time in whole milliseconds, rounded up, as settings and system calls take it.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1000)
    return isTooLarge ? .max : whole + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
