// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// Statements on their way to a server, and their answers on the way back, in order (libpq's pipeline mode).
///
/// Statements wait in libpq's memory until somebody asks for an answer, so that many of them cost one round trip. After
/// one that fails, the server leaves out those that follow, up to the next `end`.
final class PostgresPipeline {
  let link: PostgresLink
  /// How long an answer is waited for.
  var patience: Duration
  private let parameters = PostgresParameters()
  private var statements: PostgresStatements
  /// What the answers that are still to come belong to.
  private var steps = StepQueue()
  /// Number of the last step.
  private var last = 0
  /// Answers that came before they were asked for.
  private var early: [Int: PostgresAnswer] = [:]
  /// Statements that the server need not keep any more.
  private var outdated: [PostgresStatement] = []
  /// Counts transactions: what an earlier one left behind does not concern the next.
  private var era = 0
  /// Whether the server was told to change nothing in this era.
  private var isReadOnly = false
  /// Whether statements were sent since the last `end`.
  private var isOpen = false
  /// What the first statement of this era that failed was refused with; no later one does anything.
  private(set) var failure: StorageError?
  /// Why the connection cannot be used any more.
  private(set) var breakage: StorageError?
  /// The step before which the server said that it ends the conversation.
  private var ending: Int?

  /// - Throws: ``StorageError/unavailable(problem:)`` when libpq refuses.
  init(_ link: PostgresLink, patience: Duration, capacity: Int = 256) throws(StorageError) {
    self.link = link
    self.patience = patience
    statements = PostgresStatements(capacity: capacity)
    guard PQenterPipelineMode(link.handle) == 1 else { throw .unavailable(problem: link.problem) }
  }

  /// Whether answers to statements are still to come.
  var isWaiting: Bool { steps.hasStatements }

  /// How many answers are still to come.
  var expected: Int { steps.count }

  /// Leaves behind whatever failed before.
  func beginEra(isReadOnly: Bool = false) {
    era += 1
    self.isReadOnly = isReadOnly
    failure = nil
    early.removeAll()
  }

  /// Gives the connection up.
  @discardableResult
  func abandon(_ error: StorageError) -> StorageError {
    let first = breakage ?? error
    breakage = first
    steps = StepQueue()
    early.removeAll()
    return first
  }

  /// Takes note that the transaction has failed.
  func fail(_ error: StorageError) { if failure == nil { failure = error } }

  /// Whether a statement was certainly not carried out, although the connection broke before its answer came.
  func isUndone(_ ticket: Int) -> Bool { ending.map { $0 < ticket } ?? false }

  // MARK: Sending

  /// Queues a statement.
  ///
  /// - Parameter isAwaited: whether `answer(to:)` is going to ask for its answer.
  /// - Returns: what to ask with.
  @discardableResult
  func send(_ sql: String, _ values: [SQLValue], isAwaited: Bool) throws(StorageError) -> Int {
    try check()
    try parameters.encode(values)
    return try send(sql, isAwaited: isAwaited)
  }

  /// Queues a statement with large parameters, and waits until they are on their way.
  func send(_ sql: String, arrays: [PostgresParameters.Given]) throws(StorageError) {
    try check()
    try parameters.encode(arrays)
    try send(sql, isAwaited: false)
    try askForAnswers()
    do {
      try link.flush(within: patience)
    } catch {
      throw abandon(error)
    }
    try collectWhatIsThere()
  }

  /// Queues a statement with the parameters that were encoded.
  @discardableResult
  private func send(_ sql: String, isAwaited: Bool) throws(StorageError) -> Int {
    let statement = try prepared(sql, parameters.types)
    guard parameters.send(statement.name, on: link.handle) else { throw refused() }
    return add(.run, statement, isAwaited: isAwaited)
  }

  /// Marks the end of statements that the server leaves out when one of them fails; all before it are answered at once.
  func end() throws(StorageError) {
    if let breakage { throw breakage }
    try forgetOutdated()
    guard PQpipelineSync(link.handle) == 1 else { throw abandon(.unavailable(problem: link.problem)) }
    link.push()
    add(.end, nil, isAwaited: false)
    isOpen = false
  }

  /// Marks the end if there is anything before it.
  func endIfOpen() throws(StorageError) { if isOpen { try end() } }

  /// Asks for the answers to what was sent, without an end.
  func askForAnswers() throws(StorageError) {
    guard PQsendFlushRequest(link.handle) == 1 else { throw refused() }
    link.push()
  }

  func check() throws(StorageError) {
    if let breakage { throw breakage }
    if let failure { throw failure }
  }

  @discardableResult
  private func add(_ kind: Step.Kind, _ statement: PostgresStatement?, isAwaited: Bool) -> Int {
    last += 1
    steps.append(Step(kind: kind, statement: statement, number: last, era: era, isAwaited: isAwaited))
    isOpen = true
    return last
  }

  private func prepared(_ sql: String, _ types: [UInt32]) throws(StorageError) -> PostgresStatement {
    if let known = statements.find(sql, types) { return known }
    let (statement, removed) = statements.add(sql, types)
    if let removed { outdated.append(removed) }
    guard PQsendPrepare(link.handle, statement.name, sql, Int32(types.count), types) == 1 else {
      statements.remove(statement)
      throw refused()
    }
    add(.prepare, statement, isAwaited: false)
    return statement
  }

  /// Tells the server which statements it need not keep: behind those that were asked for, as a transaction must begin with
  /// its `BEGIN`.
  private func forgetOutdated() throws(StorageError) {
    while let statement = outdated.popLast() {
      guard PQsendQueryParams(link.handle, "DEALLOCATE \(statement.name)", 0, nil, nil, nil, nil, 1) == 1 else {
        throw refused()
      }
      add(.forget, statement, isAwaited: false)
    }
  }

  /// What libpq itself refuses to send.
  private func refused() -> StorageError {
    link.isBroken ? abandon(.unavailable(problem: link.problem)) : .statement(problem: link.problem)
  }

  // MARK: Answers

  /// Waits for the answer to a statement that was sent as awaited.
  ///
  /// - Throws: what it, or one before it, was refused with.
  func answer(to ticket: Int) throws(StorageError) -> PostgresAnswer {
    if let answer = early.removeValue(forKey: ticket) { return answer }
    while true {
      try check()
      guard let step = steps.popFirst() else { throw abandon(Self.disorder) }
      guard let answer = try collect(step) else { continue }
      if step.number == ticket { return answer }
      keep(answer, of: step)
    }
  }

  /// Waits for the oldest answer.
  func collectOne() throws(StorageError) {
    guard let step = steps.popFirst(), let answer = try collect(step) else { return }
    keep(answer, of: step)
  }

  /// Takes the answers that are there already, and notices when the server has ended the conversation.
  func collectWhatIsThere() throws(StorageError) {
    if let breakage { throw breakage }
    while true {
      while !steps.isEmpty, link.hasResult { try collectOne() }
      let isIdle = steps.isEmpty
      guard !link.isBroken, link.readWhatIsThere() else { break }
      // A server that was asked nothing speaks only to end the conversation.
      if isIdle { throw abandon(.unavailable(problem: "the server has ended the conversation")) }
    }
    if link.isBroken { throw abandon(.unavailable(problem: link.problem)) }
  }

  private func keep(_ answer: PostgresAnswer, of step: Step) {
    if step.isAwaited, step.era == era { early[step.number] = answer }
  }

  /// Waits until no more answers are to come, and drops them.
  func collectAll() throws(StorageError) { while let step = steps.popFirst() { _ = try collect(step) } }

  static let disorder = StorageError.unavailable(problem: "the server's answers are out of order")

  /// Takes the results of a step.
  ///
  /// - Returns: its answer, unless it has none or failed.
  private func collect(_ step: Step) throws(StorageError) -> PostgresAnswer? {
    var answer: PostgresAnswer?
    while let result = try result() {
      switch (step.kind, PQresultStatus(result)) {
      case (.end, PGRES_PIPELINE_SYNC):
        PQclear(result)
        return nil
      case (.end, _):
        throw broken(by: result, at: step)
      case (_, PGRES_TUPLES_OK), (_, PGRES_COMMAND_OK), (_, PGRES_EMPTY_QUERY):
        answer = PostgresAnswer(result, columns: columns(of: result, step.statement))
      case (_, PGRES_PIPELINE_ABORTED):
        PQclear(result)
        leftOut(step)
      case (_, PGRES_FATAL_ERROR) where !link.isBroken:
        try failed(result, step)
      default:
        throw broken(by: result, at: step)
      }
    }
    if step.kind == .end { throw abandon(Self.disorder) }
    return answer
  }

  func result() throws(StorageError) -> OpaquePointer? {
    do {
      return try link.result(within: patience)
    } catch {
      throw abandon(error)
    }
  }

  private func columns(of result: OpaquePointer, _ statement: PostgresStatement?) -> PostgresColumns {
    if let columns = statement?.columns, columns.types.count == Int(PQnfields(result)) { return columns }
    let columns = PostgresColumns(of: result)
    statement?.columns = columns
    return columns
  }

  // MARK: Failures

  /// Takes note of what the server refused.
  private func failed(_ result: OpaquePointer, _ step: Step) throws(StorageError) {
    let refusal = PostgresRefusal(result)
    guard !refusal.isFatal else { throw broken(by: result, at: step) }
    PQclear(result)
    leftOut(step)
    if let statement = step.statement, refusal.isOfOutdatedStatement, statements.remove(statement),
      !refusal.isOfLostStatement
    {
      outdated.append(statement)
    }
    guard step.era == era else { return }
    // One that has become a standby: another connection may find the server that took its place.
    if refusal.isOfReadOnlyServer, !isReadOnly {
      ending = step.number
      throw abandon(.unavailable(problem: refusal.message))
    }
    fail(refusal.error(of: step.statement?.sql ?? ""))
  }

  /// Takes note of a step that the server did not do.
  private func leftOut(_ step: Step) {
    guard let statement = step.statement else { return }
    switch step.kind {
    case .prepare: statements.remove(statement)
    case .forget: outdated.append(statement)
    case .run, .end: break
    }
  }

  /// Takes note of what ends the conversation.
  private func broken(by result: OpaquePointer, at step: Step) -> StorageError {
    defer { PQclear(result) }
    let refusal = PostgresRefusal(result)
    // What the server says itself came before anything later was done. That a transaction was idle for too long, it says
    // only while it waits for a statement.
    if !refusal.code.isEmpty { ending = refusal.code == "25P03" ? step.number - 1 : step.number }
    guard !refusal.message.isEmpty else { return abandon(Self.disorder) }
    let error = refusal.error(of: "")
    if case .statement(let problem) = error { return abandon(.unavailable(problem: problem)) }
    return abandon(error)
  }
}

/// Something that an answer is expected for.
private struct Step {
  enum Kind { case prepare, run, forget, end }
  let kind: Kind
  let statement: PostgresStatement?
  let number: Int
  let era: Int
  let isAwaited: Bool
}

/// Steps, first in, first out.
private struct StepQueue {
  private var steps: [Step] = []
  private var head = 0

  var count: Int { steps.count - head }
  var isEmpty: Bool { head == steps.count }
  var hasStatements: Bool { steps[head...].contains { $0.kind != .end } }

  mutating func append(_ step: Step) { steps.append(step) }

  mutating func popFirst() -> Step? {
    guard head < steps.count else { return nil }
    defer {
      head += 1
      if head == steps.count {
        steps.removeAll(keepingCapacity: true)
        head = 0
      }
    }
    return steps[head]
  }
}
