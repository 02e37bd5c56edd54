// SPDX-License-Identifier: Apache-2.0

/// What proxies say of the way of a request, hop by hop: the first is the one nearest to the client.
///
/// From `X-Forwarded-For`, `-Proto`, `-Host` and `-Port` if there is any of them, or else from `Forwarded` (RFC 7239). A
/// proxy that writes the one passes the other on as the client sent it, and nearly all write the former.
struct ForwardedRoute: Sendable, Hashable {
  struct Hop: Sendable, Hashable {
    /// Whose request the proxy passed on: an address with or without a port, or a word that hides it.
    var client = ""
    /// `http` or `https`; nil when nothing of use is said.
    var scheme: String?
    /// The host, perhaps with a port, that was asked for.
    var host: String?
    /// The port that was asked for.
    var port: Int?
  }

  /// The header fields that tell of it.
  static let fields = [
    "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
  ]

  let hops: [Hop]

  /// - Parameter values: the values of all fields of a name in lower case, in order.
  init(_ values: (String) -> [String]) {
    func list(_ name: String) -> [String] {
      values(name).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { $0.trimmedBlanks }
    }
    let (clients, schemes) = (list("x-forwarded-for"), list("x-forwarded-proto"))
    let (hosts, ports) = (list("x-forwarded-host"), list("x-forwarded-port"))
    let count = [clients, schemes, hosts, ports].map(\.count).max() ?? 0
    guard count > 0 else {
      hops = Self.forwarded(values("forwarded").joined(separator: ",")) ?? []
      return
    }
    // Lists that differ in length have their ends in common: the last value is from the nearest proxy. One that is
    // shorter was written anew on the way, and its first value holds for all before.
    func at(_ list: [String], _ index: Int) -> String? {
      guard !list.isEmpty else { return nil }
      return list[max(0, list.count - (count - index))]
    }
    hops = (0..<count).map { index in
      Hop(
        client: index < count - clients.count ? "" : at(clients, index) ?? "", scheme: Self.scheme(at(schemes, index)),
        host: Self.host(at(hosts, index)),
        port: at(ports, index).flatMap { Int($0) }.flatMap { (1...65535).contains($0) ? $0 : nil })
    }
  }

  private static func scheme(_ text: String?) -> String? {
    guard let text = text?.lowercased(), text == "http" || text == "https" else { return nil }
    return text
  }

  /// A host that may be written on a page: letters, digits and `-._~:[]`.
  private static func host(_ text: String?) -> String? {
    guard let text, (1...255).contains(text.utf8.count) else { return nil }
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._~:[]".utf8.contains(byte)
      }
    }
    return isPlain ? text.lowercased() : nil
  }

  // MARK: Forwarded

  /// Reads `for=192.0.2.60;proto=https;host="qi.example.org:8443", for="[2001:db8::17]:4711"`.
  ///
  /// - Returns: nil for what is not so written.
  private static func forwarded(_ text: String) -> [Hop]? {
    var rest = Substring(text)
    var hops: [Hop] = []
    var hop = Hop()
    func skipBlanks() { rest = rest.drop { $0 == " " || $0 == "\t" } }
    while true {
      skipBlanks()
      let name = rest.prefix { $0 != "=" && $0 != ";" && $0 != "," }
      rest = rest.dropFirst(name.count)
      if rest.first == "=" {
        rest = rest.dropFirst()
        guard let value = value(&rest) else { return nil }
        switch name.lowercased() {
        case "for": hop.client = value
        case "proto": hop.scheme = scheme(value)
        case "host": hop.host = host(value)
        default: break
        }
      } else if !name.trimmedBlanks.isEmpty {
        return nil
      }
      skipBlanks()
      switch rest.first {
      case ";": rest = rest.dropFirst()
      case ",":
        rest = rest.dropFirst()
        hops.append(hop)
        hop = Hop()
      case nil:
        hops.append(hop)
        return hops == [Hop()] ? [] : hops
      default: return nil
      }
    }
  }

  /// A token, or a text in quotation marks in which a backslash stands before what it takes literally.
  private static func value(_ rest: inout Substring) -> String? {
    guard rest.first == "\"" else {
      let token = rest.prefix { !" \t;,\"".contains($0) }
      rest = rest.dropFirst(token.count)
      return String(token)
    }
    rest = rest.dropFirst()
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return value
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        value.append(next)
      default: value.append(character)
      }
    }
    return nil
  }
}

extension StringProtocol {
  /// Without blanks and tabs around it.
  fileprivate var trimmedBlanks: String {
    var text = self[...].drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
