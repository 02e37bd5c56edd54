// SPDX-License-Identifier: Apache-2.0

import NIOCore
public import ProtobufC

/// Where the caller of a client-streaming method writes its requests.
public struct RequestWriter<Request: Message>: Sendable {
  private let sink: any MessageSink

  init(_ sink: any MessageSink) { self.sink = sink }

  /// Sends a request, after waiting while more than 64 KiB of earlier ones are unsent because the server is slow.
  /// - Throws: ``RPCError``: the status of the call when it is over already; the call itself throws the same.
  public func write(_ request: Request) async throws {
    try await sink.send(MessageFrame.encode(request, limit: sink.sendLimit))
  }
}
