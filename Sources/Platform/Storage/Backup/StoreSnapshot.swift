// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Synchronization

/// One store as it was at one moment, while its service goes on writing.
///
/// Two connections: one keeps all writers out until the other looks at the store. From then on the other one sees the
/// store as it was at that moment for as long as it looks (WAL), and the first is not needed any more.
final class StoreSnapshot {
  let service: String
  let path: String
  private let lock: DatabaseQueue
  private let view: DatabaseQueue
  private let patience: Patience

  /// How long a statement waits for others when nothing is held that anybody waits for.
  private static let unhurried = Duration.seconds(5)

  /// Opens the store of a service, with nothing locked yet.
  ///
  /// - Throws: a ``BackupError`` when it is not there to be read, or another program's.
  init(service: String, path: String) throws {
    self.service = service
    self.path = path
    let patience = Patience()
    self.patience = patience
    var configuration = Configuration()
    configuration.label = "backup of \(service)"
    // Transactions here last over several accesses: that is what they are for.
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .callback { _ in patience.wait() }
    do {
      patience.renew(for: Self.unhurried)
      lock = try DatabaseQueue(path: path, configuration: configuration)
      try lock.inDatabase { connection in
        guard try UInt32.fetchOne(connection, sql: "PRAGMA application_id") == StoreFile.applicationID else {
          throw BackupError.foreign(path: path)
        }
        // A store that no service has opened since it was restored has none yet; its service would turn it on, too.
        try connection.execute(sql: "PRAGMA journal_mode = WAL")
      }
      configuration.readonly = true
      view = try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw BackupError.reading(path: path, error)
    }
  }

  /// Keeps all writers of the store out.
  ///
  /// - Returns: whether that was possible before `limit` was over.
  func keepWritersOut(within limit: Duration) throws -> Bool {
    patience.renew(for: limit)
    do {
      try lock.inDatabase { try $0.beginTransaction(.immediate) }
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return false
    } catch {
      throw BackupError.reading(path: path, error)
    }
  }

  /// Lets writers go on.
  func letWritersIn() {
    // There is nothing to take back: not a byte was written.
    try? lock.inDatabase { connection in
      if connection.isInsideTransaction { try connection.rollback() }
    }
  }

  /// Begins to look at the store as it is now.
  func hold() throws {
    patience.renew(for: Self.unhurried)
    do {
      try view.inDatabase { connection in
        try connection.beginTransaction(.deferred)
        // The moment is that of the first look.
        _ = try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM sqlite_master")
      }
    } catch {
      throw BackupError.reading(path: path, error)
    }
  }

  /// Length of the store's file, were it written now.
  func length() throws -> Int64 {
    do {
      return try view.inDatabase { connection in
        let pages = try Int64.fetchOne(connection, sql: "PRAGMA page_count") ?? 0
        let size = try Int64.fetchOne(connection, sql: "PRAGMA page_size") ?? 0
        return pages.multipliedReportingOverflow(by: size).partialValue
      }
    } catch {
      throw BackupError.reading(path: path, error)
    }
  }

  /// Runs `body` on the connection that holds the moment.
  func look<Result>(_ body: (GRDB.Database) throws -> Result) throws -> Result {
    patience.renew(for: Self.unhurried)
    return try view.inDatabase(body)
  }

  /// Ends the looking, so that the service's log can be emptied again, and closes the store.
  func close() {
    // The one that may write goes last: should no service run, it leaves the store as one file.
    try? view.close()
    try? lock.close()
  }
}

/// How long a statement that finds its store locked goes on trying.
///
/// Tries come so close to one another that the gap between two commits of a busy service is found. The engine's own way
/// of waiting, up to 100 ms a pause, would hardly ever find it.
private final class Patience: Sendable {
  private static let pause: UInt32 = 200
  private let end = Mutex(ContinuousClock.now)

  func renew(for limit: Duration) { end.withLock { $0 = .now + limit } }

  func wait() -> Bool {
    guard ContinuousClock.now < end.withLock({ $0 }) else { return false }
    usleep(Self.pause)
    return true
  }
}

extension BackupError {
  /// What an error means while a store is read.
  static func reading(path: String, _ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let problem = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: BackupError.unreadable(path: path, problem: problem)
    case .SQLITE_FULL: BackupError.full(path: path, needed: nil)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR:
      BackupError.unreadable(path: path, problem: problem)
    default: BackupError.damaged(path: path, problem: problem)
    }
  }
}
