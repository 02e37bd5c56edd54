// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import HTTP2

@Suite("PINGs of a client")
struct PingPolicyTests {
  /// How many PINGs at this interval are taken before one is too many, of a thousand.
  private func taken(every interval: TimeAmount, hasCalls: Bool, _ policy: HTTP2PingPolicy = .init()) -> Int {
    var strikes = PingStrikes(policy)
    var now = NIODeadline.uptimeNanoseconds(1)
    for count in 0..<1000 {
      if strikes.note(at: now, hasSent: false, hasCalls: hasCalls) { return count }
      now = now + interval
    }
    return 1000
  }

  @Test(
    "as often as proxies and clients send them are taken, with calls and without",
    arguments: [TimeAmount.seconds(10), .milliseconds(9_200), .seconds(30), .minutes(5)], [true, false])
  func usual(interval: TimeAmount, hasCalls: Bool) {
    #expect(taken(every: interval, hasCalls: hasCalls) == 1000)
  }

  @Test(
    "the third that is too early is one too many",
    arguments: [TimeAmount.milliseconds(8_900), .seconds(5), .seconds(1), .nanoseconds(0)], [true, false])
  func early(interval: TimeAmount, hasCalls: Bool) {
    #expect(taken(every: interval, hasCalls: hasCalls) == 3)
  }

  @Test("a server may set another interval, and none at all without calls")
  func settings() {
    let policy = HTTP2PingPolicy(minimumInterval: .minutes(1), permitsWithoutCalls: false)
    #expect(taken(every: .minutes(1), hasCalls: true, policy) == 1000)
    #expect(taken(every: .seconds(30), hasCalls: true, policy) == 3)
    #expect(taken(every: .minutes(30), hasCalls: false, policy) == 3)
  }

  @Test("a response between them forgives all")
  func forgiven() {
    var strikes = PingStrikes(.init())
    let now = NIODeadline.uptimeNanoseconds(1)
    for count in 0..<100 {
      let isTooMany = strikes.note(at: now, hasSent: count % 3 == 0, hasCalls: true)
      #expect(!isTooMany)
    }
  }
}
