// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// Many calls.
extension CaseRun {
  /// How many large calls are made at once, and how many one after another.
  private static let callsAtOnce = 1000
  private static let callsInTurn = 100
  /// How long one of those in turn may take.
  private static let patience = Duration.seconds(5)

  func concurrentLargeUnary() async throws {
    let test = test
    // Each waits for the others: a thousand calls on one connection move over half a gigabyte.
    let options = CallOptions(timeout: .seconds(240))
    let request = Self.largeRequestMessage
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...Self.callsAtOnce {
        group.addTask {
          let response = try await test.unaryCall(request, options: options)
          try Self.check(response.payload, size: Self.largeResponse, "the response to call \(number)")
        }
      }
      try await group.waitForAll()
    }
  }

  func rpcSoak() async throws {
    try await expectSameConnection {
      for number in 1...Self.callsInTurn {
        let start = ContinuousClock.now
        try await largeUnary()
        let time = ContinuousClock.now - start
        guard time < Self.patience else {
          throw CheckFailure("call \(number) took \(time); it has to take less than \(Self.patience)")
        }
      }
    }
  }
}
