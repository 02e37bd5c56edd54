// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Metrics
import Synchronization

/// Measures how long pages take, by route, method and status, under the name of OpenTelemetry's convention for HTTP.
///
/// From the request's head to the page being there to be sent. A route is as it was declared, such as `/projects/{id}`,
/// and a method that is none of HTTP's own counts as `_OTHER`, so that nobody outside makes up labels.
struct PageMetrics: RouterMiddleware {
  private struct Key: Hashable {
    let route: String
    let method: String
    let status: Int
  }

  /// Timers that were made, each of which is looked up once.
  private final class Timers: Sendable {
    let made = Mutex<[Key: Metrics.Timer]>([:])
  }

  private let factory: any MetricsFactory
  private let timers = Timers()

  init(factory: any MetricsFactory) { self.factory = factory }

  private static let methods: Set<HTTPRequest.Method> = [
    .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
  ]

  func handle(
    _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let method = Self.methods.contains(request.method) ? request.method.rawValue : "_OTHER"
    do {
      let response = try await next(request, context)
      record(
        Key(route: context.endpointPath ?? "other", method: method, status: response.status.code), since: start)
      return response
    } catch {
      let status = (error as? any HTTPResponseError)?.status.code ?? 500
      record(Key(route: context.endpointPath ?? "other", method: method, status: status), since: start)
      throw error
    }
  }

  private func record(_ key: Key, since start: ContinuousClock.Instant) {
    let timer = timers.made.withLock { made in
      if let timer = made[key] { return timer }
      let timer = Metrics.Timer(
        label: "http.server.request.duration",
        dimensions: [
          ("http.route", key.route), ("http.request.method", key.method),
          ("http.response.status_code", String(key.status)),
        ], factory: factory)
      made[key] = timer
      return timer
    }
    timer.record(duration: start.duration(to: .now))
  }
}
