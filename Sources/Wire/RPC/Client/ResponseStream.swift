// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ProtobufC

/// The responses of a call, in order, as they arrive.
///
/// The server is slowed down to the pace at which they are read: at most a window of unread bytes (256 KiB by default)
/// and a batch of some 32 KiB that was taken from it wait in memory. Iterate it once, from one task, inside the closure
/// that it was given to.
///
/// ```swift
/// for try await response in responses { ... }   // throws RPCError unless the status is OK
/// ```
public struct ResponseStream<Response: Sendable>: AsyncSequence, Sendable {
  public typealias Element = Response

  private enum Origin {
    case wire(ClientCall)
    case memory([Response], initial: Metadata, trailing: Metadata)
  }

  private let origin: Origin
  private let decode: @Sendable (ByteBuffer) throws -> Response

  init(_ call: ClientCall, decode: @escaping @Sendable (ByteBuffer) throws -> Response) {
    origin = .wire(call)
    self.decode = decode
  }

  /// A stream of these responses, for code that is called directly, such as in tests.
  public init(_ responses: [Response], initialMetadata: Metadata = [:], trailingMetadata: Metadata = [:]) {
    origin = .memory(responses, initial: initialMetadata, trailing: trailingMetadata)
    decode = { _ in throw RPCError(code: .internalError, message: "the responses are in memory") }
  }

  /// What the server sent before its first response; waits for it.
  ///
  /// Empty when the server answered with a status alone.
  /// - Throws: ``RPCError``: how the call ended if that was before anything came.
  public var initialMetadata: Metadata {
    get async throws {
      switch origin {
      case .wire(let call): try await call.initialMetadata()
      case .memory(_, let initial, _): initial
      }
    }
  }

  /// What the server sent with its status; empty until the responses have ended.
  ///
  /// A call that fails has it in the error that is thrown.
  public var trailingMetadata: Metadata {
    get async {
      switch origin {
      case .wire(let call): await call.trailingMetadata()
      case .memory(_, _, let trailing): trailing
      }
    }
  }

  public func makeAsyncIterator() -> Iterator {
    switch origin {
    case .wire(let call): Iterator(call: call, decode: decode, kept: [].makeIterator())
    case .memory(let responses, _, _): Iterator(call: nil, decode: decode, kept: responses.makeIterator())
    }
  }

  /// Reads the responses one after another.
  public struct Iterator: AsyncIteratorProtocol {
    let call: ClientCall?
    let decode: @Sendable (ByteBuffer) throws -> Response
    var kept: IndexingIterator<[Response]>
    /// Messages that have been taken from the call and not yet given out.
    private var batch = ClientCall.Batch()
    private var position = 0
    /// Whether the response that was given out last came compressed.
    public private(set) var wasCompressed = false

    init(
      call: ClientCall?, decode: @escaping @Sendable (ByteBuffer) throws -> Response,
      kept: IndexingIterator<[Response]>
    ) {
      self.call = call
      self.decode = decode
      self.kept = kept
    }

    /// The next response; `nil` when the server is done and the status is OK.
    /// - Throws: ``RPCError``: the status if it is another, `CANCELLED` or `DEADLINE_EXCEEDED` when the call is over
    ///   before the server is done, `INTERNAL` for bytes that are no response, `RESOURCE_EXHAUSTED` for one that is
    ///   too large.
    public mutating func next() async throws -> Response? {
      guard let call else { return kept.next() }
      if position == batch.messages.count {
        // Given up before the wait, so that nothing of what was given out is kept alive by it.
        batch = ClientCall.Batch()
        position = 0
        batch = try await call.nextMessages()
        if batch.messages.isEmpty { return nil }
      }
      wasCompressed = !batch.compressed.isEmpty && batch.compressed.contains(position)
      defer { position += 1 }
      return try decode(batch.messages[position])
    }
  }
}

extension ResponseStream where Response: Message {
  /// Reads messages.
  init(_ call: ClientCall) {
    self.init(call) { try MessageFrame.decode($0, as: Response.self) }
  }
}

extension ResponseStream where Response == ByteBuffer {
  /// Reads messages and leaves them encoded.
  init(bytesOf call: ClientCall) {
    self.init(call) { $0 }
  }
}
