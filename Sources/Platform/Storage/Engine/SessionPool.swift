// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// The connections that reads go through, each with a thread of its own.
///
/// Who finds none free waits in line without holding a thread.
final class SessionPool: Sendable {
  /// A place for a connection, which is opened when it is first needed and when the one before broke.
  private final class Slot: Sendable {
    let thread: DispatchQueue
    /// Used by whoever holds the slot only.
    nonisolated(unsafe) var session: (any EngineSession)?

    init(label: String) { thread = DispatchQueue(label: label) }

    func end() {
      session?.close()
      session = nil
    }
  }

  /// A read that waits in line.
  private struct Waiting: Sendable {
    let cancellation: Cancellation
    let begin: @Sendable (Slot) -> Void
    let refuse: @Sendable (any Error) -> Void
  }

  private struct State {
    var free: [Slot]
    var waiting: [Waiting] = []
    var isClosed = false
  }

  private let engine: any Engine
  private let health: StoreHealth
  private let slots: [Slot]
  private let state: Mutex<State>
  /// The reads under way.
  private let inUse = DispatchGroup()

  init(engine: any Engine, health: StoreHealth, service: String) {
    self.engine = engine
    self.health = health
    slots = (1...engine.readers).map { Slot(label: "\(service) reader \($0)") }
    state = Mutex(State(free: slots))
  }

  /// Opens the connection that the first read will use, so that whoever looks at the engine sees that the store is in use.
  func begin() throws(StorageError) {
    guard let slot = slots.last else { return }
    let session = try engine.connect(for: .read)
    slot.thread.sync { slot.session = session }
  }

  /// Looks at the store as of one moment, on a thread that may wait.
  ///
  /// - Parameter isTransaction: whether all statements see the same moment; if not, each sees its own.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Value, isTransaction: Bool = true
  ) async throws -> Value {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let read = Waiting(cancellation: cancellation) { slot in
          slot.thread.async {
            let result = Result {
              try self.perform(body, in: slot, isTransaction: isTransaction, cancellation: cancellation)
            }
            self.giveBack(slot)
            continuation.resume(with: result)
          }
        } refuse: { error in
          continuation.resume(throwing: error)
        }
        enter(read)
      }
    } onCancel: {
      cancellation.cancel()
      leave(cancellation)
    }
  }

  /// Looks up a few rows by their key, each statement for itself: on the caller's thread where the engine answers at once
  /// and a connection is free.
  func lookup<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value {
    guard engine.readsAtOnce, let slot = state.withLock({ take(from: &$0) }) else {
      return try await read(body, isTransaction: false)
    }
    defer { giveBack(slot) }
    return try perform(body, in: slot, isTransaction: false, cancellation: Cancellation())
  }

  /// Refuses who waits in line, waits for the reads under way, and ends all connections.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for read in waiting { read.refuse(Self.closed) }
    inUse.wait()
    for slot in slots { slot.thread.sync { slot.end() } }
  }

  private static let closed = StorageError.unavailable(problem: "it is closed")

  // MARK: Slots

  private func take(from state: inout State) -> Slot? {
    guard !state.isClosed, let slot = state.free.popLast() else { return nil }
    inUse.enter()
    return slot
  }

  /// Begins a read, or lets it wait in line.
  private func enter(_ read: Waiting) {
    enum Turn { case begin(Slot), wait, never(any Error) }
    let turn = state.withLock { state -> Turn in
      if state.isClosed { return .never(Self.closed) }
      if read.cancellation.isCancelled { return .never(CancellationError()) }
      if let slot = take(from: &state) { return .begin(slot) }
      state.waiting.append(read)
      return .wait
    }
    switch turn {
    case .begin(let slot): read.begin(slot)
    case .wait: break
    case .never(let error): read.refuse(error)
    }
  }

  /// Lets a read that was cancelled leave the line.
  private func leave(_ cancellation: Cancellation) {
    let read = state.withLock { state in
      state.waiting.firstIndex { $0.cancellation === cancellation }.map { state.waiting.remove(at: $0) }
    }
    read?.refuse(CancellationError())
  }

  private func giveBack(_ slot: Slot) {
    let next = state.withLock { state -> Waiting? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free.append(slot)
      return nil
    }
    if let next { next.begin(slot) } else { inUse.leave() }
  }

  // MARK: One read

  private func perform<Value>(
    _ body: (Transaction) throws -> Value, in slot: Slot, isTransaction: Bool, cancellation: Cancellation
  ) throws -> Value {
    var isFirst = true
    while true {
      try cancellation.check()
      do {
        if slot.session?.isUsable != true {
          slot.end()
          slot.session = try engine.connect(for: .read)
        }
        guard let session = slot.session else { throw Self.closed }
        return try session.use { connection in
          let transaction = Transaction(connection, cancellation: cancellation)
          guard isTransaction else { return try body(transaction) }
          try connection.begin(.read)
          defer { connection.rollback() }
          return try body(transaction)
        }
      } catch let error as StorageError {
        // A connection that was idle may have been broken for long; a read can be made again, once.
        if isFirst, error.isOfConnection, slot.session?.isUsable != true || error.isRepeatable {
          isFirst = false
          continue
        }
        health.failed(error)
        throw error
      }
    }
  }
}
