// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WaymarkMain

@Suite("Back-off") struct BackoffTests {
  @Test("each failure in a row doubles the pause, up to the longest")
  func doubles() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(5))
    let pauses = (1...5).map { _ in backoff.pause(afterRunningFor: .zero) }
    #expect(pauses == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
  }

  @Test("a child that stayed up starts again with the first pause")
  func resets() {
    var backoff = Backoff(first: .seconds(1), longest: .seconds(60), stayedUp: .seconds(10))
    _ = backoff.pause(afterRunningFor: .zero)
    _ = backoff.pause(afterRunningFor: .seconds(9))
    #expect(backoff.pause(afterRunningFor: .seconds(10)) == .seconds(1))
    #expect(backoff.pause(afterRunningFor: .zero) == .seconds(2))
  }

  @Test("the pause stays finite after any number of failures")
  func stays() {
    var backoff = Backoff()
    for _ in 1...10_000 { _ = backoff.pause(afterRunningFor: .zero) }
    #expect(backoff.pause(afterRunningFor: .zero) == backoff.longest)
  }
}
