// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// Calls with streams.
extension CaseRun {
  /// Sizes of requests, and of the responses that they ask for, in bytes.
  private static let requestSizes = [27182, 8, 1828, 45904]
  private static let responseSizes = [31415, 9, 2653, 58979]

  func clientStreaming() async throws {
    let response = try await test.streamingInputCall(options: options) { requests in
      for size in Self.requestSizes { try await requests.write(.init(payload: Self.payload(size))) }
    }
    try Self.expect(response.aggregatedPayloadSize, 74922, "the sum")
  }

  func clientCompressedStreaming() async throws {
    var options = options
    options.compression = .gzip
    try await Self.expectFailure(.invalidArgument, of: "a request that is not compressed as announced") {
      try await test.streamingInputCall(options: options) { requests in
        try await requests.write(
          .init(payload: Self.payload(27182), expectCompressed: .init(value: true)), compressed: false)
      }
    }
    let response = try await test.streamingInputCall(options: options) { requests in
      try await requests.write(
        .init(payload: Self.payload(27182), expectCompressed: .init(value: true)), compressed: true)
      try await requests.write(
        .init(payload: Self.payload(45904), expectCompressed: .init(value: false)), compressed: false)
    }
    try Self.expect(response.aggregatedPayloadSize, 73086, "the sum")
  }

  func serverStreaming() async throws {
    let request = GrpcTesting.StreamingOutputCallRequest(
      responseParameters: Self.responseSizes.map { .init(size: Int32($0)) })
    try await test.streamingOutputCall(request, options: options) { responses in
      var count = 0
      for try await response in responses {
        guard count < Self.responseSizes.count else { throw CheckFailure("there are more responses than asked for") }
        try Self.check(response.payload, size: Self.responseSizes[count], "response \(count + 1)")
        count += 1
      }
      try Self.expect(count, Self.responseSizes.count, "the number of responses")
    }
  }

  func serverCompressedStreaming() async throws {
    let wanted: [(size: Int, isCompressed: Bool)] = [(31415, true), (92653, false)]
    let request = GrpcTesting.StreamingOutputCallRequest(
      responseParameters: wanted.map { .init(size: Int32($0.size), compressed: .init(value: $0.isCompressed)) })
    try await test.streamingOutputCall(request, options: options) { responses in
      var iterator = responses.makeAsyncIterator()
      for (number, wanted) in wanted.enumerated() {
        guard let response = try await iterator.next() else { throw CheckFailure("there are only \(number) responses") }
        try Self.check(response.payload, size: wanted.size, "response \(number + 1)")
        try Self.expect(iterator.wasCompressed, wanted.isCompressed, "the compressed flag of response \(number + 1)")
      }
      guard try await iterator.next() == nil else { throw CheckFailure("there are more responses than asked for") }
    }
  }

  func pingPong() async throws {
    try await test.fullDuplexCall(options: options) { requests, responses in
      var iterator = responses.makeAsyncIterator()
      for (request, answer) in zip(Self.requestSizes, Self.responseSizes) {
        try await requests.write(Self.request(request, wants: answer))
        guard let response = try await iterator.next() else { throw CheckFailure("the responses end early") }
        try Self.check(response.payload, size: answer, "a response")
      }
      requests.finish()
      guard try await iterator.next() == nil else { throw CheckFailure("there are more responses than asked for") }
    }
  }

  func emptyStream() async throws {
    try await test.fullDuplexCall(options: options) { requests, responses in
      requests.finish()
      for try await _ in responses { throw CheckFailure("a response came, and nothing was asked") }
    }
  }
}
