// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a store needs done from time to time while it is open.
final class StoreUpkeep: Sendable {
  private let task = Mutex<Task<Void, Never>?>(nil)
  private let listener = Mutex<(any EngineListening)?>(nil)

  /// Seconds between looks.
  private static let pause = 1
  /// Looks between two rounds of removing what has expired.
  private static let roundsBetweenPurges = 3600
  /// Looks between two at a store that seems well and that other processes may write to.
  private static let roundsBetweenLooks = 5

  func begin(_ database: Database, engine: any Engine) throws {
    let (news, announcement) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let listening = try engine.listen { announcement.yield() }
    listener.withLock { $0 = listening }
    let isShared = listening != nil
    task.withLock { task in
      task = Task.detached { [weak database] in
        await withDiscardingTaskGroup { group in
          if isShared {
            group.addTask { [weak database] in
              for await _ in news { await database?.lookForEvents() }
            }
          }
          var round = 0
          while !Task.isCancelled {
            guard let store = database else { break }
            // A store that failed is tried with a write, so that the service knows when it can be used again; one behind
            // a network is looked at in any case, so that it knows before a caller does.
            if store.health.problem != nil {
              if (try? await store.touch()) != nil { store.health.succeeded() }
            } else if isShared, round % Self.roundsBetweenLooks == 0 {
              await store.lookForEvents()
            }
            if round % Self.roundsBetweenPurges == 0 { _ = try? await store.forgetRequests() }
            round += 1
            _ = consume store
            try? await Task.sleep(for: .seconds(Self.pause))
          }
          group.cancelAll()
        }
      }
    }
  }

  func end() {
    task.withLock { $0?.cancel() }
    listener.withLock { listener in
      listener?.stop()
      listener = nil
    }
  }
}

extension Database {
  /// Writes a little, to see whether that can be done.
  fileprivate func touch() async throws {
    try await write { transaction in
      try transaction.execute("UPDATE event_head SET touched = touched + 1 WHERE id = 1")
    }
  }

  /// Looks whether another process has written.
  fileprivate func lookForEvents() async {
    let last = try? await lookup { transaction in
      try transaction.row("SELECT sequence FROM event_head WHERE id = 1")?.integer("sequence")
    }
    if let last = last ?? nil { events.advance(to: last) }
  }
}
