// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import RPC
import Testing

@testable import Gateway

@Suite("What a request looks like from outside")
struct OutsideAddressTests {
  private func request(_ fields: [(String, String)], host: String? = "inner:8080") -> HTTPRequest {
    var request = HTTPRequest(method: .post, scheme: "http", authority: host, path: "/api")
    for (name, value) in fields {
      if let name = HTTPField.Name(name) { request.headerFields.append(HTTPField(name: name, value: value)) }
    }
    return request
  }

  private func view(_ trusted: String?, url: String? = nil, isSecure: Bool = false) throws -> OutsideView {
    var view = OutsideView(
      publicURL: try url.map { try #require(PublicURL($0)) },
      trustedProxies: try trusted.map { try #require(TrustedProxies($0)) })
    view.isSecure = isSecure
    return view
  }

  /// One way to the gateway: what came, from where, and what has to be seen.
  struct Way: Sendable, CustomTestStringConvertible {
    let name: String
    var peer = "10.0.0.2:50000"
    var host: String? = "inner:8080"
    let fields: [(String, String)]
    let base: String
    var client = "203.0.113.9"
    var testDescription: String { name }
  }

  static let ways = [
    Way(name: "no field", fields: [], base: "http://inner:8080", client: "10.0.0.2:50000"),
    Way(
      name: "all of X-Forwarded",
      fields: [
        ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "qi.example.org"),
      ], base: "https://qi.example.org"),
    Way(
      name: "from who is not trusted", peer: "198.51.100.1:1",
      fields: [
        ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "qi.example.org"),
        ("Forwarded", "for=203.0.113.9;proto=https;host=qi.example.org"),
      ], base: "http://inner:8080", client: "198.51.100.1:1"),
    Way(
      name: "an address that the client made up, before the one that the proxy saw",
      fields: [("X-Forwarded-For", "127.0.0.1, 10.9.9.9, 203.0.113.9"), ("X-Forwarded-Proto", "https")],
      base: "https://inner:8080"),
    Way(
      name: "two proxies that are trusted",
      fields: [
        ("X-Forwarded-For", "198.51.100.7, 203.0.113.9, 10.0.0.3"), ("X-Forwarded-Proto", "https, http"),
        ("X-Forwarded-Host", "qi.example.org, inner"),
      ], base: "https://qi.example.org"),
    Way(
      name: "two proxies, in two fields of a name",
      fields: [
        ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "10.0.0.3"), ("X-Forwarded-Proto", "https"),
      ], base: "https://inner:8080"),
    Way(
      name: "only proxies on the way", fields: [("X-Forwarded-For", "10.0.0.4,10.0.0.3")],
      base: "http://inner:8080", client: "10.0.0.4"),
    Way(
      name: "a client with a port, by IPv6", fields: [("X-Forwarded-For", "[2001:db8::17]:4711")],
      base: "http://inner:8080", client: "[2001:db8::17]:4711"),
    Way(
      name: "a client by IPv6 without brackets", fields: [("X-Forwarded-For", "2001:db8::17")],
      base: "http://inner:8080", client: "2001:db8::17"),
    Way(
      name: "a word for the client", fields: [("X-Forwarded-For", "unknown"), ("X-Forwarded-Proto", "https")],
      base: "https://inner:8080", client: "10.0.0.2:50000"),
    Way(
      name: "a host without its port, which is said apart",
      host: "qi.example.org", fields: [("X-Forwarded-Proto", "https"), ("X-Forwarded-Port", "8443")],
      base: "https://qi.example.org:8443", client: "10.0.0.2:50000"),
    Way(
      name: "the port that the scheme has anyway",
      fields: [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "QI.example.org:443")],
      base: "https://qi.example.org", client: "10.0.0.2:50000"),
    Way(
      name: "nonsense",
      fields: [
        ("X-Forwarded-For", ",,"), ("X-Forwarded-Proto", "javascript"), ("X-Forwarded-Host", "<b>\"evil\"</b>"),
        ("X-Forwarded-Port", "99999999999999999999"),
      ], base: "http://inner:8080", client: "10.0.0.2:50000"),
    Way(
      name: "Forwarded, with quotation marks and IPv6",
      fields: [
        ("Forwarded", #"for="[2001:db8:cafe::17]:4711";proto=https;by=203.0.113.43;host="qi.example.org:8443""#)
      ],
      base: "https://qi.example.org:8443", client: "[2001:db8:cafe::17]:4711"),
    Way(
      name: "Forwarded of two proxies, with odd blanks and letters",
      fields: [("Forwarded", #"FOR = x"#), ("Forwarded", "for=203.0.113.9")],
      base: "http://inner:8080", client: "10.0.0.2:50000"),
    Way(
      name: "Forwarded of two proxies",
      fields: [
        ("Forwarded", "for=198.51.100.7 ; host=elsewhere"), ("Forwarded", "For=203.0.113.9; Proto=HTTPS, for=10.0.0.3"),
      ], base: "https://inner:8080"),
    Way(
      name: "Forwarded with a comma and a backslash in quotation marks",
      fields: [("Forwarded", #"for="_a,\"b";proto=https"#)], base: "https://inner:8080", client: "10.0.0.2:50000"),
    Way(
      name: "Forwarded that is not well formed", fields: [("Forwarded", #"for="203.0.113.9;proto=https"#)],
      base: "http://inner:8080", client: "10.0.0.2:50000"),
    Way(
      name: "both, of which the proxy wrote the one and the client the other",
      fields: [
        ("Forwarded", "for=198.51.100.7;host=evil.example"), ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-Proto", "https"),
      ], base: "https://inner:8080"),
    Way(
      name: "IPv4 on a port of IPv6", peer: "[::ffff:10.0.0.2]:50000", fields: [("X-Forwarded-For", "203.0.113.9")],
      base: "http://inner:8080"),
    Way(name: "no host at all", host: nil, fields: [], base: "http://127.0.0.1:8080", client: "10.0.0.2:50000"),
  ]

  @Test("the word of proxies that are trusted is taken, and nobody else's", arguments: ways)
  func believed(way: Way) throws {
    let address = try view("10.0.0.0/8").address(of: request(way.fields, host: way.host), peer: way.peer)
    #expect(address.base == way.base)
    #expect(address.client == way.client)
    var metadata = Metadata()
    for (name, value) in way.fields { metadata.add(value, for: name.lowercased()) }
    #expect(try view("10.0.0.0/8").client(of: metadata, peer: way.peer) == way.client)
  }

  @Test("nobody is trusted unless told, and TLS of the port itself shows")
  func noProxies() throws {
    let fields = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-For", "1.2.3.4")]
    #expect(try view(nil).address(of: request(fields), peer: "127.0.0.1:5").base == "http://inner:8080")
    #expect(try view(nil).address(of: request(fields), peer: "127.0.0.1:5").client == "127.0.0.1:5")
    #expect(
      try view(nil, isSecure: true).address(of: request(fields), peer: "127.0.0.1:5").base == "https://inner:8080")
  }

  @Test("a public address goes before everything that requests say, but for where the client is")
  func publicURL() throws {
    let view = try view("127.0.0.1", url: "https://qi.example.org")
    let fields = [("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "elsewhere"), ("X-Forwarded-For", "203.0.113.9")]
    let address = view.address(of: request(fields), peer: "127.0.0.1:5")
    #expect(address.base == "https://qi.example.org")
    #expect(address.client == "203.0.113.9")
  }

  @Test(
    "a form of our own is known behind a proxy that changes the host",
    arguments: [
      ("https://qi.example.org", "127.0.0.1:8080", ["X-Forwarded-Host": "qi.example.org"], nil, true),
      ("https://qi.example.org:8443", "qi.example.org", ["X-Forwarded-Port": "8443"], nil, true),
      ("https://qi.example.org", "waymark", [:], "https://qi.example.org", true),
      ("https://qi.example.org:443", "waymark", [:], "https://qi.example.org/", true),
      ("http://10.1.2.3:8080", "10.1.2.3:8080", [:], "https://qi.example.org", true),
      ("https://qi.example.org", "qi.example.org:443", [:], nil, true),
      ("https://evil.example", "waymark", [:], "https://qi.example.org", false),
      ("https://evil.example", "127.0.0.1:8080", ["X-Forwarded-Host": "qi.example.org"], nil, false),
      ("https://qi.example.org.evil.example", "waymark", [:], "https://qi.example.org", false),
      ("https://qi.example.org:8443", "qi.example.org", [:], nil, false),
    ] as [(String, String, [String: String], String?, Bool)])
  func forms(origin: String, host: String, fields: [String: String], url: String?, isAllowed: Bool) throws {
    var request = request(fields.map { ($0.key, $0.value) }, host: host)
    request.headerFields[.origin] = origin
    let outside = try view("127.0.0.1", url: url).address(of: request, peer: "127.0.0.1:5")
    #expect(SameOrigin.allows(request, outside: outside) == isAllowed)
  }

  @Test(
    "a public address is a scheme and a host",
    arguments: [
      ("https://qi.example.org", "https://qi.example.org"), ("HTTPS://QI.example.org:443/", "https://qi.example.org"),
      ("http://10.1.2.3:8080", "http://10.1.2.3:8080"), ("http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
      ("https://[::1]", "https://[::1]"), ("http://host:80", "http://host"),
      ("qi.example.org", nil), ("https://qi.example.org/waymark", nil), ("ftp://qi.example.org", nil),
      ("https://", nil),
      ("https://user@qi.example.org", nil), ("https://qi.example.org:0", nil), ("https://qi.example.org:99999", nil),
      ("https://qi.example.org?x", nil), ("https://qi..example", nil), ("https://[2001:db8::1", nil),
      ("https://klinik-süd.example", nil), ("https://a b", nil), ("", nil), ("://", nil),
      ("https://qi.example.org:", nil),
    ] as [(String, String?)])
  func publicURLs(text: String, base: String?) {
    let url = PublicURL(text)
    #expect(url.map { "\($0.scheme)://\($0.authority)" } == base)
  }

  @Test(
    "networks hold what begins with the same bits",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.128/25", "192.0.2.200", true),
      ("192.0.2.128/25", "192.0.2.100", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
      ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
      ("::1", "::1", true), ("127.0.0.1", "::ffff:127.0.0.1", true), ("fe80::/10", "fe80::1%eth0", true),
    ])
  func networks(network: String, address: String, isIn: Bool) throws {
    #expect(try #require(IPNetwork(network)).contains(try #require(IPAddress(address))) == isIn)
  }

  @Test(
    "what is no list of networks is refused",
    arguments: [
      "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8", "10.0.0.0/8/8", "localhost", "10.0.0.1,", "::/129",
      "10.0.0.0/",
      "1.2.3.4 5.6.7.8",
    ])
  func noNetworks(text: String) {
    #expect(TrustedProxies(text) == nil)
  }
}
