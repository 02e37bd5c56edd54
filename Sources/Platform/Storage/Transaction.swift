// SPDX-License-Identifier: Apache-2.0

/// A view of the store in which nothing changes while it is looked at.
///
/// Valid only inside the closure that it is given to. SQL is written in the common dialect of SQLite and PostgreSQL,
/// with parameters `$1`, `$2`, …
public class Transaction {
  let connection: any EngineConnection
  private let cancellation: Cancellation

  init(_ connection: any EngineConnection, cancellation: Cancellation) {
    self.connection = connection
    self.cancellation = cancellation
  }

  /// All rows that a statement answers.
  public func rows(_ sql: SQL, _ values: [SQLValue] = []) throws -> [Row] {
    try cancellation.check()
    return try answer(sql) { try connection.rows(sql.text, values, atMost: .max) }
  }

  /// The first row that a statement answers; nil when it answers none.
  public func row(_ sql: SQL, _ values: [SQLValue] = []) throws -> Row? {
    try cancellation.check()
    return try answer(sql) { try connection.rows(sql.text, values, atMost: 1).first }
  }

  /// Hands over the rows that a statement answers one after another and keeps none: for answers of any length.
  ///
  /// - Throws: a ``StorageError``, or what `body` throws, which ends the answer.
  public func forEachRow(
    _ sql: SQL, _ values: [SQLValue] = [], _ body: (PassingRow) throws -> Void
  ) throws {
    try answer(sql) {
      try connection.forEachRow(sql.text, values) { row in
        try cancellation.check()
        try body(row)
      }
    }
  }

  /// Runs a statement that answers.
  func answer<Value>(_ sql: SQL, _ body: () throws -> Value) throws -> Value { try body() }
}

/// A transaction that may change the store.
///
/// Its changes are all there afterwards, or none. When one of its statements fails, nothing is kept, whatever the body does
/// about it. What is done with it may be done again from the start when the engine asks for that, so that it has no effect
/// outside of the store.
public final class WriteTransaction: Transaction {
  /// What happened in this transaction, in order; kept with its changes.
  private(set) var events: [Event] = []
  /// Whether anything was written.
  private(set) var hasWritten = false
  /// What the first statement that failed was refused with.
  private(set) var failure: StorageError?

  /// Runs a statement, and says how many rows it changed.
  ///
  /// - Throws: ``StorageError/conflict(problem:)`` when a unique index refuses a row.
  public func change(_ sql: SQL, _ values: [SQLValue] = []) throws(StorageError) -> Int {
    try writing { () throws(StorageError) in try connection.execute(sql.text, values) }
  }

  /// Runs a statement.
  ///
  /// An engine behind a network may run it together with later ones: when it fails, this call throws, a later one, or the
  /// write itself.
  public func execute(_ sql: SQL, _ values: [SQLValue] = []) throws(StorageError) {
    try writing { () throws(StorageError) in try connection.enqueue(sql.text, values) }
  }

  /// Writes many rows of one table, by the fastest way that the engine has.
  public func write(_ rows: BulkRows) throws(StorageError) {
    guard rows.count > 0 else { return }
    try writing { () throws(StorageError) in try connection.write(rows) }
  }

  /// Appends an event; it gets the next sequence number.
  public func append(_ event: Event) {
    hasWritten = true
    events.append(event)
  }

  override func answer<Value>(_ sql: SQL, _ body: () throws -> Value) throws -> Value {
    // Statements that write can answer, too (`RETURNING`).
    if sql.text.drop(while: \.isWhitespace).prefix(6).uppercased() != "SELECT" { hasWritten = true }
    if let failure { throw failure }
    do {
      return try body()
    } catch let error as StorageError {
      // That a value is not what was expected, the engine does not know of.
      if case .unexpectedValue = error { throw error }
      failure = failure ?? error
      throw error
    }
  }

  private func writing<Value>(_ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
    hasWritten = true
    if let failure { throw failure }
    do {
      return try body()
    } catch {
      failure = error
      throw error
    }
  }
}
