// SPDX-License-Identifier: Apache-2.0

/// Work that goes on beside the services, from when all were ready to when they are to stop.
final class Companion: Sendable {
  private let work: @Sendable () async -> Void
  private let begun = Once<Void>()
  private let stopping = Once<Void>()
  private let ended = Once<Void>()

  init(_ work: @escaping @Sendable () async -> Void) { self.work = work }

  /// Does the work once ``begin()`` was called, if it is before ``end()``.
  func run() async {
    defer { ended.arrive(.success(())) }
    guard (try? await begun.value()) != nil else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.work() }
      group.addTask { _ = try? await self.stopping.value() }
      await group.next()
      group.cancelAll()
    }
  }

  func begin() { begun.arrive(.success(())) }

  /// Cancels the work, and returns when it has ended.
  func end() async {
    begun.arrive(.failure(Stopped()))
    stopping.arrive(.success(()))
    _ = try? await ended.value()
  }
}
