// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Looks at a store in a SQLite file and changes no byte of it, also while a service has it open.
///
/// What is in the write-ahead log is seen, and stays there.
final class SQLiteReadingEngine: Engine {
  let name = EngineName.sqlite
  let readers = 1
  let readsAtOnce = true

  private let path: String
  private let claim: FileClaim?

  /// - Parameter claiming: whether no service may open the file meanwhile.
  /// - Throws: ``StorageError``; ``StorageError/inUse(path:)`` when the file is to be claimed and a service has it open.
  /// - Returns: nil when there is no store.
  init?(path: String, claiming: Bool) throws(StorageError) {
    guard try StoreFile.isThere(path: path) else { return nil }
    self.path = path
    claim = claiming ? try FileClaim(databasePath: path) : nil
  }

  func connect(for kind: TransactionKind) throws(StorageError) -> any EngineSession {
    var configuration = Configuration()
    configuration.label = "reader of \(path)"
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    do {
      return try SQLiteSession(try DatabaseQueue(path: path, configuration: configuration))
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

  func updatingSchema<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result {
    throw StorageError.unwritable(path: path, problem: "it was opened for reading")
  }

  func announce(_ connection: any EngineConnection) {}

  func listen(_ tell: @escaping @Sendable () -> Void) -> (any EngineListening)? { nil }

  func close() { claim?.release() }
}
