// SPDX-License-Identifier: Apache-2.0

import NIOCore
public import ProtobufC

/// The requests of a streaming call, in order, as they arrive.
///
/// The sender is slowed down to the pace at which they are read: at most a window of unread bytes (256 KiB by default)
/// and one message beyond it wait in memory. Iterate it once, from one task.
///
/// ```swift
/// for try await request in requests { ... }
/// ```
public struct RequestStream<Request: Message>: AsyncSequence, Sendable {
  public typealias Element = Request

  private enum Origin {
    case wire(any MessageSource)
    case memory([Request])
  }

  private let origin: Origin

  init(_ source: any MessageSource) { origin = .wire(source) }

  /// A stream of these requests, for handlers that are called directly, such as in tests.
  public init(_ requests: [Request]) { origin = .memory(requests) }

  public func makeAsyncIterator() -> Iterator {
    switch origin {
    case .wire(let source): Iterator(source: source, requests: [].makeIterator())
    case .memory(let requests): Iterator(source: nil, requests: requests.makeIterator())
    }
  }

  /// Reads the requests one after another.
  public struct Iterator: AsyncIteratorProtocol {
    let source: (any MessageSource)?
    var requests: IndexingIterator<[Request]>

    /// The next request; `nil` when the sender is done.
    /// - Throws: ``RPCError``: `CANCELLED` or `DEADLINE_EXCEEDED` when the call is over before the sender is done,
    ///   `INTERNAL` for bytes that are no request, `RESOURCE_EXHAUSTED` for one that is too large.
    public mutating func next() async throws -> Request? {
      guard let source else { return requests.next() }
      guard let bytes = try await source.nextMessage() else { return nil }
      return try MessageFrame.decode(bytes, as: Request.self)
    }
  }
}
