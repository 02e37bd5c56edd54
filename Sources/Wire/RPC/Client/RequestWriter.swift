// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ProtobufC

/// Where the caller of a method with a stream of requests writes them.
///
/// Write from one task at a time.
public struct RequestWriter<Request: Sendable>: Sendable {
  private enum Destination {
    case wire(ClientCall)
    case closure(@Sendable (Request) async throws -> Void)
  }

  private let destination: Destination
  private let frame: @Sendable (Request, ClientCall, _ compressed: Bool?) throws -> ByteBuffer

  init(_ call: ClientCall, frame: @escaping @Sendable (Request, ClientCall, Bool?) throws -> ByteBuffer) {
    destination = .wire(call)
    self.frame = frame
  }

  /// A writer that hands each request to a closure, for code that is called directly, such as in tests.
  public init(_ write: @escaping @Sendable (Request) async throws -> Void) {
    destination = .closure(write)
    frame = { _, _, _ in ByteBuffer() }
  }

  /// Sends a request, after waiting while more than 64 KiB of earlier ones are unsent because the server is slow.
  /// - Parameter compressed: false leaves this one as it is in a call whose requests are compressed. True compresses it
  ///   the way the options of the call say (``CallOptions/compression``); so does `nil`, if that makes it smaller.
  /// - Throws: ``RPCError``: the status of the call when it is over already; the call itself throws the same.
  public func write(_ request: Request, compressed: Bool? = nil) async throws {
    switch destination {
    case .wire(let call): try await call.send(frame(request, call, compressed))
    case .closure(let write): try await write(request)
    }
  }

  /// Says that no more requests follow, while responses are still awaited.
  ///
  /// Not needed in a call with one response: there returning from the closure says the same.
  public func finish() {
    if case .wire(let call) = destination { call.finishSending() }
  }
}

extension RequestWriter where Request: Message {
  /// Writes messages.
  init(_ call: ClientCall) {
    self.init(call) { request, call, compressed in
      try MessageFrame.encode(
        request, limit: call.sendLimit, encoding: call.encoding(compressed: compressed), always: compressed == true)
    }
  }
}

extension RequestWriter where Request == ByteBuffer {
  /// Writes messages that are encoded already.
  init(bytesTo call: ClientCall) {
    self.init(call) { request, call, compressed in
      try MessageFrame.wrap(
        request, limit: call.sendLimit, encoding: call.encoding(compressed: compressed), always: compressed == true)
    }
  }
}
