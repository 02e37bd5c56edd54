// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

/// Tells who asks for a page with a method that it does not have which ones it has.
///
/// The router knows only that nothing matched.
/// - SeeAlso: RFC 9110, sections 9.3.7 and 15.5.6.
struct AllowedMethods: RouterMiddleware {
  /// What some page takes.
  static let ofPages = "GET, HEAD, POST, OPTIONS"

  private struct Route {
    /// The parts of the path between its slashes; `nil` for one that may be anything.
    let segments: [String?]
    var methods: Set<String>
  }

  private final class Table: Sendable {
    let routes = Mutex<[Route]>([])
  }

  private let table = Table()

  /// Takes note of what the router has, once it has everything.
  func learn(_ routes: [(path: String, method: HTTPRequest.Method)]) {
    table.routes.withLock { known in
      for (path, method) in routes {
        let segments = path.split(separator: "/").map { part in
          part.hasPrefix("{") || part.hasPrefix(":") || part == "*" ? nil : String(part)
        }
        let methods = Set(method == .get ? ["GET", "HEAD", "OPTIONS"] : [method.rawValue, "OPTIONS"])
        if let index = known.firstIndex(where: { $0.segments == segments }) {
          known[index].methods.formUnion(methods)
        } else {
          known.append(Route(segments: segments, methods: methods))
        }
      }
    }
  }

  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      guard let allow = allowed(at: request.uri.path) else { throw error }
      if request.method == .options { return Response(status: .noContent, headers: [.allow: allow]) }
      throw WebFailure.methodNotAllowed(request.method.rawValue, allow: allow)
    }
  }

  /// The methods of a path; `nil` when there is no such path.
  private func allowed(at path: String) -> String? {
    // The server as a whole.
    if path == "*" { return Self.ofPages }
    let parts = path.split(separator: "/")
    let methods = table.routes.withLock { routes in
      routes.filter { route in
        route.segments.count == parts.count && zip(route.segments, parts).allSatisfy { $0 == nil || $0 == String($1) }
      }.reduce(into: Set<String>()) { $0.formUnion($1.methods) }
    }
    guard !methods.isEmpty else { return nil }
    return ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter(methods.contains).joined(separator: ", ")
  }
}
