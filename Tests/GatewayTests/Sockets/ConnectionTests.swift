// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Gateway

@Suite("HTTP/1 connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
  /// A request for the health page behind which the gateway closes.
  static let last = "GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n"

  private static let page = "/projects/new"

  @Test("a request for another protocol is answered in this one, and the next on the connection too")
  func upgrades() async throws {
    try await withGateway(people: World.people, projects: World.project) { port in
      let json = "{\"id\":\"t7\"}"
      let requests = [
        // What curl --http2 and Java's client send of themselves.
        "GET /healthz HTTP/1.1\nHost: x\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABk\n\n",
        // A browser's way to a web socket.
        "GET /healthz HTTP/1.1\nHost: x\nConnection: keep-alive, Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nconnection: keep-alive\nconnection: UPGRADE\nupgrade: a/1, b/2\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nUpgrade: h2c\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nConnection: upgrade\n\n",
        "HEAD /healthz HTTP/1.1\nHost: x\nConnection: upgrade\nUpgrade: h2c\n\n",
        // With a body, by its length and in chunks.
        "POST /waymark.people.v1.TeamService/GetTeam HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: h2c\n"
          + "Content-Type: application/json\nContent-Length: \(json.utf8.count)\n\n\(json)",
        "POST /waymark.people.v1.TeamService/GetTeam HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: h2c\n"
          + "Content-Type: application/json\nTransfer-Encoding: chunked\n\n4\n{\"id\n7\n\":\"t7\"}\n0\n\n",
      ]
      for request in requests {
        let heads: Set<Int> = request.hasPrefix("HEAD") ? [0] : []
        let answers = try await RawSocket.answers(to: request + Self.last, from: port, heads: heads)
        // One whose fields are not as they should be may have the connection end with it, and then says so.
        let isClosed = answers.first?.headers["connection"] == "close"
        #expect(answers.map(\.status) == (isClosed ? [200] : [200, 200]), "\(request)\n\(answers)")
        if request.contains("Connection: Upgrade") { #expect(!isClosed, "\(request)") }
      }
      // A request in pieces behind one that asked for an upgrade, and ten in a row.
      let halves = [requests[0] + "GET /hea", "lthz HTTP/1.1\nHost: x\nConnection: close\n\n"]
        .map { $0.replacingOccurrences(of: "\n", with: "\r\n") }
      let pieces = RawSocket.parse(try await GatewayServerTests.send(halves, to: port))
      #expect(pieces.map(\.status) == [200, 200])
      let many = try await RawSocket.answers(
        to: String(repeating: requests[1], count: 10) + Self.last, from: port)
      #expect(many.map(\.status) == Array(repeating: 200, count: 11))
    }
  }

  @Test("a connection ends when the client says so, in whatever way, and says so itself")
  func closing() async throws {
    try await withGateway { port in
      let closing = [
        "GET /healthz HTTP/1.0\n\n",
        "GET /healthz HTTP/1.0\nConnection: close, keep-alive\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nConnection: Close\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nConnection: TE, close\nTE: trailers\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nConnection: keep-alive\nConnection:   CLOSE  \n\n",
        "GET /healthz HTTP/1.1\nHost: x\nConnection: close,\n\n",
        "GET /nowhere HTTP/1.0\nConnection: foo\n\n",
      ]
      for request in closing {
        // What comes behind it is not looked at.
        let answers = try await RawSocket.answers(to: request + Self.last, from: port)
        #expect(answers.count == 1 && answers.first?.headers["connection"] == "close", "\(request)\n\(answers)")
      }
      let lasting = [
        "GET /healthz HTTP/1.0\nConnection: Keep-Alive\n\n",
        "GET /healthz HTTP/1.0\nConnection: foo\nConnection: bar, KEEP-ALIVE\n\n",
      ]
      for request in lasting {
        let answers = try await RawSocket.answers(to: request + request + Self.last, from: port)
        #expect(answers.map(\.status) == [200, 200, 200], "\(answers)")
        #expect(answers.first?.headers["connection"] == "keep-alive", "\(answers)")
      }
      let quiet = try await RawSocket.answers(
        to: "GET /healthz HTTP/1.1\nHost: x\nConnection: closed, xclose\n\n" + Self.last, from: port)
      #expect(quiet.map(\.status) == [200, 200] && quiet.first?.headers["connection"] == nil)
    }
  }

  @Test("where a body ends is never guessed")
  func framing() async throws {
    try await withGateway(people: World.people) { port in
      let start = "POST /waymark.people.v1.TeamService/GetTeam HTTP/1.1\nHost: x\nContent-Type: application/json\n"
      let refused: [(String, Int, String)] = [
        ("Content-Length: 2\nContent-Length: 2\n\n{}", 400, "Content-Length is there twice"),
        ("Content-Length: 2\nContent-Length: 3\n\n{}x", 400, "Content-Length is there twice"),
        ("Content-Length: 2\nTransfer-Encoding: chunked\n\n0\n\n", 400, ""),
        ("Transfer-Encoding: chunked\nContent-Length: 2\n\n0\n\n", 400, "together with Transfer-Encoding"),
        ("Content-Length: 2, 2\n\n{}", 400, "Content-Length is not a number"),
        ("Content-Length: +2\n\n{}", 400, "Content-Length is not a number"),
        ("Content-Length: 0x2\n\n{}", 400, "Content-Length is not a number"),
        ("Content-Length: 99999999999999999999\n\n{}", 400, "Content-Length is not a number"),
        ("Transfer-Encoding: gzip, chunked\n\n0\n\n", 501, "the only one that is taken"),
        ("Transfer-Encoding: chunked, chunked\n\n0\n\n", 0, ""),
        ("Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n", 0, ""),
        ("Transfer-Encoding: identity\n\n{}", 0, ""),
        ("Transfer-Encoding : chunked\n\n0\n\n", 400, "characters that HTTP does not allow"),
        ("Transfer-Encoding: xchunked\n\n0\n\n", 0, ""),
        ("Content-Length: 2\n X: folded\n\n{}", 400, ""),
      ]
      for (fields, status, words) in refused {
        let answers = try await RawSocket.answers(to: start + fields + Self.last, from: port)
        #expect(answers.count == 1 && answers.first?.headers["connection"] == "close", "\(fields)\n\(answers)")
        let isRefused = status == 0 ? [400, 501].contains(answers.first?.status) : answers.first?.status == status
        #expect(
          isRefused && answers.first.map { words.isEmpty || $0.body.contains(words) } == true, "\(fields)\n\(answers)")
      }
      let old = try await RawSocket.answers(
        to: "POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n" + Self.last, from: port)
      #expect(old.map(\.status) == [400])
      // A body that turns out wrong is refused by who reads it, and nothing behind it is taken for a request.
      for chunks in ["zz\n{}\n0\n\n", "2\n{}XX\n0\n\n", "-1\n\n", "fffffffffffffffff\n{}\n"] {
        let answers = try await RawSocket.answers(
          to: start + "Transfer-Encoding: chunked\n\n" + chunks + Self.last, from: port)
        #expect(answers.map(\.status) == [400], "\(chunks)\n\(answers)")
      }
    }
  }

  @Test("what is not a request is refused in a sentence, after the requests before it")
  func refusals() async throws {
    try await withGateway { port in
      let good = "GET /healthz HTTP/1.1\nHost: x\n\n"
      let long = String(repeating: "x", count: 70_000)
      let refused: [(String, Int, String)] = [
        ("GET / HTTP/1.1\n\n", 400, "Host is missing"),
        ("GET / HTTP/1.1\nHost: a\nHost: b\n\n", 400, "Host is there 2 times"),
        ("GET / HTTP/1.1\nHost: a, b\n\n", 400, "Host is not a name"),
        ("GET / HTTP/1.1\nHost: a/b\n\n", 400, "Host is not a name"),
        ("GET / HTTP/1.1\nHost: me@a\n\n", 400, "Host is not a name"),
        ("get / HTTP/1.1\nHost: x\n\n", 400, "method of HTTP"),
        ("BREW /pot HTTP/1.1\nHost: x\n\n", 400, "method of HTTP"),
        ("CONNECT x:443 HTTP/1.1\nHost: x:443\n\n", 405, "not a proxy"),
        ("GET * HTTP/1.1\nHost: x\n\n", 400, "not an address"),
        ("GET ftp://x/ HTTP/1.1\nHost: x\n\n", 400, "not an address"),
        ("GET http:///x HTTP/1.1\nHost: x\n\n", 400, ""),
        ("GET / HTTP/2.0\nHost: x\n\n", 505, "neither HTTP/1.1 nor"),
        ("GET / HTTP/3.7\nHost: x\n\n", 505, ""),
        ("GET / HTTP/1.1\nHost: x\nX-Long: \(long)\n\n", 431, "65536 bytes"),
        ("GET /\(long) HTTP/1.1\nHost: x\n\n", 431, "65536 bytes"),
        ("GET / HTTP/1.1\nHost: x\n" + String(repeating: "a: b\n", count: 1001) + "\n", 431, "1000 fields"),
        ("GET / HTTP/1.1\nHost: x\nX-Bad: a\u{0}b\n\n", 400, "does not allow"),
        ("GET / HTTP/1.1\nHost: x\nX Bad: a\n\n", 400, "does not allow"),
        ("GET / HTTP/1.1\nHost: x\n: a\n\n", 400, ""),
        ("GET / HTTP/1.1\nHost: x\nno colon\n\n", 400, ""),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\n\n", 400, ""),
      ]
      for (request, status, words) in refused {
        let answers = try await RawSocket.answers(to: good + request + Self.last, from: port)
        #expect(answers.map(\.status) == [200, status], "\(request.prefix(80))\n\(answers)")
        #expect(
          answers.last.map { words.isEmpty || $0.body.contains(words) } == true, "\(request.prefix(80))\n\(answers)")
        #expect(answers.last?.headers["connection"] == "close")
      }
      #expect(
        try await RawSocket.answers(to: refused[7].0, from: port).first?.headers["allow"]?.contains("GET") == true)
      // And nobody else is harmed.
      #expect(try await RawSocket.answers(to: Self.last, from: port).map(\.status) == [200])
    }
  }

  @Test("requests of every honest form are served, one after another on one connection")
  func forms() async throws {
    try await withGateway(people: World.people, projects: World.project) { port in
      let cookie = String(repeating: "c", count: 60_000)
      let requests = [
        "GET http://elsewhere.example:81/healthz HTTP/1.1\nHost: x\n\n",
        "GET HTTP://x/healthz HTTP/1.1\nHost: x\n\n",
        "GET /healthz HTTP/1.1\nHost:\n\n",
        "GET /healthz HTTP/1.1\nHost: [::1]:8080\n\n",
        "GET /healthz?q=%20 HTTP/1.1\nHost: x\nCookie: \(cookie)\n\n",
        "GET /healthz HTTP/1.1\nHost: x\nTE: trailers\nConnection: TE\n\n",
        "POST /waymark.people.v1.TeamService/GetTeam HTTP/1.1\nHost: x\nContent-Type: application/json\n"
          + "Transfer-Encoding: Chunked\nTrailer: X-Sum\n\nb;name=value\n{\"id\":\"t7\"}\n0\nX-Sum: 7\n\n",
        "\nGET /healthz HTTP/1.1\nHost: x\n\n",
      ]
      let answers = try await RawSocket.answers(to: requests.joined() + Self.last, from: port)
      #expect(answers.map(\.status) == Array(repeating: 200, count: requests.count + 1), "\(answers)")
      // The host of the target counts, which a page shows.
      let shown = try await RawSocket.answers(
        to: "GET http://qi.example:81/api HTTP/1.1\nHost: x\nConnection: close\n\n", from: port)
      #expect(shown.first?.body.contains("http://qi.example:81/") == true)
    }
  }

  @Test("an answer to HEAD has no body, whatever the answer, and the next request is answered")
  func head() async throws {
    try await withGateway { port in
      for path in ["/", "/nowhere", "/projects/new", "/waymark.people.v1.TeamService/GetTeam", "/assets/style-0.css"] {
        let answers = try await RawSocket.answers(
          to: "HEAD \(path) HTTP/1.1\nHost: x\n\n" + Self.last, from: port, heads: [0])
        #expect(answers.count == 2 && answers.last?.body == "ok\n", "\(path)\n\(answers)")
        #expect(answers.first?.headers["transfer-encoding"] == nil)
      }
    }
  }

  @Test("a method that an address does not have is told which ones it has")
  func methods() async throws {
    try await withGateway { port in
      let table: [(String, String, Int, String?)] = [
        ("PUT", "/", 405, "GET, HEAD, OPTIONS"),
        ("DELETE", "/projects/p1", 405, "GET, HEAD, OPTIONS"),
        ("GET", "/projects", 405, "POST, OPTIONS"),
        ("TRACE", "/healthz", 405, "GET, HEAD, OPTIONS"),
        ("PROPFIND", "/measures/m1/import", 405, "GET, HEAD, POST, OPTIONS"),
        ("OPTIONS", "/measures/m1/import", 204, "GET, HEAD, POST, OPTIONS"),
        ("OPTIONS", "*", 204, "GET, HEAD, POST, OPTIONS"),
        ("OPTIONS", "/nowhere", 404, nil),
        ("PUT", "/nowhere", 404, nil),
        ("GET", "/waymark.people.v1.TeamService/GetTeam", 405, "POST, OPTIONS"),
        ("OPTIONS", "/waymark.people.v1.TeamService/GetTeam", 204, "POST, OPTIONS"),
      ]
      for (method, path, status, allow) in table {
        let h1 = try await RawSocket.answers(
          to: "\(method) \(path) HTTP/1.1\nHost: x\nConnection: close\n\n", from: port)
        #expect(h1.map(\.status) == [status] && h1.first?.headers["allow"] == allow, "\(method) \(path): \(h1)")
        guard path != "*" else { continue }
        let h2 = try await ForeignProgram.curl(
          "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code} %header{allow}", "-X", method,
          "http://127.0.0.1:\(port)\(path)")
        #expect(h2.output == "\(status) \(allow ?? "")", "\(method) \(path)")
      }
    }
  }

  @Test("who expects 100-continue is asked for the body when it is wanted, or has the answer at once")
  func expectations() async throws {
    try await withGateway(people: World.people, projects: World.project) { port in
      let call = "POST /waymark.people.v1.TeamService/GetTeam HTTP/1.1\nHost: x\nContent-Type: application/json\n"
      let body = "Content-Length: 11\n\n{\"id\":\"t7\"}"
      for value in ["100-continue", "100-Continue", " 100-CONTINUE "] {
        let asked = try await RawSocket.answers(to: call + "Expect: \(value)\n" + body + Self.last, from: port)
        #expect(asked.map(\.status) == [100, 200, 200] || asked.map(\.status) == [200, 200], "\(asked)")
      }
      // The client that holds its body back, and has it refused without.
      for (request, status) in [
        ("POST /nowhere HTTP/1.1\nHost: x\n", 404),
        ("POST /no.Such/Method HTTP/1.1\nHost: x\n", 404),
        ("POST /waymark.people.v1.TeamService/GetTeam HTTP/1.1\nHost: x\nContent-Type: text/plain\n", 415),
        ("POST /projects HTTP/1.1\nHost: x\nOrigin: http://evil.example\n", 403),
      ] {
        let refused = try await RawSocket.answers(
          to: request + "Expect: 100-continue\nContent-Length: 11\n\n", from: port)
        #expect(refused.map(\.status) == [status] && refused.first?.headers["connection"] == "close", "\(refused)")
      }
      let unknown = try await RawSocket.answers(to: call + "Expect: the-worst\n" + body, from: port)
      #expect(unknown.map(\.status) == [417] && unknown.first?.body.contains("100-continue") == true)
      // No body, nothing to ask for; and HTTP/1.0 does not have it.
      let none = try await RawSocket.answers(
        to: "GET /healthz HTTP/1.1\nHost: x\nExpect: 100-continue\n\n" + Self.last, from: port)
      #expect(none.map(\.status) == [200, 200])
      let old = try await RawSocket.answers(
        to: "POST /waymark.people.v1.TeamService/GetTeam HTTP/1.0\nContent-Type: application/json\nExpect: teapots\n"
          + body, from: port)
      #expect(old.map(\.status) == [200])
      for (value, status) in [("100-Continue", "200"), ("the-worst", "417")] {
        let h2 = try await ForeignProgram.curl(
          "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Expect: \(value)", "-H",
          "Content-Type: application/json", "-d", "{\"id\":\"t7\"}",
          "http://127.0.0.1:\(port)/waymark.people.v1.TeamService/GetTeam")
        #expect(h2.output == status)
      }
    }
  }

  @Test("who is slow with a header, or reads nothing, is let go after the time that a connection may do nothing")
  func slow() async throws {
    var settings = GatewaySettings()
    settings.idleTimeout = .milliseconds(400)
    try await withGateway(settings: settings) { port in
      // Each returns because the gateway closes.
      #expect(try await RawSocket.send("GET /healthz HT", to: port) == "")
      #expect(try await RawSocket.send("GET /healthz HTTP/1.1\nHost: x\nX-Slow: ", to: port) == "")
      let kept = try await RawSocket.answers(to: "GET /healthz HTTP/1.1\nHost: x\n\n", from: port)
      #expect(kept.map(\.status) == [200])
      // Far more answers than sockets hold, of which none is read until it is too late.
      let page = try #require(try await RawSocket.answers(to: "GET /api HTTP/1.0\n\n", from: port).first)
      let style = try #require(page.body.firstMatch(of: /"(\/assets\/[^"]+\.css)"/)).1
      let asked = 3000
      let requests = String(repeating: "GET \(style) HTTP/1.1\r\nHost: x\r\n\r\n", count: asked)
      let answers = try await GatewayServerTests.send([requests], to: port, readingAfter: .seconds(4))
      #expect(answers.split(separator: "HTTP/1.1 200").count < asked)
    }
  }
}
