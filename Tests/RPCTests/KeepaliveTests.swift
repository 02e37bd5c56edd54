// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import RPC

@Suite("A server that hears nothing of a client")
struct KeepaliveTests {
  /// The first second at which something is done about a connection that is silent, and what.
  private func first(isBusy: Bool, answers: Bool, until end: Int, _ limits: ConnectionLimits = .init()) -> [(
    Int, String
  )] {
    let began = NIODeadline.uptimeNanoseconds(1)
    var life = ConnectionLife(limits, began: began, jitter: 0)
    var sight = ConnectionLife.Sight()
    sight.isBusy = isBusy
    sight.callCount = 1
    var found: [(Int, String)] = []
    for second in 0...end {
      guard let verdict = life.judge(sight, at: began + .seconds(Int64(second))) else { continue }
      found.append((second, "\(verdict)"))
      if verdict == .ping, answers { sight.readCount += 1 }
      if verdict != .ping { break }
    }
    return found
  }

  @Test("sends a PING each minute while calls are open, and none for hours otherwise")
  func pings() {
    let busy = first(isBusy: true, answers: true, until: 200)
    #expect(busy.map(\.1) == ["ping", "ping", "ping"])
    #expect(busy.first?.0 == 60)
    #expect(first(isBusy: false, answers: true, until: 1700).isEmpty)
  }

  @Test("ends the connection when no answer comes")
  func gone() {
    let found = first(isBusy: true, answers: false, until: 200)
    #expect(found.map(\.0) == [60, 80])
    #expect(found.last?.1.contains("keepalive") == true)
  }

  @Test("may be set to another time")
  func settings() {
    var limits = ConnectionLimits()
    limits.keepaliveTimeWithCalls = .seconds(5)
    #expect(first(isBusy: true, answers: true, until: 12, limits).map(\.0) == [5, 11])
  }
}
