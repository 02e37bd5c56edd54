// SPDX-License-Identifier: Apache-2.0

import NIOCore
public import ProtobufC

/// Where a streaming handler writes its responses.
public struct ResponseWriter<Response: Message>: Sendable {
  private enum Destination {
    case wire(any MessageSink)
    case closure(@Sendable (Response) async throws -> Void)
  }

  private let destination: Destination

  init(_ sink: any MessageSink) { destination = .wire(sink) }

  /// A writer that hands each response to a closure, for handlers that are called directly, such as in tests.
  public init(_ write: @escaping @Sendable (Response) async throws -> Void) { destination = .closure(write) }

  /// Sends a response, after waiting while more than 64 KiB of earlier ones are unsent because the reader is slow.
  /// - Parameter compressed: whether this one is compressed, if the call has an encoding (see
  ///   ``ServerContext/compressResponses(with:)``); `nil` compresses it if that makes it smaller.
  /// - Throws: ``RPCError``: `CANCELLED` or `DEADLINE_EXCEEDED` when the call is over, `RESOURCE_EXHAUSTED` for a
  ///   response larger than the server's limit.
  public func write(_ response: Response, compressed: Bool? = nil) async throws {
    switch destination {
    case .wire(let sink):
      try await sink.send(
        MessageFrame.encode(
          response, limit: sink.sendLimit, encoding: sink.encoding(compressed: compressed),
          always: compressed == true))
    case .closure(let write): try await write(response)
    }
  }
}
