// SPDX-License-Identifier: Apache-2.0

/// Where a client's server is.
enum ClientTarget: Sendable, Hashable {
  case network(host: String, port: Int)
  case unixSocket(path: String)

  /// Reads `host:port`, `[v6 address]:port` or `unix:/path`; `nil` for anything else.
  init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = text.dropFirst("unix:".count)
      guard !path.isEmpty else { return nil }
      self = .unixSocket(path: String(path))
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self = .network(host: String(host), port: port)
  }

  /// What the server is called in `:authority`.
  var authority: String {
    switch self {
    case .network(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unixSocket: "localhost"
    }
  }

  /// The name that has to be in the server's certificate; `nil` where the target has none.
  var serverName: String? {
    switch self {
    case .network(let host, _): host
    case .unixSocket: "localhost"
    }
  }
}
