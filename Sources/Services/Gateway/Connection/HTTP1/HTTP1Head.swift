// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A request's head as the rest of the gateway takes it, and what it says of its connection.
///
/// What is ambiguous is refused, above all where a body ends: a proxy before the gateway may have read it differently
/// (RFC 9112, section 11.2).
struct HTTP1Head {
  /// What follows from `Upgrade` for the decoder.
  enum Upgrade {
    case none
    /// The decoder stops behind this request.
    case certain
    /// The decoder may stop behind this request: the fields are not as RFC 9110 has them.
    case possible
  }

  let request: HTTPRequest
  /// Whether the request came with HTTP/1.0, whose client knows neither chunks nor interim responses.
  let isOld: Bool
  /// Whether the connection goes on after the answer (RFC 9112, section 9.3).
  let persists: Bool
  /// Whether the client waits to be told that its body is wanted.
  let awaitsContinue: Bool
  let upgrade: Upgrade

  /// - Throws: what is refused, in a sentence.
  init(_ head: HTTPRequestHead, isSecure: Bool) throws(HTTP1Refusal) {
    var options = ConnectionOptions()
    var (host, hosts): (String?, Int) = (nil, 0)
    var (hasLength, hasUpgrade, expects): (Bool, Bool, Bool) = (false, false, false)
    var coding: String?
    var fields = HTTPFields()
    fields.reserveCapacity(head.headers.count)
    let isOld = head.version.minor == 0
    for (name, value) in head.headers {
      switch name.utf8.count {
      case 4 where name.isSame("host"):
        hosts += 1
        host = host ?? value
        continue
      case 6 where name.isSame("expect"):
        // RFC 9110, section 10.1.1: not from an HTTP/1.0 client.
        if isOld { continue }
        expects = true
      case 7 where name.isSame("upgrade"): hasUpgrade = true
      case 10 where name.isSame("connection"): options.add(value)
      case 14 where name.isSame("content-length"): hasLength = true
      case 17 where name.isSame("transfer-encoding"): coding = coding.map { $0 + "," + value } ?? value
      default: break
      }
      guard let name = HTTPField.Name(name) else { throw HTTP1Refusal(HTTPParserError.invalidHeaderToken) }
      fields.append(HTTPField(name: name, value: value))
    }
    try Self.checkFraming(coding, hasLength: hasLength, isOld: isOld)
    guard hosts <= 1 else { throw HTTP1Refusal(.badRequest, "Host is there \(hosts) times; one is needed.") }
    guard hosts == 1 || isOld else { throw HTTP1Refusal(.badRequest, "Host is missing, which HTTP/1.1 needs.") }
    if let host, !Self.isAuthority(host) {
      throw HTTP1Refusal(.badRequest, "Host is not a name or address with a port.")
    }
    let target = try Target(head, host: host)
    guard let method = try? HTTPRequest.Method(head.method) else { throw HTTP1Refusal(HTTPParserError.invalidMethod) }
    request = HTTPRequest(
      method: method, scheme: isSecure ? "https" : "http", authority: target.authority, path: target.path,
      headerFields: fields)
    self.isOld = isOld
    persists = !options.hasClose && (!isOld || options.hasKeepAlive)
    awaitsContinue = expects && (hasLength || coding != nil)
    upgrade = !hasUpgrade ? .none : options.hasUpgrade && options.isPlain ? .certain : .possible
  }

  /// Refuses a body whose end is not certain.
  private static func checkFraming(_ coding: String?, hasLength: Bool, isOld: Bool) throws(HTTP1Refusal) {
    guard let coding else { return }
    guard !hasLength else { throw HTTP1Refusal(HTTPParserError.unexpectedContentLength) }
    guard !isOld else {
      throw HTTP1Refusal(.badRequest, "Transfer-Encoding came with HTTP/1.0, which does not have it.")
    }
    guard coding.trimmedBlanks.isSame("chunked") else {
      throw HTTP1Refusal(.notImplemented, "Transfer-Encoding is not “chunked”, the only one that is taken.")
    }
  }

  /// Whether a text can be a host with or without a port; an empty one stands for no host.
  fileprivate static func isAuthority(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      // What names, percent-encoded names, addresses in brackets and their zones have besides.
      case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"),
        UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
        UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="):
        true
      default: false
      }
    }
  }

  /// What a request asks for: RFC 9112, section 3.2.
  private struct Target {
    let path: String
    let authority: String?

    init(_ head: HTTPRequestHead, host: String?) throws(HTTP1Refusal) {
      if head.method == .CONNECT {
        throw HTTP1Refusal(
          .methodNotAllowed, "This is not a proxy: CONNECT is not taken.", allow: AllowedMethods.ofPages)
      }
      let uri = head.uri
      guard uri.utf8.first != UInt8(ascii: "/") else {
        (path, authority) = (uri, host)
        return
      }
      if uri == "*", head.method == .OPTIONS {
        (path, authority) = (uri, host)
        return
      }
      guard let mark = uri.firstRange(of: "://"), ["http", "https"].contains(uri[..<mark.lowerBound].lowercased())
      else {
        throw HTTP1Refusal(HTTPParserError.invalidURL)
      }
      let rest = uri[mark.upperBound...]
      let name = rest.prefix { !"/?#".contains($0) }
      guard !name.isEmpty, HTTP1Head.isAuthority(String(name)) else { throw HTTP1Refusal(HTTPParserError.invalidURL) }
      let after = rest.dropFirst(name.count).prefix { $0 != "#" }
      // The host of the target counts, whatever `Host` says.
      (path, authority) = (after.hasPrefix("/") ? String(after) : "/" + after, String(name))
    }
  }
}

/// The options of all lines of `Connection`: RFC 9110, section 7.6.1.
struct ConnectionOptions {
  private(set) var hasClose = false
  private(set) var hasKeepAlive = false
  private(set) var hasUpgrade = false
  /// Whether there is nothing in the lines but options, commas and single spaces.
  private(set) var isPlain = true

  /// Adds the options of a line.
  mutating func add(_ line: String) {
    for part in line.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let option = part.trimmedBlanks
      if option.isEmpty || part.count - option.count > 1 || part.contains(UInt8(ascii: "\t")) { isPlain = false }
      if option.contains(UInt8(ascii: " ")) { isPlain = false }
      switch option.count {
      case 5 where option.isSame("close"): hasClose = true
      case 10 where option.isSame("keep-alive"): hasKeepAlive = true
      case 7 where option.isSame("upgrade"): hasUpgrade = true
      default: break
      }
    }
  }
}

extension BidirectionalCollection<UInt8> {
  /// Without spaces and tabs at both ends.
  var trimmedBlanks: SubSequence {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var rest = drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return rest
  }
}

extension Collection<UInt8> {
  /// Whether the bytes are those of an ASCII text in lower case, in any case of letters.
  func isSame(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      zip(self, text).allSatisfy { byte, expected in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 == expected : byte == expected
      }
    }
  }
}

extension String {
  /// Without spaces and tabs at both ends.
  var trimmedBlanks: Substring.UTF8View { utf8.trimmedBlanks }

  /// Whether the text is that ASCII text in lower case, in any case of letters.
  func isSame(_ text: StaticString) -> Bool { utf8.isSame(text) }
}
