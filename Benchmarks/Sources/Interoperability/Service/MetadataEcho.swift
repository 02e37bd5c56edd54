// SPDX-License-Identifier: Apache-2.0

public import RPC

/// Sends back the metadata that callers of the test service want back, whatever they call.
public struct MetadataEcho: ServerInterceptor {
  /// Comes back before the first response.
  public static let initialName = "x-grpc-test-echo-initial"
  /// Bytes that come back with the status.
  public static let trailingName = "x-grpc-test-echo-trailing-bin"

  public init() {}

  public func intercept(_ context: ServerContext, next: @Sendable @concurrent () async throws -> Void) async throws {
    var initial = Metadata()
    for value in context.metadata.all(Self.initialName) { initial.add(value, for: Self.initialName) }
    if !initial.isEmpty { context.addInitialMetadata(initial) }
    var trailing = Metadata()
    for value in context.metadata.allBinary(Self.trailingName) { trailing.add(value, for: Self.trailingName) }
    if !trailing.isEmpty { context.addTrailingMetadata(trailing) }
    try await next()
  }
}
