// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Makes changes one after another on a thread of its own, and makes those that wait durable together.
///
/// Changes that come while others are on their way to the disk form the next group: one transaction, one flush. Each sees
/// what those before it in the group did. When one of a group fails after it has written, or the engine refuses the group,
/// nothing of the group is kept and its halves are made one after the other, and so on, so that a failure is its own.
final class WriteQueue: Sendable {
  /// So many changes share a transaction at most.
  static let largestGroup = 128
  /// How often a group is made again when the engine asks for it.
  private static let mostRepeats = 10

  private struct State {
    var waiting: [WriteJob] = []
    var isWorking = false
    var isClosed = false
  }

  private let engine: any Engine
  private let log: EventLog
  private let health: StoreHealth
  private let thread: DispatchQueue
  private let state = Mutex(State())
  /// Used on the thread only.
  private nonisolated(unsafe) var session: (any EngineSession)?

  init(engine: any Engine, log: EventLog, health: StoreHealth, service: String) {
    self.engine = engine
    self.log = log
    self.health = health
    thread = DispatchQueue(label: "\(service) writer")
  }

  /// Makes a change in its turn.
  func add(_ job: WriteJob) {
    enum Turn { case begin, wait, never }
    let turn = state.withLock { state -> Turn in
      if state.isClosed { return .never }
      state.waiting.append(job)
      if state.isWorking { return .wait }
      state.isWorking = true
      return .begin
    }
    switch turn {
    case .begin: thread.async { self.work() }
    case .wait: break
    case .never: job.finish(.failure(StorageError.unavailable(problem: "it is closed")))
    }
  }

  /// Waits for the changes that were added before, and ends the connection; later ones are refused.
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
      let group = state.withLock { state -> [WriteJob] in
        let group = Array(state.waiting.prefix(Self.largestGroup))
        state.waiting.removeFirst(group.count)
        if group.isEmpty { state.isWorking = false }
        return group
      }
      if group.isEmpty { return }
      make(group)
    }
  }

  // MARK: A group

  /// Makes the changes of a group, together when that goes, and tells each how it ended.
  private func make(_ group: [WriteJob]) {
    let started = group.filter { job in
      guard job.cancellation.isCancelled else { return true }
      job.finish(.failure(CancellationError()))
      return false
    }
    guard !started.isEmpty else { return }
    do {
      let appended = try persistently(started)
      health.succeeded()
      if !appended.isEmpty { log.advance(with: appended) }
      for job in started { job.finish(job.outcome ?? .success(())) }
    } catch {
      if started.count > 1, !StorageError.isOfEngine(error) {
        make(Array(started[..<(started.count / 2)]))
        make(Array(started[(started.count / 2)...]))
      } else {
        health.failed(error)
        for job in started { job.finish(.failure(error)) }
      }
    }
  }

  /// Makes a group again for as long as the engine asks for it, and finds out what became of it when the connection broke.
  ///
  /// - Returns: The events that were appended.
  private func persistently(_ group: [WriteJob]) throws -> [StoredEvent] {
    var repeats = 0
    while true {
      var appended: [StoredEvent] = []
      var trace: EventLog.Trace?
      do {
        return try transaction(group, appended: &appended, trace: &trace)
      } catch let error as StorageError {
        repeats += 1
        switch error {
        case .repeatable where repeats <= Self.mostRepeats:
          // Two that met must not meet again.
          usleep(UInt32.random(in: 500...2000) << UInt32(min(repeats, 6)))
        case .unavailable where repeats == 1 && session?.isUsable != true:
          // The connection was broken before this began, or broke before the end was asked for: nothing was kept.
          break
        case .outcomeUnknown:
          guard let trace, repeats <= Self.mostRepeats, let isKept = log.isKept(trace, engine: engine) else {
            throw error
          }
          if isKept { return appended }
        default: throw error
        }
      }
    }
  }

  /// Makes a group in one transaction.
  ///
  /// - Parameters:
  ///   - appended: The events of the group, once they are about to be kept.
  ///   - trace: What shows whether the group was kept.
  private func transaction(
    _ group: [WriteJob], appended: inout [StoredEvent], trace: inout EventLog.Trace?
  ) throws -> [StoredEvent] {
    if session?.isUsable != true {
      session?.close()
      session = nil
      session = try engine.connect(for: .write)
    }
    guard let session else { return [] }
    return try session.use { connection in
      do {
        try connection.begin(.write)
        let head = try log.lockHead(connection, engine: engine.name)
        var events: [Event] = []
        var hasWritten = false
        for job in group {
          // Others of the group may have taken their time.
          if job.cancellation.isCancelled {
            job.outcome = .failure(CancellationError())
            continue
          }
          let transaction = WriteTransaction(connection, cancellation: job.cancellation)
          job.run(transaction)
          if case .failure(let error) = job.outcome {
            if transaction.hasWritten || error is StorageError { throw error }
            continue
          }
          if let failure = transaction.failure { throw failure }
          hasWritten = hasWritten || transaction.hasWritten
          events += transaction.events
        }
        guard hasWritten else {
          connection.rollback()
          return []
        }
        appended = try log.append(events, after: head, to: connection, of: engine)
        trace = try log.leaveTrace(of: appended, after: head, to: connection, of: engine)
        try connection.commit()
        return appended
      } catch {
        connection.rollback()
        throw error
      }
    }
  }
}

/// A change that waits for its turn.
class WriteJob: @unchecked Sendable {
  final let cancellation: Cancellation
  /// How its last run ended; used by the writer's thread only.
  final var outcome: Result<Void, any Error>?

  init(cancellation: Cancellation) { self.cancellation = cancellation }

  /// Makes the change, and keeps how it ended.
  func run(_ transaction: WriteTransaction) {}

  /// Tells whoever waits how it ended.
  func finish(_ result: Result<Void, any Error>) {}
}

/// A change with a result.
final class Change<Value: Sendable>: WriteJob, @unchecked Sendable {
  private let body: @Sendable (WriteTransaction) throws -> Value
  private let continuation: CheckedContinuation<Value, any Error>
  private var value: Value?

  init(
    _ continuation: CheckedContinuation<Value, any Error>, cancellation: Cancellation,
    _ body: @escaping @Sendable (WriteTransaction) throws -> Value
  ) {
    self.continuation = continuation
    self.body = body
    super.init(cancellation: cancellation)
  }

  override func run(_ transaction: WriteTransaction) {
    do {
      value = try body(transaction)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
  }

  override func finish(_ result: Result<Void, any Error>) {
    switch result {
    case .failure(let error): continuation.resume(throwing: error)
    case .success:
      if let value {
        continuation.resume(returning: value)
      } else {
        continuation.resume(throwing: StorageError.statement(problem: "the change was not made"))
      }
    }
  }
}
