// SPDX-License-Identifier: Apache-2.0

/// The services of a stack, in the order in which they can start: each after those that it calls.
enum ServiceName: String, CaseIterable, Sendable {
  case people, projects, measurement, gateway

  /// The services that this one calls, whose addresses it must be told.
  var peers: [ServiceName] {
    switch self {
    case .people: []
    case .projects: [.people]
    case .measurement: [.projects]
    case .gateway: [.people, .projects, .measurement]
    }
  }

  /// Whether the service keeps a store, and so must be told where.
  var keepsData: Bool { self != .gateway }
}

/// Where a service listens, as it says in its ready line: `127.0.0.1:50051` or `[::1]:50051`.
struct ServiceAddress: Sendable, Hashable, CustomStringConvertible {
  let host: String
  let port: Int

  var description: String { "\(host):\(port)" }

  /// The address for who is on this machine: one that means all of the machine's addresses is none to connect to.
  var reachable: String {
    switch host {
    case "0.0.0.0": "127.0.0.1:\(port)"
    case "[::]": "[::1]:\(port)"
    default: description
    }
  }

  /// Whether only this machine can reach it.
  var isLoopback: Bool { host.hasPrefix("127.") || host == "[::1]" || host == "localhost" }

  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65535).contains(port), colon != text.startIndex
    else { return nil }
    self.host = String(text[..<colon])
    self.port = port
  }

  /// The address in a line such as `people ready: 127.0.0.1:50051`; nil when the line says something else.
  init?(readyLine line: String, of name: ServiceName) {
    let prefix = "\(name.rawValue) ready: "
    guard line.hasPrefix(prefix) else { return nil }
    self.init(String(line.dropFirst(prefix.count)))
  }
}
