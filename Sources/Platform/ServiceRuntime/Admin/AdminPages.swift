// SPDX-License-Identifier: Apache-2.0

/// What the admin port answers.
struct AdminPages: Sendable {
  struct Page: Sendable, Hashable {
    var status: Int
    var contentType = "text/plain; charset=utf-8"
    var body: String
    /// Methods that are accepted, for an answer that says that another is not.
    var allow: String?
  }

  let service: String
  let introspection: Introspection
  let metrics: MetricsRegistry
  let process: ProcessMetrics

  /// - Parameters:
  ///   - path: with or without a query.
  ///   - accept: the `Accept` header; empty if there is none.
  func page(method: String, path: String, accept: String) async -> Page {
    let path = path.prefix { $0 != "?" }
    guard Self.paths.contains(where: { $0.path == path }) else {
      return Page(status: 404, body: "There is no \(path.prefix(100)) here.\n\(Self.list)")
    }
    guard method == "GET" || method == "HEAD" else {
      return Page(status: 405, body: "Only GET and HEAD are answered.\n", allow: "GET, HEAD")
    }
    switch path {
    case "/livez": return Page(status: 200, body: "ok\n")
    case "/readyz":
      if introspection.isReady { return Page(status: 200, body: "ok\n") }
      return Page(status: 503, body: "not serving\(introspection.problem.map { ": \($0)" } ?? "")\n")
    case "/metrics":
      let format = MetricsText(accept: accept)
      return Page(status: 200, contentType: format.contentType, body: format.text(await families()))
    case "/channelz":
      let page = ChannelzPage(
        service: service, servers: await introspection.servers(), clients: await introspection.clients())
      return Page(status: 200, contentType: "application/json", body: page.json)
    default: return Page(status: 200, body: Self.list)
    }
  }

  private func families() async -> [MetricFamily] {
    let servers = ConnectionFamilies.families(of: await introspection.servers())
    let clients = ConnectionFamilies.families(of: await introspection.clients())
    // A name that is counted elsewhere too is shown once.
    var seen: Set<String> = []
    return (process.families + servers + clients + metrics.families).filter { seen.insert($0.name).inserted }
  }

  private static let paths = [
    (path: "/", what: "this list"),
    (path: "/livez", what: "200 while the process answers"),
    (path: "/readyz", what: "200 while calls can be taken, 503 otherwise"),
    (path: "/metrics", what: "counters and histograms, for Prometheus"),
    (path: "/channelz", what: "servers, clients and their connections, in JSON"),
  ]

  private static let list = paths.map { "\($0.path)  \($0.what)\n" }.joined()
}
