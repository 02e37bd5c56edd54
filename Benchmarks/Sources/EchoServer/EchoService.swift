// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// Gives back what it gets, once or as often as asked.
struct EchoService: BenchV1.EchoServiceProtocol {
  func echo(_ request: BenchV1.EchoMessage, context: ServerContext) async throws -> BenchV1.EchoMessage { request }

  func echoData(_ request: BenchV1.Data, context: ServerContext) async throws -> BenchV1.Data { request }

  func `repeat`(
    _ request: BenchV1.RepeatRequest, responses: ResponseWriter<BenchV1.EchoMessage>, context: ServerContext
  ) async throws {
    let message = request.message ?? BenchV1.EchoMessage()
    for _ in 0..<request.count { try await responses.write(message) }
  }
}

/// Does nothing but stand around a call: what an interceptor costs.
struct PassingInterceptor: ServerInterceptor {
  @concurrent
  func intercept(_ context: ServerContext, next: @Sendable @concurrent () async throws -> Void) async throws {
    try await next()
  }
}
