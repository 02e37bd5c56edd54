// SPDX-License-Identifier: Apache-2.0

/// One conversation with a database engine: what transactions send their statements through.
///
/// SQL comes in the common dialect, with parameters `$1`, `$2`, …; an engine translates what it writes differently.
/// Used by one thread at a time. Every error is a ``StorageError``, except what a caller's closure throws.
protocol EngineConnection: AnyObject {
  /// At most `limit` rows that a statement answers.
  func rows(_ sql: String, _ values: [SQLValue], atMost limit: Int) throws(StorageError) -> [Row]

  /// All rows that each of several statements answers, outside of a transaction.
  ///
  /// - Throws: when any of them fails.
  func answers(to statements: [EngineStatement]) throws(StorageError) -> [[Row]]

  /// Hands over the rows that a statement answers one after another, and keeps few of them at a time.
  func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (PassingRow) throws -> Void) throws

  /// Runs a statement, and says how many rows it changed.
  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int

  /// Runs a statement whose outcome nobody waits for: an engine behind a network may send it together with later ones.
  ///
  /// When it fails, this call or a later one of the transaction throws, `commit` at the latest.
  func enqueue(_ sql: String, _ values: [SQLValue]) throws(StorageError)

  /// Writes many rows into one table by the fastest way the engine has.
  func write(_ rows: BulkRows) throws(StorageError)

  /// Begins a transaction: of reads that all see the store as of one moment, or of writes, one at a time.
  func begin(_ kind: TransactionKind) throws(StorageError)

  /// Makes everything since `begin` durable.
  ///
  /// - Throws: ``StorageError/outcomeUnknown(problem:)`` when the connection broke before the engine's answer came.
  func commit() throws(StorageError)

  /// Undoes everything since `begin`; what cannot be undone because the connection is gone is undone by the engine.
  func rollback()

  /// Whether the connection, and the transaction it is in, can still be used.
  var isUsable: Bool { get }
}

extension EngineConnection {
  func answers(to statements: [EngineStatement]) throws(StorageError) -> [[Row]] {
    var answers: [[Row]] = []
    for statement in statements { answers.append(try rows(statement.sql, statement.values, atMost: .max)) }
    return answers
  }
}

/// What a transaction is for.
enum TransactionKind: Sendable, Hashable {
  case read
  case write
}
