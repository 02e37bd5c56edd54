// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Calls that go on until their callers have enough, and must not keep a server from stopping.
public final class StandingCalls: Sendable {
  private struct State {
    var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    var next = 0
    var isOver = false
  }

  private let state = Mutex(State())

  public init() {}

  /// Ends all of them, and those that begin later at once.
  public func end() {
    let waiting = state.withLock { state in
      state.isOver = true
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for continuation in waiting { continuation.finish() }
  }

  /// Runs `body` until it returns, or until ``end()``, which cancels it.
  ///
  /// - Returns: whether it was ended.
  /// - Throws: what `body` throws before that.
  public func run(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
    if state.withLock({ $0.isOver }) { return true }
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await body()
        return false
      }
      group.addTask {
        for await _ in self.untilEnd() {}
        return true
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
  }

  /// Ends with the calls, or with the task that waits.
  private func untilEnd() -> AsyncStream<Never> {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    let number = state.withLock { state -> Int? in
      guard !state.isOver else { return nil }
      state.next += 1
      state.waiting[state.next] = continuation
      return state.next
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.waiting.removeValue(forKey: number) }
    }
    return stream
  }
}
