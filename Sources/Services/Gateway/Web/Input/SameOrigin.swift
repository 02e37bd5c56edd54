// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// Refuses forms that a page of another site sends (cross-site request forgery).
///
/// A browser may send a form to any address without asking, but always says from where: in `Sec-Fetch-Site`, and in
/// `Origin` with a POST. A request without either is not from a browser's page and may pass. The JSON and gRPC doors
/// need no such check: a browser asks first (CORS preflight) before it sends their content types elsewhere, and the
/// gateway never allows it.
/// - SeeAlso: W3C Fetch Metadata; RFC 6454, section 7.
enum SameOrigin {
  /// Whether the request comes from a page of this gateway, or from no page.
  ///
  /// The name that the browser used is the request's `Host`, or behind a proxy that puts another there what the proxy
  /// says, or what is set. A page of another site can choose none of them. The scheme is not compared: a proxy that ends TLS
  /// need not say so.
  /// - Parameter outside: what the request looks like from outside.
  static func allows(_ request: HTTPRequest, outside: OutsideAddress) -> Bool {
    if let site = request.headerFields[.secFetchSite] {
      // `none`: the person did it by hand, for example with a bookmark.
      return site == "same-origin" || site == "none"
    }
    guard let origin = request.headerFields[.origin] else { return true }
    guard let mark = origin.firstRange(of: "://") else { return false }
    let scheme = origin[..<mark.lowerBound]
    let authority = OutsideAddress.plain(origin[mark.upperBound...], scheme: scheme)
    return [outside.authority, request.authority].compactMap { $0 }
      .contains { OutsideAddress.plain($0, scheme: scheme) == authority }
  }
}

/// Applies ``SameOrigin`` to every request that changes something.
struct SameOriginMiddleware: RouterMiddleware {
  let outside: OutsideView

  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    if request.method != .get, request.method != .head,
      !SameOrigin.allows(request.head, outside: outside.address(of: request.head, peer: context.peer))
    {
      throw WebFailure(
        .forbidden, "This form came from another site",
        "Waymark takes forms only from its own pages. Open the page here and send it again.")
    }
    return try await next(request, context)
  }
}

extension HTTPField.Name {
  /// Where a request comes from, as the browser sees it.
  ///
  /// The literal is a token, so that there is always a name.
  static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}
