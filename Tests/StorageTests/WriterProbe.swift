// SPDX-License-Identifier: Apache-2.0

import Dispatch
import StorageTesting
import Synchronization
import Testing

@testable import Storage

/// The writer of a store alone, so that a test decides which changes share a group.
final class WriterProbe: Sendable {
  let health = StoreHealth()
  let feed = EventFeed()
  let queue: WriteQueue
  private let engine: any Engine

  init(_ scratch: ScratchStore) throws {
    try scratch.store().close()
    engine = try Database.engine(at: scratch.location(), service: "test")
    queue = WriteQueue(engine: engine, log: EventLog(feed: feed), health: health, service: "test")
  }

  /// Makes changes that all wait while another one is made: they are one group, or several when they are very many.
  ///
  /// - Returns: the changes, when all have ended.
  func together(_ bodies: [@Sendable (WriteTransaction) throws -> Int], cancelling: Set<Int> = []) -> [ProbedChange] {
    let latch = Latch()
    let ended = DispatchGroup()
    let first = ProbedChange(ended) { _ in
      latch.pass()
      return 0
    }
    let changes = bodies.map { ProbedChange(ended, $0) }
    queue.add(first)
    for change in changes { queue.add(change) }
    for index in cancelling { changes[index].cancellation.cancel() }
    latch.open()
    ended.wait()
    return changes
  }

  func close() throws {
    queue.close()
    try engine.close()
  }
}

/// A change that remembers how often it was made and how it ended.
final class ProbedChange: WriteJob, @unchecked Sendable {
  private struct State {
    var runs = 0
    var value: Int?
    var results: [Result<Void, any Error>] = []
  }

  private let body: @Sendable (WriteTransaction) throws -> Int
  private let ended: DispatchGroup
  private let state = Mutex(State())

  init(_ ended: DispatchGroup, _ body: @escaping @Sendable (WriteTransaction) throws -> Int) {
    self.body = body
    self.ended = ended
    ended.enter()
    super.init(cancellation: Cancellation())
  }

  override func run(_ transaction: WriteTransaction) {
    state.withLock { $0.runs += 1 }
    do {
      let value = try body(transaction)
      state.withLock { $0.value = value }
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
  }

  override func finish(_ result: Result<Void, any Error>) {
    state.withLock { $0.results.append(result) }
    ended.leave()
  }

  /// How often the body ran.
  var runs: Int { state.withLock { $0.runs } }

  /// What the change ended with; nil when that was an error.
  var value: Int? { state.withLock { state in state.results.count == 1 && error(state) == nil ? state.value : nil } }

  /// The error that the change ended with.
  var error: (any Error)? { state.withLock { error($0) } }

  private func error(_ state: State) -> (any Error)? {
    guard case .failure(let error) = state.results.first else { return nil }
    return error
  }
}
