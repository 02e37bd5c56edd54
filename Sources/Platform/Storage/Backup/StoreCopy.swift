// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// A store as one plain file that nobody writes to: a copy in a set, or on its way into one.
struct StoreCopy {
  let path: String

  /// What the store says of itself.
  struct Content: Sendable, Hashable {
    /// The last step of its schema; 0 when it has none yet.
    let schema: Int
    /// The last event; 0 when there is none.
    let lastEvent: Int64
  }

  /// Pages between two rests, 1 MiB of the usual size.
  private static let pagesAtOnce: CInt = 256
  /// Pages after which the copy is brought to the disk, so that it is never much that the services' own writes would
  /// have to wait for.
  private static let pagesBetweenSyncs = 4096
  private static let longestRest = Duration.milliseconds(50)

  /// Copies what a snapshot sees, half of the time resting, so that services have the other half of disk and processor.
  ///
  /// The copy is one file that needs nothing beside it.
  func write(_ snapshot: StoreSnapshot, _ interruption: Interruption) throws {
    do {
      let copy = try DatabaseQueue(path: path, configuration: Self.configuration())
      try copy.inDatabase { copy in
        // A copy that is cut short is thrown away, so it needs neither a journal nor a wait for the disk at each step.
        try copy.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try snapshot.look { store in try write(store, to: copy, interruption) }
        // The copy says of itself that it has a write-ahead log, as the store does.
        try copy.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try copy.close()
    } catch let error as DatabaseError {
      throw copying(snapshot, error)
    }
    try DurableFiles.sync(path)
  }

  private func write(_ store: GRDB.Database, to copy: GRDB.Database, _ interruption: Interruption) throws {
    var began = ContinuousClock.now
    var unsynced = 0
    try store.backup(to: copy, pagesPerStep: Self.pagesAtOnce) { _ in
      try interruption.check()
      unsynced += Int(Self.pagesAtOnce)
      if unsynced >= Self.pagesBetweenSyncs {
        try DurableFiles.sync(path)
        unsynced = 0
      }
      let rest = min(ContinuousClock.now - began, Self.longestRest)
      usleep(UInt32(clamping: rest.components.attoseconds / 1_000_000_000_000))
      began = .now
    }
  }

  /// Looks at every page, and at what the store says of itself.
  ///
  /// - Throws: ``BackupError/foreign(path:)`` or ``BackupError/damaged(path:problem:)``.
  func check(_ interruption: Interruption) throws -> Content {
    do {
      var configuration = Self.configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let content = try interruption.during(queue) { connection in
        guard try UInt32.fetchOne(connection, sql: "PRAGMA application_id") == StoreFile.applicationID else {
          throw BackupError.foreign(path: path)
        }
        let problem = try String.fetchOne(connection, sql: "PRAGMA quick_check(1)")
        guard problem == "ok" else { throw BackupError.damaged(path: path, problem: problem ?? "it cannot be checked") }
        return Content(
          schema: try Self.last("number", of: "schema_migrations", connection),
          lastEvent: try Self.last("sequence", of: "events", connection))
      }
      try queue.close()
      return content
    } catch {
      throw BackupError.reading(path: path, error)
    }
  }

  private static func last<Number: FixedWidthInteger & DatabaseValueConvertible>(
    _ column: String, of table: String, _ connection: GRDB.Database
  ) throws -> Number {
    guard try connection.tableExists(table) else { return 0 }
    return try Number.fetchOne(connection, sql: "SELECT MAX(\(column)) FROM \(table)") ?? 0
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.label = "copy of a store"
    configuration.allowsUnsafeTransactions = true
    return configuration
  }

  /// What an error means while a store is copied: what can be full is the place of the copy, what can be damaged is the
  /// store.
  private func copying(_ snapshot: StoreSnapshot, _ error: DatabaseError) -> any Error {
    let problem = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    return switch error.resultCode {
    case .SQLITE_FULL: BackupError.full(path: path, needed: nil)
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_READ:
      BackupError.reading(path: snapshot.path, error)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR:
      // The engine tells only of some of its writes that there was no room for them.
      DurableFiles.isFull(at: DurableFiles.parent(of: path))
        ? BackupError.full(path: path, needed: nil) : BackupError.unwritable(path: path, problem: problem)
    default: BackupError.reading(path: snapshot.path, error)
    }
  }
}
