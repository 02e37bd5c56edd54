// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// A plain HTTP request that came over HTTP/2.
public struct HTTP2Request: Sendable {
  /// The method, such as `GET`.
  public let method: String
  /// `http` or `https`, as the client says.
  public let scheme: String
  /// The host and port that the client asked for; empty if it named none.
  public let authority: String
  /// Path and query as sent, such as `/projects?q=waits`.
  public let path: String
  /// The other header fields in order, names in lower case.
  public let headers: [(name: String, value: String)]
  /// What follows the header.
  public let body: HTTP2Body
  /// The address of the client, such as `127.0.0.1:40412`.
  public let peer: String

  /// A request, also for handlers that are called directly, such as in tests.
  public init(
    method: String, scheme: String = "http", authority: String = "", path: String,
    headers: [(name: String, value: String)] = [], body: HTTP2Body = HTTP2Body(ByteBuffer()),
    peer: String = "in-process"
  ) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.path = path
    self.headers = headers
    self.body = body
    self.peer = peer
  }

  /// The first value of a header field.
  /// - Parameter name: in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// The body of a request, in pieces as they arrive.
///
/// A client is slowed down to the pace at which it is read.
public struct HTTP2Body: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer

  private let next: @Sendable () async throws -> ByteBuffer?

  /// A body that a function gives piece by piece, `nil` after the last.
  init(next: @escaping @Sendable () async throws -> ByteBuffer?) { self.next = next }

  /// A body that is there already.
  public init(_ bytes: ByteBuffer) {
    let rest = Remainder(bytes)
    next = { await rest.take() }
  }

  public func makeAsyncIterator() -> Iterator { Iterator(pull: next) }

  /// The whole body.
  /// - Parameter limit: the most bytes to take.
  /// - Throws: ``HTTP2BodyTooLarge`` if there are more, ``HTTP2StreamError`` if the client gives up before the end.
  public func collect(upTo limit: Int) async throws -> ByteBuffer {
    var whole = ByteBuffer()
    for try await piece in self {
      guard whole.readableBytes + piece.readableBytes <= limit else { throw HTTP2BodyTooLarge(limit: limit) }
      whole.writeImmutableBuffer(piece)
    }
    return whole
  }

  /// Reads the pieces one after another.
  public struct Iterator: AsyncIteratorProtocol {
    let pull: @Sendable () async throws -> ByteBuffer?

    /// The next piece, never empty; `nil` at the end.
    public mutating func next() async throws -> ByteBuffer? { try await pull() }
  }

  /// Gives a buffer out once.
  private actor Remainder {
    private var bytes: ByteBuffer?
    init(_ bytes: ByteBuffer) { self.bytes = bytes.readableBytes > 0 ? bytes : nil }
    func take() -> ByteBuffer? { bytes.take() }
  }
}

/// The body of a request was larger than the reader wanted.
public struct HTTP2BodyTooLarge: Error, CustomStringConvertible {
  /// The most bytes that the reader wanted.
  public let limit: Int
  public var description: String { "the body is larger than the limit of \(limit) bytes" }
}
