// SPDX-License-Identifier: Apache-2.0

/// Where a client's servers are.
struct ClientTarget: Sendable, Hashable {
  /// What the target stands for.
  enum Place: Sendable, Hashable {
    /// Every address that the name has.
    case name(host: String, port: Int)
    /// These addresses, which need no resolving.
    case addresses([Address])
    case unixSocket(path: String)
  }

  /// A numeric address with a port.
  struct Address: Sendable, Hashable {
    let host: String
    let port: Int
  }

  let place: Place
  /// The target as it was given.
  let text: String

  /// The forms that a target may have.
  static let forms = "host:port, dns:///host:port, ipv4:address:port, ipv6:[address]:port, unix:/path"

  /// Reads a target; `nil` for what is none.
  ///
  /// - `host:port` or `dns:///host:port`, a v6 address in brackets;
  /// - `ipv4:address:port` or `ipv6:[address]:port`, several behind commas;
  /// - `unix:path` or `unix:///absolute/path`.
  init?(_ text: String) {
    self.text = text
    if let rest = Self.rest(of: text, behind: "unix:") {
      let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
      guard !path.isEmpty, !path.utf8.contains(0), path.utf8.count < 100 else { return nil }
      place = .unixSocket(path: String(path))
    } else if let rest = Self.rest(of: text, behind: "ipv4:") {
      guard let addresses = Self.addresses(rest, isV6: false) else { return nil }
      place = .addresses(addresses)
    } else if let rest = Self.rest(of: text, behind: "ipv6:") {
      guard let addresses = Self.addresses(rest, isV6: true) else { return nil }
      place = .addresses(addresses)
    } else {
      var rest = text[...]
      if let name = Self.rest(of: text, behind: "dns:") {
        // An authority, the server to ask, is not supported: the system's resolver knows whom to ask.
        guard !name.hasPrefix("//") || name.hasPrefix("///") else { return nil }
        rest = name.hasPrefix("///") ? name.dropFirst(3) : name
      }
      guard let address = Self.address(rest) else { return nil }
      place = .name(host: address.host, port: address.port)
    }
  }

  private static func rest(of text: String, behind scheme: String) -> Substring? {
    text.hasPrefix(scheme) ? text.dropFirst(scheme.count) : nil
  }

  private static func addresses(_ list: Substring, isV6: Bool) -> [Address]? {
    var addresses: [Address] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let address = address(part), address.host.contains(":") == isV6 else { return nil }
      addresses.append(address)
    }
    return addresses
  }

  private static func address(_ text: Substring) -> Address? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "/") }) else { return nil }
    return Address(host: String(host), port: port)
  }

  /// What the server is called in `:authority`.
  var authority: String {
    switch place {
    case .name(let host, let port): Self.authority(host, port)
    case .addresses(let addresses): addresses.first.map { Self.authority($0.host, $0.port) } ?? text
    case .unixSocket: "localhost"
    }
  }

  private static func authority(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// The name that has to be in the server's certificate; `nil` where the address has to be.
  var serverName: String? {
    switch place {
    case .name(let host, _): host
    case .addresses: nil
    case .unixSocket: "localhost"
    }
  }
}
