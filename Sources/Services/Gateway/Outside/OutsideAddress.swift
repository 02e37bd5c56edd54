// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import RPC

/// A request as it looks from outside, before all proxies: which address its sender sees, and where it sits.
struct OutsideAddress: Sendable, Hashable {
  /// `http` or `https`.
  let scheme: String
  /// The host, and the port unless it is the scheme's own, as a browser shows them: `qi.example.org`.
  let authority: String
  /// The address of the client, with its port if that is known: `192.0.2.7:40412`.
  let client: String

  /// The address of the whole gateway, without a slash at its end.
  var base: String { "\(scheme)://\(authority)" }

  /// An authority without the port that its scheme has anyway, in lower case.
  static func plain(_ authority: some StringProtocol, scheme: some StringProtocol) -> String {
    let port = scheme.lowercased() == "https" ? ":443" : ":80"
    let text = authority.lowercased()
    return text.hasSuffix(port) ? String(text.dropLast(port.count)) : text
  }
}

/// How the gateway finds out what a request looks like from outside.
///
/// What `Forwarded` and `X-Forwarded-…` say is believed of proxies that are trusted, by the address of the connection, and of
/// nobody else: whoever sends a request can write these fields.
public struct OutsideView: Sendable, Hashable {
  /// The address that people use; nil for that of each request.
  public var publicURL: PublicURL?
  /// The proxies whose word is taken.
  public var trustedProxies: TrustedProxies?
  /// Whether the gateway's own port has TLS.
  var isSecure = false

  public init(publicURL: PublicURL? = nil, trustedProxies: TrustedProxies? = nil) {
    self.publicURL = publicURL
    self.trustedProxies = trustedProxies
  }

  /// What a request for a page or a JSON call looks like from outside.
  ///
  /// - Parameter peer: the address of the connection.
  func address(of request: HTTPRequest, peer: String) -> OutsideAddress {
    let hop = hop(peer: peer) { name in
      HTTPField.Name(name).map { request.headerFields[values: $0] } ?? []
    }
    let client = Self.client(of: hop, peer: peer)
    if let publicURL {
      return OutsideAddress(scheme: publicURL.scheme, authority: publicURL.authority, client: client)
    }
    let scheme = hop?.scheme ?? (isSecure ? "https" : "http")
    var authority = hop?.host ?? request.authority ?? "127.0.0.1:8080"
    // A proxy that sends the name alone as Host may say its port apart.
    if let port = hop?.port, !Self.hasPort(authority) { authority += ":\(port)" }
    return OutsideAddress(
      scheme: scheme, authority: OutsideAddress.plain(authority, scheme: scheme), client: client)
  }

  /// Where a gRPC call comes from.
  func client(of metadata: Metadata, peer: String) -> String {
    Self.client(of: hop(peer: peer) { metadata.texts($0) }, peer: peer)
  }

  /// What the outermost trusted proxy says; nil when the connection is not from one that is.
  private func hop(peer: String, _ values: (String) -> [String]) -> ForwardedRoute.Hop? {
    guard let trustedProxies, let address = IPAddress(host: peer), trustedProxies.contains(address) else { return nil }
    let hops = ForwardedRoute(values).hops
    // Each proxy names the one whose request it passed on. Who is trusted is a proxy, too, and its word counts.
    var index = hops.count - 1
    while index > 0, let client = IPAddress(host: hops[index].client), trustedProxies.contains(client) { index -= 1 }
    return index >= 0 ? hops[index] : nil
  }

  private static func client(of hop: ForwardedRoute.Hop?, peer: String) -> String {
    // A word that hides the address, or nonsense, is no address.
    guard let hop, IPAddress(host: hop.client) != nil else { return peer }
    return hop.client
  }

  private static func hasPort(_ authority: String) -> Bool {
    guard let colon = authority.lastIndex(of: ":") else { return false }
    return !authority[colon...].contains("]")
  }
}

extension Metadata {
  /// The values of a name that are text.
  fileprivate func texts(_ name: String) -> [String] { Array(all(name)) }
}

/// The proxies before the gateway whose word is taken for where requests come from.
public struct TrustedProxies: Sendable, Hashable {
  private let networks: [IPNetwork]

  /// Reads addresses and networks behind commas: `127.0.0.1, 10.0.0.0/8, fd00::/8`.
  ///
  /// - Returns: nil when one of them is none.
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
    var networks: [IPNetwork] = []
    for part in parts {
      guard let network = IPNetwork(part) else { return nil }
      networks.append(network)
    }
    self.networks = networks
  }

  func contains(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }
}

/// The address at which people find the gateway: a scheme and a host, perhaps with a port.
public struct PublicURL: Sendable, Hashable {
  let scheme: String
  let authority: String

  /// What ``init(_:)`` accepts, for a sentence that says what is not accepted.
  public static let accepted =
    "an address such as https://qi.example.org or http://10.1.2.3:8080: http or https, a host and perhaps a port, "
    + "without a path, as Waymark's pages begin at the top"

  /// Reads `https://qi.example.org`; a slash at the end does no harm.
  ///
  /// - Returns: nil for what is something else, such as an address with a path.
  public init?(_ text: String) {
    guard let mark = text.firstRange(of: "://") else { return nil }
    let scheme = text[..<mark.lowerBound].lowercased()
    var rest = text[mark.upperBound...]
    if rest.last == "/" { rest.removeLast() }
    guard scheme == "http" || scheme == "https", Self.isAuthority(rest) else { return nil }
    self.scheme = scheme
    authority = OutsideAddress.plain(rest, scheme: scheme)
  }

  private static func isAuthority(_ text: Substring) -> Bool {
    var host = text
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]"), IPAddress(text[text.index(after: text.startIndex)..<end]) != nil else {
        return false
      }
      let rest = text[text.index(after: end)...]
      return rest.isEmpty || (rest.first == ":" && isPort(rest.dropFirst()))
    }
    if let colon = text.firstIndex(of: ":") {
      guard isPort(text[text.index(after: colon)...]) else { return false }
      host = text[..<colon]
    }
    return (1...253).contains(host.utf8.count)
      && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty
          && label.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
              || (byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter) || (0x30...0x39).contains(byte)
          }
      }
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int(text).map { (1...65535).contains($0) } ?? false
  }
}
