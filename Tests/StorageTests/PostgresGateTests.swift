// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("The gate before a server that cannot be reached")
struct PostgresGateTests {
  /// A clock that is set by hand.
  private final class Clock: Sendable {
    let time = Mutex(ContinuousClock.now)

    func advance(_ duration: Duration) { time.withLock { $0 += duration } }
  }

  private let clock = Clock()
  private let gate: PostgresGate
  private static let down = StorageError.unavailable(problem: "it is down")

  init() { gate = PostgresGate { [clock] in clock.time.withLock { $0 } } }

  /// Tries once.
  ///
  /// - Returns: whether the server was asked.
  private func attempt(succeeds: Bool = false) -> Bool {
    var isAsked = false
    try? gate.attempt { () throws(StorageError) in
      isAsked = true
      if !succeeds { throw Self.down }
    }
    return isAsked
  }

  @Test("after a failure the next ones fail at once with the same error, until the pause is over")
  func pause() {
    #expect(attempt())
    for _ in 0..<100 {
      #expect(throws: Self.down) {
        try gate.attempt { () throws(StorageError) in Issue.record("the server was asked") }
      }
    }
    clock.advance(.milliseconds(100))
    #expect(attempt())
    #expect(!attempt())
  }

  @Test("pauses double up to five seconds, less a half at most")
  func doubling() {
    var expected = Duration.milliseconds(100)
    for _ in 0..<12 {
      #expect(attempt())
      clock.advance(expected * 0.49)
      #expect(!attempt())
      clock.advance(expected * 0.51)
      expected = min(expected * 2, .seconds(5))
    }
  }

  @Test("a success ends the pauses, and the next failure begins with the shortest")
  func success() {
    for _ in 0..<6 {
      _ = attempt()
      clock.advance(.seconds(5))
    }
    #expect(attempt(succeeds: true))
    #expect(attempt(succeeds: true))
    #expect(attempt())
    clock.advance(.milliseconds(100))
    #expect(attempt())
  }

  @Test("while one attempt is made after a failure, others fail at once")
  func oneAtATime() {
    #expect(attempt())
    clock.advance(.seconds(5))
    try? gate.attempt { () throws(StorageError) in
      for _ in 0..<10 { #expect(!attempt()) }
      throw Self.down
    }
    #expect(!attempt())
  }

  @Test("many callers of a server that is down ask it a few times, not each")
  func storm() async throws {
    let server = try LyingServer(.closedAtOnce)
    let engine = try PostgresEngine(address: PostgresAddress(server.url), schema: "test")
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<1000 { #expect(throws: StorageError.self) { try engine.connect(for: .read) } }
        }
      }
    }
    // Those that began before the first failure, and one for each pause that passed meanwhile.
    #expect((1...20).contains(server.listener.count))
  }
}
