// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import ServiceRuntime

/// Has HTTP/1.1 connections end with their next answer once the gateway is about to stop.
///
/// A proxy that keeps connections then makes a new one for its next request, which it may do anywhere. A request on a
/// connection that is closed in the same moment would be lost. HTTP/2 has GOAWAY for that, which loses nothing at the end.
struct DrainingAnswers: RouterMiddleware {
  let draining: Draining

  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    if draining.hasBegun, !context.isHTTP2 { response.headers[.connection] = "close" }
    return response
  }
}
