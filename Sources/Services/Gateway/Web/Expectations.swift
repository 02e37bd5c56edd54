// SPDX-License-Identifier: Apache-2.0

import HTTP2
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Answers what a client expects before it sends its body.
///
/// Over HTTP/1.1 the client is asked for the body when it is first read; over HTTP/2 the exchange below does the same. A
/// request that is refused before has its answer at once.
/// - SeeAlso: RFC 9110, section 10.1.1.
struct Expectations: RouterMiddleware {
  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    guard request.headers.contains(.expect) else { return try await next(request, context) }
    let values = request.headers[values: .expect]
    guard values.allSatisfy({ Expectation.isContinue($0.trimmedBlanks) }) else {
      return Response(
        status: .expectationFailed, headers: [.contentType: "text/plain; charset=utf-8", .connection: "close"],
        body: ResponseBody(
          byteBuffer: ByteBuffer(string: "Expect: the one expectation that is met is “100-continue”.\n")))
    }
    guard let channel = context.channel else { return try await next(request, context) }
    var request = request
    request.body = RequestBody(asyncSequence: AwaitedBody(body: request.body, channel: channel))
    return try await next(request, context)
  }
}

/// A body that its client sends once it is told that somebody reads it.
private struct AwaitedBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let body: RequestBody
  let channel: any Channel

  func makeAsyncIterator() -> Iterator { Iterator(channel: channel, pieces: body.makeAsyncIterator()) }

  struct Iterator: AsyncIteratorProtocol {
    /// Where the client is told; `nil` once it was.
    var channel: (any Channel)?
    var pieces: RequestBody.AsyncIterator

    mutating func next() async throws -> ByteBuffer? {
      // Fails when the client is gone, which reading then tells.
      channel.take()?.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
      return try await pieces.next()
    }
  }
}
