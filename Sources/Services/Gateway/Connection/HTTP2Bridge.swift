// SPDX-License-Identifier: Apache-2.0

import HTTP2
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Gives requests that came over HTTP/2, and are no gRPC calls, to the router that serves HTTP/1.1.
struct HTTP2Bridge<Responder: HTTPResponder>: Sendable where Responder.Context == GatewayContext {
  let responder: Responder
  let logger: Logger

  func respond(to request: HTTP2Request) async -> HTTP2Response {
    guard let translated = Request(request) else {
      return HTTP2Response(
        status: 400, headers: [("content-type", "text/plain")], body: .bytes(ByteBuffer(string: "Not a method.\n")))
    }
    do {
      let context = GatewayContext(logger: logger, peer: request.peer)
      return HTTP2Response(try await responder.respond(to: translated, context: context), to: request.method)
    } catch {
      logger.error("A request failed", metadata: ["path": "\(request.path)", "error": "\(error)"])
      return HTTP2Response(status: 500)
    }
  }
}

extension Request {
  /// - Returns: `nil` when the method is no token.
  init?(_ request: HTTP2Request) {
    guard let method = HTTPRequest.Method(rawValue: request.method) else { return nil }
    var fields = HTTPFields()
    for (name, value) in request.headers {
      // A name that HTTP does not allow cannot mean anything to a page.
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    let head = HTTPRequest(
      method: method, scheme: request.scheme, authority: request.authority.isEmpty ? nil : request.authority,
      path: request.path, headerFields: fields)
    self.init(head: head, body: RequestBody(asyncSequence: request.body))
  }
}

extension HTTP2Response {
  init(_ response: Response, to method: String) {
    // RFC 9113, section 8.2.2: what is said about an HTTP/1.1 connection means nothing here.
    let headers = response.headers.compactMap { field in
      field.name == .connection ? nil : (name: field.name.canonicalName, value: field.value)
    }
    let body = response.body
    let hasNoBody = method == "HEAD" || body.contentLength == 0
    self.init(
      status: response.status.code, headers: headers,
      body: hasNoBody ? .none : .stream { try await body.write(BridgedBodyWriter(writer: $0)) })
  }
}

/// Writes the body of a page to an HTTP/2 stream.
private struct BridgedBodyWriter: ResponseBodyWriter {
  let writer: HTTP2BodyWriter

  mutating func write(_ buffer: ByteBuffer) async throws {
    try await writer.write(buffer)
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    // The stream ends when the closure that owns this writer returns. No page has trailers.
  }
}
