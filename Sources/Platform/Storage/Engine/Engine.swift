// SPDX-License-Identifier: Apache-2.0

/// Where a store lives: opens connections to it.
///
/// One thread at a time uses a connection. All calls wait for the engine, so that they are made on threads that may wait.
protocol Engine: AnyObject, Sendable {
  /// What the engine writes differently from others.
  var name: EngineName { get }

  /// How many reads may run at a time.
  var readers: Int { get }

  /// Whether a brief read takes microseconds and no waiting, so that the caller's own thread may do it.
  var readsAtOnce: Bool { get }

  /// Opens a connection.
  ///
  /// - Throws: ``StorageError``; ``StorageError/unavailable(problem:)`` when the engine cannot be reached at present.
  func connect(for kind: TransactionKind) throws(StorageError) -> any EngineSession

  /// A statement of a schema, as this engine writes it.
  func schemaStatement(_ sql: String) -> String

  /// Whether the store has a table.
  func hasTable(_ name: String, _ connection: any EngineConnection) throws(StorageError) -> Bool

  /// Lends a connection for changing the schema, while no other process does.
  func updatingSchema<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result

  /// Tells other processes, when the transaction is committed, that events were appended.
  func announce(_ connection: any EngineConnection) throws(StorageError)

  /// Hears when other processes have appended events.
  ///
  /// - Parameter tell: called after each announcement, and whenever some may have been missed.
  /// - Returns: nil when no other process can have the store open.
  func listen(_ tell: @escaping @Sendable () -> Void) throws(StorageError) -> (any EngineListening)?

  /// Frees everything; called when no connection is in use any more.
  func close() throws(StorageError)
}

/// A connection that is kept open for use after use.
protocol EngineSession: AnyObject {
  /// Lends the connection to `body`, on the caller's thread.
  func use<Result>(_ body: (any EngineConnection) throws -> Result) throws -> Result

  /// Whether it can be used again; if not, it is closed and another one opened.
  var isUsable: Bool { get }

  /// Ends the conversation.
  func close()
}

/// Hears what other processes do.
protocol EngineListening: Sendable {
  /// Ends it; when this returns, nothing more is told.
  func stop()
}

/// The database engines that a store can live in.
public enum EngineName: String, Sendable, Hashable, CaseIterable {
  case sqlite
  case postgres
}
