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
  /// - Throws: a ``StorageError`` whose description is one sentence for the person who runs the service. The file is
  ///   then as it was.
  public static func open(path: String, migrations: [Migration], service: String) throws(StorageError) -> Database {
    let claim = try FileClaim(databasePath: path)
    let database: Database
    do {
      let isNew = !FileManager.default.fileExists(atPath: path)
      let pool = try DatabasePool(path: path, configuration: configuration(label: service))
      database = Database(pool: pool, claim: claim)
      if !isNew { try database.check(path: path) }
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError.opening(path: path, error)
    }
    try database.migrate(path: path, migrations: migrations)
    return database
  }

  private static func configuration(label: String) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { connection in
      try connection.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// Looks at the state of the store as it is now.
  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    let dialect = dialect
    return try await pool.read { connection in try body(Transaction(connection, dialect: dialect)) }
  }

  /// Changes the store. When `body` throws, nothing is changed.
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws -> Result
  ) async throws -> Result {
    let dialect = dialect
    return try await pool.write { connection in try body(WriteTransaction(connection, dialect: dialect)) }
  }

  /// Writes what the log holds into the file and closes it. Further use fails.
  public func close() throws {
    try pool.close()
    claim.release()
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

  private func migrate(path: String, migrations: [Migration]) throws(StorageError) {
    let known = migrations.last?.number ?? 0
    let found: Int
    do {
      found = try pool.write { connection in
        for statement in Migration.common { try connection.execute(sql: statement) }
        return try Int.fetchOne(connection, sql: "SELECT MAX(number) FROM schema_migrations") ?? 0
      }
    } catch {
      throw StorageError.opening(path: path, error)
    }
    guard found <= known else { throw .newer(path: path, found: found, known: known) }
    for migration in migrations where migration.number > found {
      do {
        try pool.write { connection in
          for statement in migration.sql { try connection.execute(sql: statement) }
          try connection.execute(
            sql: "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)",
            arguments: [migration.number, migration.name, UUIDv7.millisecondsNow() * 1000])
        }
      } catch {
        throw .migration(path: path, number: migration.number, problem: "\(error)")
      }
    }
  }
}

extension StorageError {
  /// What an error of the engine means while a store is opened.
  fileprivate static func opening(path: String, _ error: any Error) -> StorageError {
    guard let error = error as? DatabaseError else { return .unwritable(path: path, problem: "\(error)") }
    let problem = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    return switch error.resultCode {
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_AUTH:
      .unwritable(path: path, problem: problem)
    case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path: path)
    default: .corrupt(path: path, problem: problem)
    }
  }

  /// Runs `body`, with the engine's errors told as ours.
  static func mapping<Result>(_ body: () throws -> Result) throws(StorageError) -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      let problem = error.message ?? "SQLite error \(error.resultCode.rawValue)"
      throw error.resultCode == .SQLITE_CONSTRAINT ? .conflict(problem: problem) : .statement(problem: problem)
    } catch {
      throw .statement(problem: "\(error)")
    }
  }
}
