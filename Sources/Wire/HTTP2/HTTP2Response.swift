// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// A plain HTTP response to go over HTTP/2.
public struct HTTP2Response: Sendable {
  /// The status, such as 200.
  public var status: Int
  /// The header fields in order, names in lower case; `content-length` is added for a body of bytes.
  public var headers: [(name: String, value: String)]
  /// What follows the header.
  public var body: Body

  public init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The body of a response.
  public enum Body: Sendable {
    case none
    case bytes(ByteBuffer)
    /// Written piece by piece, at the pace of the client. The response ends when the closure returns; it is cut off
    /// (RST_STREAM) when the closure throws.
    case stream(@Sendable (HTTP2BodyWriter) async throws -> Void)
  }
}

/// Where the body of a streamed response goes.
public struct HTTP2BodyWriter: Sendable {
  let send: @Sendable (ByteBuffer) async throws -> Void

  /// A writer that hands each piece to a closure.
  public init(_ send: @escaping @Sendable (ByteBuffer) async throws -> Void) { self.send = send }

  /// Sends a piece, after waiting while more than 64 KiB of earlier ones are unsent because the client is slow.
  /// - Throws: ``HTTP2StreamError`` when the client is gone.
  public func write(_ bytes: ByteBuffer) async throws { try await send(bytes) }
}
