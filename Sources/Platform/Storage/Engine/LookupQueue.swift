// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Puts look-ups by one statement to an engine behind a network: those that wait share a round trip.
final class LookupQueue: Sendable {
  private struct Lookup {
    let statement: EngineStatement
    let continuation: CheckedContinuation<[Row], any Error>
  }

  private struct State {
    var waiting: [Lookup] = []
    var isWorking = false
    var isClosed = false
  }

  /// So many share a round trip at most.
  private static let largestGroup = 64

  private let engine: any Engine
  private let health: StoreHealth
  private let thread: DispatchQueue
  private let state = Mutex(State())
  /// Used on the thread only.
  private nonisolated(unsafe) var session: (any EngineSession)?

  init(engine: any Engine, health: StoreHealth, service: String) {
    self.engine = engine
    self.health = health
    thread = DispatchQueue(label: "\(service) look-ups")
  }

  /// The rows that a statement answers.
  func rows(_ statement: EngineStatement) async throws -> [Row] {
    try Task.checkCancellation()
    return try await withCheckedThrowingContinuation { continuation in
      enum Turn { case begin, wait, never }
      let turn = state.withLock { state -> Turn in
        if state.isClosed { return .never }
        state.waiting.append(Lookup(statement: statement, continuation: continuation))
        if state.isWorking { return .wait }
        state.isWorking = true
        return .begin
      }
      switch turn {
      case .begin: thread.async { self.work() }
      case .wait: break
      case .never: continuation.resume(throwing: StorageError.unavailable(problem: "it is closed"))
      }
    }
  }

  /// Answers those that wait, and ends the connection.
  func close() {
    state.withLock { $0.isClosed = true }
    thread.sync {
      work()
      session?.close()
      session = nil
    }
  }

  private func work() {
    while true {
      let group = state.withLock { state -> [Lookup] in
        let group = Array(state.waiting.prefix(Self.largestGroup))
        state.waiting.removeFirst(group.count)
        if group.isEmpty { state.isWorking = false }
        return group
      }
      if group.isEmpty { return }
      answer(group)
    }
  }

  private func answer(_ group: [Lookup]) {
    do {
      let answers = try answers(to: group.map(\.statement))
      for (lookup, rows) in zip(group, answers) { lookup.continuation.resume(returning: rows) }
    } catch {
      guard group.count > 1, !error.isOfStore else {
        health.failed(error)
        for lookup in group { lookup.continuation.resume(throwing: error) }
        return
      }
      // One of them was refused: each gets its own answer.
      for lookup in group { answer([lookup]) }
    }
  }

  private func answers(to statements: [EngineStatement]) throws(StorageError) -> [[Row]] {
    var isFirst = true
    while true {
      do {
        if session?.isUsable != true {
          session?.close()
          session = nil
          session = try engine.connect(for: .read)
        }
        guard let session else { throw StorageError.unavailable(problem: "it is closed") }
        return try session.use { try $0.answers(to: statements) }
      } catch {
        let error = error as? StorageError ?? .statement(problem: "\(error)")
        // A connection that was idle may have been broken for long.
        guard isFirst, error.isOfConnection, session?.isUsable != true || error.isRepeatable else { throw error }
        isFirst = false
      }
    }
  }
}

/// A statement with its values.
struct EngineStatement: Sendable, Hashable {
  let sql: String
  let values: [SQLValue]
}
