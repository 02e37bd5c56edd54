// SPDX-License-Identifier: Apache-2.0

import CPostgres

extension PostgresEngine {
  /// Makes certain that a connection is one session of the server, which a pooler may not leave it.
  ///
  /// A store relies on sessions: for where it looks for tables, prepared statements, locks that outlast transactions, and
  /// for hearing what other processes write. A pooler in transaction mode gives each transaction the server's connection
  /// that is free. Some of that would fail now and then, and some in silence.
  ///
  /// - Throws: ``StorageError/pooled``.
  func checkSessions(_ connection: PostgresConnection) throws(StorageError) {
    let own = try serverProcess(connection)
    // A pooler greets with a number of its own, in every mode. What tells no process is not a server that can be judged.
    guard own != 0, own != Int64(PQbackendPID(connection.pipeline.link.handle)) else { return }
    // While the first connection rests, in transaction mode a second one is given the same process of the server: the one
    // that became free last. It may also find there what the first one has prepared. A pooler that goes round its
    // connections gives the first one another process when it comes back.
    let other = try session(limits: .schemaLock)
    defer { other.close() }
    do throws(StorageError) {
      guard try serverProcess(other.connection) != own, try serverProcess(connection) == own else { throw .pooled }
    } catch .repeatable {
      // What was prepared on a session is not lost while the session lasts.
      throw .pooled
    }
  }

  /// Number of the server's process that serves the connection.
  private func serverProcess(_ connection: PostgresConnection) throws(StorageError) -> Int64 {
    let rows = try connection.rows("SELECT pg_catalog.pg_backend_pid()::int8 AS process", [], atMost: 1)
    return try rows.first?.integer("process") ?? 0
  }
}
