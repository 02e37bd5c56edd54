// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// Tells browsers what pages of the gateway may do.
///
/// Scripts run only from the gateway's own files, so that text which slipped through escaping could not act. Styles
/// may also stand in the page: a chart brings its style sheet and its style attributes inside its `<svg>`, drawn by
/// another process that cannot know a nonce of this answer, and the same drawing is also saved as a file of its own.
/// What style alone could do is bounded by the rest: nothing is loaded from elsewhere (no `url()` leaves the origin),
/// no form is sent elsewhere, and nobody frames the page.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
  static var contentSecurityPolicy: String {
    [
      "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self'",
      "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.xContentTypeOptions] = "nosniff"
    if response.headers[.contentType]?.hasPrefix("text/html") == true {
      response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
      for (name, value) in Self.pageHeaders { response.headers[name] = value }
    }
    return response
  }

  private static var pageHeaders: [(HTTPField.Name, String)] {
    [
      ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
      ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
  }
}
