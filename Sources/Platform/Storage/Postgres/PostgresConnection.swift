// SPDX-License-Identifier: Apache-2.0

/// A conversation with a PostgreSQL server.
///
/// A transaction begins with the first statement that is waited for, in the same round trip; statements that nobody waits
/// for go with the next one that somebody does, or with the end. What reads leave behind is not waited for either.
final class PostgresConnection: EngineConnection {
  let pipeline: PostgresPipeline
  /// What is known of tables that many rows were written to.
  var bulkTables: [String: BulkTable] = [:]
  private(set) var isInTransaction = false
  /// Statements that nobody waits for since the server was last asked how they ended.
  private var unanswered = 0
  /// How many answers are being handed over row by row.
  private var cursors = 0

  /// So many statements are on their way at most; then those behind must be answered first.
  private static let mostExpected = 1024
  /// After so many the server is asked for the answers so far.
  private static let answersAskedAfter = 256

  /// Whether nothing can be changed over it.
  private let isReadOnly: Bool

  init(_ pipeline: PostgresPipeline, isReadOnly: Bool = false) {
    self.pipeline = pipeline
    self.isReadOnly = isReadOnly
  }

  var isUsable: Bool { pipeline.breakage == nil && pipeline.failure == nil && !pipeline.link.isBroken }

  /// Sets what every connection is set to.
  ///
  /// - Parameter path: the value of `search_path`.
  func set(path: String, limits: PostgresLimits) throws(StorageError) {
    _ = try run(PostgresSettings.sql, PostgresSettings(path: path, limits: limits, isReadOnly: isReadOnly).values)
    pipeline.patience = limits.answer
  }

  /// Whether the server is still there, as far as that can be known without asking it.
  var isWell: Bool {
    guard !isInTransaction else { return isUsable }
    return (try? pipeline.collectWhatIsThere()) != nil
  }

  // MARK: Statements

  func rows(_ sql: String, _ values: [SQLValue], atMost limit: Int) throws(StorageError) -> [Row] {
    let answer = try run(sql, values)
    var rows: [Row] = []
    let count = min(limit, answer.count)
    rows.reserveCapacity(count)
    for row in 0..<count { rows.append(try answer.row(row)) }
    return rows
  }

  func answers(to statements: [EngineStatement]) throws(StorageError) -> [[Row]] {
    pipeline.beginEra(isReadOnly: isReadOnly)
    var tickets: [Int] = []
    do {
      for statement in statements {
        tickets.append(try pipeline.send(statement.sql, statement.values, isAwaited: true))
      }
    } catch {
      // What was sent has to come to its end.
      try pipeline.endIfOpen()
      throw error
    }
    try pipeline.end()
    var answers: [[Row]] = []
    for ticket in tickets {
      let answer = try pipeline.answer(to: ticket)
      var rows: [Row] = []
      for row in 0..<answer.count { rows.append(try answer.row(row)) }
      answers.append(rows)
    }
    return answers
  }

  func execute(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Int { try run(sql, values).affected }

  func enqueue(_ sql: String, _ values: [SQLValue]) throws(StorageError) {
    guard isInTransaction else {
      _ = try run(sql, values)
      return
    }
    try pipeline.send(sql, values, isAwaited: false)
    unanswered += 1
    guard unanswered == Self.answersAskedAfter else { return }
    unanswered = 0
    try pipeline.askForAnswers()
    try pipeline.collectWhatIsThere()
    while pipeline.expected > Self.mostExpected { try pipeline.collectOne() }
  }

  /// Sends a statement and everything before it, and waits for its answer.
  private func run(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> PostgresAnswer {
    if !isInTransaction { pipeline.beginEra(isReadOnly: isReadOnly) }
    let ticket = try pipeline.send(sql, values, isAwaited: true)
    try pipeline.end()
    return try pipeline.answer(to: ticket)
  }

  // MARK: Transactions

  func begin(_ kind: TransactionKind) throws(StorageError) {
    pipeline.beginEra(isReadOnly: kind == .read)
    try pipeline.send(kind == .read ? PostgresText.beginRead : PostgresText.beginWrite, [], isAwaited: false)
    isInTransaction = true
  }

  func commit() throws(StorageError) {
    // A conversation that ended while nothing was asked did so before the commit.
    try pipeline.collectWhatIsThere()
    if pipeline.link.isBroken { throw pipeline.abandon(.unavailable(problem: pipeline.link.problem)) }
    let ticket = try pipeline.send(PostgresText.commit, [], isAwaited: true)
    let answer: PostgresAnswer
    do {
      try pipeline.end()
      answer = try pipeline.answer(to: ticket)
    } catch {
      guard let breakage = pipeline.breakage, !pipeline.isUndone(ticket) else { throw error }
      throw .outcomeUnknown(problem: breakage.problem)
    }
    isInTransaction = false
    // Of a transaction in which something failed the server says that it rolled it back, and calls that a success.
    guard answer.command == "COMMIT" else {
      throw pipeline.failure ?? .statement(problem: "the server rolled the transaction back")
    }
  }

  func rollback() {
    guard isInTransaction else { return }
    isInTransaction = false
    cursors = 0
    let isUnsure = pipeline.isWaiting || pipeline.failure != nil
    pipeline.beginEra()
    do {
      try pipeline.endIfOpen()
      try pipeline.send(PostgresText.rollback, [], isAwaited: false)
      try pipeline.end()
      // What became of statements that nobody waited for decides which of them the server knows from now on.
      if isUnsure { try pipeline.collectAll() }
    } catch {
      pipeline.abandon(error)
    }
  }

  // MARK: Row by row

  func forEachRow(_ sql: String, _ values: [SQLValue], _ body: (PassingRow) throws -> Void) throws {
    guard isInTransaction else {
      try begin(.read)
      defer { rollback() }
      try forEachRow(sql, values, body)
      return
    }
    cursors += 1
    defer { cursors -= 1 }
    let cursor = PostgresCursor(number: cursors, pipeline: pipeline)
    try cursor.open(sql, values)
    while let answer = try cursor.next() {
      do {
        for row in 0..<answer.count { try body(PassingRow(.postgres(answer, row: row))) }
      } catch {
        cursor.close()
        throw error
      }
    }
  }
}

/// The statements of transactions.
enum PostgresText {
  static let beginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
  static let beginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
  static let commit = "COMMIT"
  static let rollback = "ROLLBACK"
}

extension StorageError {
  /// The part of an error that says what happened.
  fileprivate var problem: String {
    switch self {
    case .unavailable(let problem), .full(let problem), .repeatable(let problem), .corrupt(_, let problem): problem
    default: description
    }
  }
}
