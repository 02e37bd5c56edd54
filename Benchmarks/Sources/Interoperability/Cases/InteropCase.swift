// SPDX-License-Identifier: Apache-2.0

public import RPC

/// The cases of gRPC's interoperability tests, by the names they have everywhere.
public enum InteropCase: String, CaseIterable, Sendable {
  case emptyUnary = "empty_unary"
  case largeUnary = "large_unary"
  case clientCompressedUnary = "client_compressed_unary"
  case serverCompressedUnary = "server_compressed_unary"
  case clientStreaming = "client_streaming"
  case clientCompressedStreaming = "client_compressed_streaming"
  case serverStreaming = "server_streaming"
  case serverCompressedStreaming = "server_compressed_streaming"
  case pingPong = "ping_pong"
  case emptyStream = "empty_stream"
  case customMetadata = "custom_metadata"
  case statusCodeAndMessage = "status_code_and_message"
  case specialStatusMessage = "special_status_message"
  case unimplementedMethod = "unimplemented_method"
  case unimplementedService = "unimplemented_service"
  case cancelAfterBegin = "cancel_after_begin"
  case cancelAfterFirstResponse = "cancel_after_first_response"
  case timeoutOnSleepingServer = "timeout_on_sleeping_server"
  case concurrentLargeUnary = "concurrent_large_unary"
  case rpcSoak = "rpc_soak"
  case cacheableUnary = "cacheable_unary"

  /// Runs the case against the server of a client.
  /// - Throws: ``CheckFailure`` when the server answers otherwise than it should; `RPCError` when a call fails that
  ///   should not; ``CaseSkipped`` when the server leaves out what it may leave out.
  public func run(over client: RPCClient) async throws {
    let run = CaseRun(client)
    switch self {
    case .emptyUnary: try await run.emptyUnary()
    case .largeUnary: try await run.largeUnary()
    case .clientCompressedUnary: try await run.clientCompressedUnary()
    case .serverCompressedUnary: try await run.serverCompressedUnary()
    case .clientStreaming: try await run.clientStreaming()
    case .clientCompressedStreaming: try await run.clientCompressedStreaming()
    case .serverStreaming: try await run.serverStreaming()
    case .serverCompressedStreaming: try await run.serverCompressedStreaming()
    case .pingPong: try await run.pingPong()
    case .emptyStream: try await run.emptyStream()
    case .customMetadata: try await run.customMetadata()
    case .statusCodeAndMessage: try await run.statusCodeAndMessage()
    case .specialStatusMessage: try await run.specialStatusMessage()
    case .unimplementedMethod: try await run.unimplementedMethod()
    case .unimplementedService: try await run.unimplementedService()
    case .cancelAfterBegin: try await run.cancelAfterBegin()
    case .cancelAfterFirstResponse: try await run.cancelAfterFirstResponse()
    case .timeoutOnSleepingServer: try await run.timeoutOnSleepingServer()
    case .concurrentLargeUnary: try await run.concurrentLargeUnary()
    case .rpcSoak: try await run.rpcSoak()
    case .cacheableUnary: try await run.cacheableUnary()
    }
  }
}
