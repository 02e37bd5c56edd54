// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// A service's store: one SQLite file.
///
/// What is guaranteed:
/// - A write is all there or not at all, and on disk before `write` returns (WAL with `synchronous=FULL`).
/// - Writes follow one another; each sees what the ones before it wrote.
/// - A read sees the store as it was when the read began. Readers do not wait for writers, nor writers for readers.
/// - One process at a time has the store open. The kernel ends its claim with the process, however that ends.
public final class Database: Sendable {
  private let pool: DatabasePool
  private let claim: FileClaim
  private let dialect = SQLiteDialect()

  /// Files up to this size are checked page by page when they are opened; of larger ones only the schema is read.
  private static let largestChecked = 64 << 20

  private init(pool: DatabasePool, claim: FileClaim) {
    self.pool = pool
    self.claim = claim
  }

  /// Opens the store at `path`, makes it when it is not there, and brings its schema up to date.
  ///
  /// - Parameters:
  ///   - path: the file; its folder is made, too.
  ///   - migrations: every step of the schema, numbered from 1 without gaps.
  ///   - service: name of the service, for diagnoses.
  /// - Throws: a ``StorageError`` whose description is one sentence for the person who runs the service. What the file
  ///   holds is then as it was.
  public static func open(path: String, migrations: [Migration], service: String) throws(StorageError) -> Database {
    precondition(
      migrations.map(\.number) == Array(1..<migrations.count + 1), "migrations are numbered from 1 without gaps")
    let claim = try FileClaim(databasePath: path)
    do {
      let isNew = try StoreFile.prepare(path: path)
      let pool = try DatabasePool(path: path, configuration: configuration(label: service))
      // The pool sets NORMAL when it turns the write-ahead log on: then a power cut could take acknowledged writes.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      let database = Database(pool: pool, claim: claim)
      if !isNew { try database.check(path: path) }
      try database.migrate(path: path, migrations: migrations)
      return database
    } catch {
      throw StorageError.opening(path: path, error)
    }
  }

  private static func configuration(label: String) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    return configuration
  }

  /// Looks at the state of the store as it is now.
  ///
  /// - Throws: what `body` throws, a ``StorageError``, or `CancellationError` when the task was cancelled.
  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    let dialect = dialect
    do {
      return try await pool.read { connection in try body(Transaction(connection, dialect: dialect)) }
    } catch {
      throw StorageError.using(error)
    }
  }

  /// Changes the store.
  ///
  /// When `body` throws, nothing is changed.
  ///
  /// - Throws: what `body` throws, a ``StorageError``, or `CancellationError` when the task was cancelled before the
  ///   change was made.
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws -> Result
  ) async throws -> Result {
    let dialect = dialect
    do {
      return try await pool.write { connection in try body(WriteTransaction(connection, dialect: dialect)) }
    } catch {
      throw StorageError.using(error)
    }
  }

  /// Writes what the log holds into the file, and closes it.
  ///
  /// Further use fails, and another process may open the store.
  ///
  /// A store that is not closed loses nothing: the log is read when it is next opened.
  public func close() throws {
    // The engine would do this by itself only if the last connection to go were one that may write.
    let checkpoint = Swift.Result { try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    try pool.close()
    claim.release()
    do {
      try checkpoint.get()
    } catch {
      throw StorageError.using(error)
    }
  }

  // MARK: Opening

  private func check(path: String) throws {
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    let problem = try pool.read { connection -> String? in
      guard size <= Self.largestChecked else {
        _ = try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM sqlite_master")
        return nil
      }
      return try String.fetchOne(connection, sql: "PRAGMA quick_check(1)")
    }
    if let problem, problem != "ok" { throw StorageError.corrupt(path: path, problem: problem) }
  }

  private func migrate(path: String, migrations: [Migration]) throws {
    let found = try pool.read { connection in try Migration.applied(in: connection) }
    if let newest = found.last, newest.number > migrations.count {
      throw StorageError.newer(path: path, found: newest.number, known: migrations.count)
    }
    for (applied, known) in zip(found, migrations) where applied != (known.number, known.name) {
      throw StorageError.foreign(
        path: path, problem: "step \(applied.number) of its schema is \"\(applied.name)\", not \"\(known.name)\"")
    }
    try pool.write { connection in
      for statement in Migration.common { try connection.execute(sql: statement) }
    }
    for migration in migrations.dropFirst(found.count) {
      do {
        try pool.write { connection in try migration.apply(to: connection, dialect: dialect) }
      } catch {
        throw StorageError.migration(path: path, number: migration.number, problem: "\(error)")
      }
    }
    // The readers that looked at the file before know its tables as they were, and would name the columns of a
    // `SELECT *` by that for as long as they live.
    pool.invalidateReadOnlyConnections()
  }
}

extension Migration {
  /// The steps that a store has been through, in their order; none when it is new.
  fileprivate static func applied(in connection: GRDB.Database) throws -> [(number: Int, name: String)] {
    guard try connection.tableExists("schema_migrations") else { return [] }
    return try GRDB.Row.fetchAll(connection, sql: "SELECT number, name FROM schema_migrations ORDER BY number")
      .map { row in (try row.decode(Int.self, forColumn: "number"), try row.decode(String.self, forColumn: "name")) }
  }

  fileprivate func apply(to connection: GRDB.Database, dialect: SQLiteDialect) throws {
    for statement in sql { try connection.execute(sql: statement) }
    let transaction = WriteTransaction(connection, dialect: dialect)
    try transaction.execute(
      "INSERT INTO schema_migrations (number, name, applied_at) VALUES ($1, $2, $3)",
      [.integer(Int64(number)), .text(name), .integer(UUIDv7.millisecondsNow() * 1000)])
  }
}
