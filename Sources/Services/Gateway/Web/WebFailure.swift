// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Something that a reader of a page is told in its place, with an HTTP status.
struct WebFailure: Error, Sendable, Hashable {
  let status: HTTPResponse.Status
  let heading: String
  let sentences: [String]
  /// The methods that would be taken, for the header `Allow`.
  var allow: String?

  init(_ status: HTTPResponse.Status, _ heading: String, _ sentences: String...) {
    self.status = status
    self.heading = heading
    self.sentences = sentences
  }

  static let noSuchPage = WebFailure(
    .notFound, "There is nothing at this address",
    "Check the link: the page may have been moved, or the address may be mistyped.")

  /// The answer to a method that a page does not have.
  static func methodNotAllowed(_ method: String, allow: String) -> WebFailure {
    var failure = WebFailure(
      .methodNotAllowed, "This page cannot be asked for that way", "It was asked for with \(method); it takes \(allow)."
    )
    failure.allow = allow
    return failure
  }

  /// The answer to a client that is gone: nobody reads it, but metrics count it, and not as an error of ours.
  static let clientGone = WebFailure(.clientClosedRequest, "The request was given up", "Nobody waits for its answer.")

  /// What a reader is told about an error, whatever its type.
  init(_ error: any Error, logger: Logger) {
    switch error {
    case let failure as WebFailure:
      self = failure
    case let refusal as HTTP1Refusal:
      self = WebFailure(
        HTTPResponse.Status(code: refusal.code), "The request cannot be read", refusal.sentence)
    case let failure as any BackendFailureConvertible:
      self = failure.webFailure
    case let error as HTTPError where error.status == .notFound:
      self = .noSuchPage
    case let error as any HTTPResponseError:
      self = WebFailure(error.status, error.status.reasonPhrase, "The request cannot be answered.")
    default:
      logger.error("A page failed", metadata: ["error": "\(error)"])
      self = WebFailure(
        .internalServerError, "Something went wrong here",
        "This is not your fault, and nothing was half saved. Whoever runs Waymark finds the details in the gateway’s log."
      )
    }
  }
}

/// An error of a backend that can be told on a page.
protocol BackendFailureConvertible: Error {
  var webFailure: WebFailure { get }
}

/// Turns what a page throws into a page that says so.
struct FailurePages<Context: RequestContext>: RouterMiddleware {
  let templates: Templates

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      let response = try await next(request, context)
      // A page that was given up half-way, because nobody waits for it, has not failed.
      return response.status.code >= 500 && Task.isCancelled ? givenUp(request, context) : response
    } catch {
      if Task.isCancelled || ClientGone.isMeant(by: error) { return givenUp(request, context) }
      return page(of: WebFailure(error, logger: context.logger))
    }
  }

  private func givenUp(_ request: Request, _ context: Context) -> Response {
    context.logger.info("A client went away before it had its answer", metadata: ["path": "\(request.uri.path)"])
    return page(of: .clientGone)
  }

  private func page(of failure: WebFailure) -> Response {
    let view = FailureView(statusCode: failure.status.code, heading: failure.heading, sentences: failure.sentences)
    var response = Response.page(templates.render(view), status: failure.status)
    if let allow = failure.allow { response.headers[.allow] = allow }
    return response
  }
}

extension HTTPResponse.Status {
  /// What proxies and gRPC's mapping to HTTP say of a request whose client went away.
  static let clientClosedRequest = HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
}

extension Response {
  /// An HTML page that no cache keeps.
  static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// Sends the browser on with a GET, after a form was taken.
  static func seeOther(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
  }
}
