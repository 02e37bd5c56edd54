// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// Calls with one request and one response.
extension CaseRun {
  func emptyUnary() async throws {
    _ = try await test.emptyCall(GrpcTesting.Empty(), options: options)
  }

  func largeUnary() async throws {
    let response = try await test.unaryCall(Self.largeRequestMessage, options: options)
    try Self.check(response.payload, size: Self.largeResponse, "the response")
  }

  func clientCompressedUnary() async throws {
    var request = Self.largeRequestMessage
    request.expectCompressed = .init(value: true)
    try await Self.expectFailure(.invalidArgument, of: "a request that is not compressed as announced") {
      try await test.unaryCall(request, options: options)
    }
    var compressing = options
    compressing.compression = .gzip
    var response = try await test.unaryCall(request, options: compressing)
    try Self.check(response.payload, size: Self.largeResponse, "the response to a compressed request")

    request.expectCompressed = .init(value: false)
    response = try await test.unaryCall(request, options: options)
    try Self.check(response.payload, size: Self.largeResponse, "the response to a request as it is")
  }

  func serverCompressedUnary() async throws {
    for wanted in [true, false] {
      var request = Self.largeRequestMessage
      request.responseCompressed = .init(value: wanted)
      let response: UnaryResponse<GrpcTesting.SimpleResponse> = try await client.unaryResponse(
        request, method: GrpcTesting.TestServiceMethods.unaryCall, options: options)
      try Self.check(response.message.payload, size: Self.largeResponse, "the response")
      try Self.expect(response.wasCompressed, wanted, "the compressed flag of the response")
    }
  }

  /// Without a cache in between, every call is answered anew.
  ///
  /// Servers may leave the method out.
  func cacheableUnary() async throws {
    do {
      _ = try await test.cacheableUnaryCall(GrpcTesting.SimpleRequest(), options: options)
    } catch let error as RPCError where error.code == .unimplemented {
      throw CaseSkipped("the server leaves CacheableUnaryCall out, as it may")
    }
    var times: [Int] = []
    for _ in 0..<2 {
      let response: UnaryResponse<GrpcTesting.SimpleResponse> = try await client.unaryResponse(
        GrpcTesting.SimpleRequest(), method: GrpcTesting.TestServiceMethods.cacheableUnaryCall, options: options)
      let text = String(decoding: response.message.payload?.body ?? [], as: UTF8.self)
      guard let time = Int(text) else {
        throw CheckFailure("the payload is \"\(text)\"; it has to be a time in nanoseconds")
      }
      times.append(time)
      try Self.expect(
        response.initialMetadata.first("cache-control"), "max-age=60, public", "cache-control in the initial metadata")
    }
    guard times[1] > times[0] else { throw CheckFailure("two calls were told the times \(times), which do not ascend") }
  }
}
