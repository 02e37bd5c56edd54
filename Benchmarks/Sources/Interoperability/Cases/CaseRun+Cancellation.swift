// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// Calls that their callers give up.
extension CaseRun {
  func cancelAfterBegin() async throws {
    try await expectSameConnection {
      try await Self.expectFailure(.cancelled, of: "the call") {
        try await cancellable {
          try await test.streamingInputCall(options: options) { requests in
            // What is written after its own cancellation still begins the call: the connection is there.
            try await requests.write(.init(payload: Self.payload(27182)))
            Self.cancelOwnTask()
            try await requests.write(.init(payload: Self.payload(8)))
          }
        }
      }
    }
  }

  func cancelAfterFirstResponse() async throws {
    try await expectSameConnection {
      try await Self.expectFailure(.cancelled, of: "the call") {
        try await cancellable {
          try await test.fullDuplexCall(options: options) { requests, responses in
            var iterator = responses.makeAsyncIterator()
            try await requests.write(Self.request(27182, wants: 31415))
            guard let response = try await iterator.next() else { throw CheckFailure("no response came") }
            try Self.check(response.payload, size: 31415, "the response")
            Self.cancelOwnTask()
            _ = try await iterator.next()
            throw CheckFailure("the call went on after it was cancelled")
          }
        }
      }
    }
  }

  /// Runs a body as a task of its own, which may cancel itself.
  private func cancellable<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws
    -> Result
  {
    try await Task { try await body() }.value
  }

  private static func cancelOwnTask() {
    withUnsafeCurrentTask { $0?.cancel() }
  }
}
