// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import GRDBSQLite

/// Keeps a store in one SQLite file: write-ahead log, `synchronous=FULL`, foreign keys on.
///
/// One process at a time has the file open. The kernel ends its claim with the process, however that ends.
final class SQLiteEngine: Engine {
  let name = EngineName.sqlite
  let readers = 4
  let readsAtOnce = true

  private let path: String
  private let service: String
  private let claim: FileClaim
  /// Whether the file was made by this engine.
  let isNew: Bool

  /// Claims the file at `path`, makes it when it is not there, and checks it when it is.
  init(path: String, service: String) throws(StorageError) {
    self.path = path
    self.service = service
    claim = try FileClaim(databasePath: path)
    do {
      isNew = try StoreFile.prepare(path: path)
      let queue = try DatabaseQueue(path: path, configuration: Self.configuration(label: service, readonly: false))
      try queue.inDatabase { connection in
        _ = try String.fetchOne(connection, sql: "PRAGMA journal_mode = WAL")
        if !isNew { try Self.check(connection, path: path) }
      }
      try queue.close()
    } catch {
      claim.release()
      throw StorageError.opening(path: path, error)
    }
  }

  func connect(for kind: TransactionKind) throws(StorageError) -> any EngineSession {
    do {
      let queue = try DatabaseQueue(
        path: path, configuration: Self.configuration(label: service, readonly: kind == .read))
      if kind == .write {
        try queue.inDatabase { connection in
          // With NORMAL a power cut could take acknowledged writes.
          try connection.execute(sql: "PRAGMA synchronous = FULL")
        }
      }
      return try SQLiteSession(queue)
    } catch {
      throw StorageError.opening(path: path, error)
    }
  }

  func schemaStatement(_ sql: String) -> String { sql }

  func hasTable(_ name: String, _ connection: any EngineConnection) throws(StorageError) -> Bool {
    try !connection.rows(
      "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = $1", [.text(name)], atMost: 1
    ).isEmpty
  }

  /// The claim on the file keeps others out.
  func updatingSchema<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result {
    let session = try connect(for: .write)
    defer { session.close() }
    return try session.use(body)
  }

  /// No other process has the file open.
  func announce(_ connection: any EngineConnection) {}

  func listen(_ tell: @escaping @Sendable () -> Void) -> (any EngineListening)? { nil }

  func close() { claim.release() }

  private static func configuration(label: String, readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.readonly = readonly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    return configuration
  }

  /// Looks at all pages: about a second for each gigabyte that the operating system has in memory.
  private static func check(_ connection: GRDB.Database, path: String) throws {
    if let problem = try String.fetchOne(connection, sql: "PRAGMA quick_check(1)"), problem != "ok" {
      let lines = problem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("***") }
      throw StorageError.corrupt(path: path, problem: lines.first.map(String.init) ?? problem)
    }
  }
}

/// A SQLite connection that is kept open.
final class SQLiteSession: EngineSession {
  private let queue: DatabaseQueue
  private let connection: SQLiteConnection

  /// - Parameter queue: opened for this session alone, which makes its calls by itself: one thread at a time uses it.
  init(_ queue: DatabaseQueue) throws {
    self.queue = queue
    connection = try queue.inDatabase { database in
      guard let handle = database.sqliteConnection else { throw StorageError.unavailable(problem: "it is closed") }
      // GRDB watches what its own calls do; those that are made here it knows nothing of.
      sqlite3_commit_hook(handle, nil, nil)
      sqlite3_rollback_hook(handle, nil, nil)
      sqlite3_set_authorizer(handle, nil, nil)
      return SQLiteConnection(handle)
    }
  }

  let isUsable = true

  func use<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result { try body(connection) }

  func close() {
    connection.close()
    try? queue.close()
  }
}
