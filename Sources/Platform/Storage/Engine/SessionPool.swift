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

  private struct State {
    var free: [Slot]
    var waiting: [CheckedContinuation<Slot, any Error>] = []
    var isClosed = false
  }

  private let engine: any Engine
  private let health: StoreHealth
  private let size: Int
  private let state: Mutex<State>

  init(engine: any Engine, health: StoreHealth, service: String) {
    self.engine = engine
    self.health = health
    size = engine.readers
    state = Mutex(State(free: (1...engine.readers).map { Slot(label: "\(service) reader \($0)") }))
  }

  /// Looks at the store as of one moment, on a thread that may wait.
  ///
  /// - Parameter isTransaction: whether all statements see the same moment; if not, each sees its own.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Value, isTransaction: Bool = true
  ) async throws -> Value {
    let slot = try await slot()
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        slot.thread.async {
          let result = Result {
            try self.perform(body, in: slot, isTransaction: isTransaction, cancellation: cancellation)
          }
          self.giveBack(slot)
          continuation.resume(with: result)
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  /// Looks up a few rows by their key, each statement for itself: on the caller's thread where the engine answers at once
  /// and a connection is free.
  func lookup<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value {
    guard engine.readsAtOnce, let slot = state.withLock({ $0.isClosed ? nil : $0.free.popLast() }) else {
      return try await read(body, isTransaction: false)
    }
    defer { giveBack(slot) }
    return try perform(body, in: slot, isTransaction: false, cancellation: Cancellation())
  }

  /// Waits for those in use, and ends all connections.
  func close() {
    let (free, waiting) = state.withLock { state in
      state.isClosed = true
      defer {
        state.free = []
        state.waiting = []
      }
      return (state.free, state.waiting)
    }
    for continuation in waiting { continuation.resume(throwing: Self.closed) }
    for slot in free { slot.thread.sync { slot.end() } }
  }

  private static let closed = StorageError.unavailable(problem: "it is closed")

  // MARK: Slots

  private func slot() async throws -> Slot {
    try Task.checkCancellation()
    return try await withCheckedThrowingContinuation { continuation in
      let outcome = state.withLock { state -> Result<Slot, any Error>? in
        if state.isClosed { return .failure(Self.closed) }
        if let slot = state.free.popLast() { return .success(slot) }
        state.waiting.append(continuation)
        return nil
      }
      if let outcome { continuation.resume(with: outcome) }
    }
  }

  private func giveBack(_ slot: Slot) {
    enum Next { case none, end, hand(CheckedContinuation<Slot, any Error>) }
    let next = state.withLock { state -> Next in
      if state.isClosed { return .end }
      guard state.waiting.isEmpty else { return .hand(state.waiting.removeFirst()) }
      state.free.append(slot)
      return .none
    }
    switch next {
    case .none: break
    case .end: slot.end()
    case .hand(let continuation): continuation.resume(returning: slot)
    }
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
