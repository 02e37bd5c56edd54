// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WaymarkMain

@Suite("A result that arrives once") struct OnceTests {
  @Test("all who wait get it, and all who ask later")
  func all() async throws {
    let once = Once<Int>()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<10 { group.addTask { try await once.value() } }
      once.arrive(.success(7))
      once.arrive(.success(8))
      for try await value in group { #expect(value == 7) }
    }
    #expect(try await once.value() == 7)
  }

  @Test("whoever is cancelled stops waiting; the others go on")
  func cancelled() async throws {
    let once = Once<Int>()
    let cancelled = Task { try await once.value() }
    let waiting = Task { try await once.value() }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    once.arrive(.success(1))
    #expect(try await waiting.value == 1)
  }
}
