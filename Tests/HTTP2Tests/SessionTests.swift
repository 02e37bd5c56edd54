// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import HTTP2

@Suite("An HTTP/2 session")
struct SessionTests {
  @Test(
    "carries a request, a response and its trailers, however the bytes are cut", arguments: [1, 2, 9, 10, 33, 4096])
  func exchange(pieceSize: Int) throws {
    let pair = try SessionPair()
    let request = try pair.request("/a/B", [("x-name", "value")])
    pair.client.send(ByteBuffer(string: "question"), on: request)
    pair.client.end(request)
    try pair.exchange(pieceSize: pieceSize)

    let received = try #require(pair.opened[request.id])
    #expect(received.head.first(":path") == "/a/B")
    #expect(received.head.regularFields.map { "\($0.name)=\($0.value)" } == ["x-name=value"])
    #expect(received.takeInbound() == ByteBuffer(string: "question"))
    #expect(received.isInboundEnded)

    var trailers = HeaderFields()
    trailers.add("x-status", "done")
    pair.server.respond(received, SessionPair.ok)
    pair.server.send(ByteBuffer(string: "answer"), on: received)
    pair.server.end(received, trailers: .built(trailers))
    try pair.exchange(pieceSize: pieceSize)

    #expect(request.head.first(":status") == "200")
    #expect(request.takeInbound() == ByteBuffer(string: "answer"))
    #expect(request.trailers.first("x-status") == "done")
    #expect(request.isInboundEnded)
    #expect(request.closeCode == .noError && received.closeCode == .noError)
    #expect(pair.client.streamCount == 0 && pair.server.streamCount == 0)
  }

  @Test("stops a sender at the window of a stream that nobody reads, and lets it go on as it is read")
  func backPressure() throws {
    let window = 100_000
    let pair = try SessionPair(serverLimits: HTTP2Limits(streamWindow: window))
    let request = try pair.request("/")
    try pair.exchange()
    pair.client.send(bytes(1_000_000), on: request)
    pair.client.end(request)
    try pair.exchange()
    let received = try #require(pair.opened[request.id])
    #expect(received.unreadBytes == window)

    var total = 0
    while !received.isInboundEnded || received.unreadBytes > 0 {
      let part = received.takeInbound()
      #expect(part.readableBytes > 0 && part.readableBytes <= window)
      total += part.readableBytes
      pair.server.acknowledge(part.readableBytes, on: received)
      try pair.exchange()
    }
    #expect(total == 1_000_000)
  }

  @Test("lets other streams pass one that nobody reads, though it holds more than the connection's window")
  func noBlocking() throws {
    let pair = try SessionPair(serverLimits: HTTP2Limits(streamWindow: 200_000, connectionWindow: 100_000))
    let stuck = try pair.request("/stuck")
    try pair.exchange()
    pair.client.send(bytes(1_000_000), on: stuck)
    try pair.exchange()
    let moving = try pair.request("/moving")
    pair.client.send(bytes(50_000), on: moving)
    pair.client.end(moving)
    try pair.exchange()
    #expect(pair.opened[moving.id]?.unreadBytes == 50_000)
  }

  @Test("holds back requests over the server's limit until others are done")
  func concurrencyLimit() throws {
    let pair = try SessionPair(serverLimits: HTTP2Limits(concurrentStreams: 2))
    try pair.exchange()
    let requests = try (0..<5).map { try pair.request("/\($0)") }
    for request in requests { pair.client.end(request) }
    try pair.exchange()
    #expect(pair.opened.count == 2)
    for done in 1...5 {
      let open = try #require(pair.opened.values.filter { $0.closeCode == nil }.min { $0.id < $1.id })
      pair.server.respond(open, SessionPair.ok, endStream: true)
      try pair.exchange()
      #expect(pair.opened.count == min(5, done + 2))
    }
    #expect(requests.allSatisfy { $0.closeCode == .noError })
  }

  @Test("marks a header that is over the limit instead of keeping it")
  func headerLimit() throws {
    let pair = try SessionPair(serverLimits: HTTP2Limits(headerListSize: 1000))
    let request = try pair.request("/", (0..<30).map { ("x-\($0)", String(repeating: "v", count: 40)) })
    pair.client.end(request)
    try pair.exchange()
    let received = try #require(pair.opened[request.id])
    #expect(received.head.isTooLarge)
    #expect(received.head.regularFields.count < 15)
  }

  @Test("keeps what names the protocol of a request whose header is over the limit")
  func headerLimitKeepsProtocol() throws {
    let pair = try SessionPair(serverLimits: HTTP2Limits(headerListSize: 1000))
    let request = try pair.request(
      "/", [("x-long", String(repeating: "v", count: 1000)), ("content-type", "application/grpc")])
    pair.client.end(request)
    try pair.exchange()
    let received = try #require(pair.opened[request.id])
    #expect(received.head.isTooLarge && received.head.first("content-type") == "application/grpc")
  }

  @Test(
    "marks a header that has characters which HTTP does not allow, and goes on",
    arguments: [("x-bad", "a\u{1}b"), ("x-bad", "a\u{0}"), ("x bad", "a"), ("x-bad", "a\nb"), ("x(bad)", "")])
  func malformedHeader(name: String, value: String) throws {
    let pair = try SessionPair()
    let bad = try pair.request("/", [(name, value)])
    let good = try pair.request("/good", [("x-good", "a\tb\u{e9}")])
    for request in [bad, good] { pair.client.end(request) }
    try pair.exchange()
    let received = try #require(pair.opened[bad.id])
    #expect(received.head.isMalformed && !received.head.isTooLarge)
    #expect(received.head.first("x-bad") == nil)
    #expect(pair.opened[good.id]?.head.isMalformed == false)
  }

  @Test("sends an interim response before the one that counts")
  func interim() throws {
    let pair = try SessionPair()
    let request = try pair.request("/", [("expect", "100-Continue")])
    try pair.exchange()
    let received = try #require(pair.opened[request.id])
    #expect(Expectation.isContinue(received.head))
    pair.server.inform(received, Expectation.continues)
    try pair.exchange()
    #expect(!request.hasHead)
    pair.server.respond(received, SessionPair.ok, endStream: true)
    try pair.exchange()
    #expect(request.hasHead && request.head.first(":status") == "200")
  }

  @Test("tells the other side why it gives up a stream, and goes on with the others")
  func reset() throws {
    let pair = try SessionPair()
    let doomed = try pair.request("/doomed")
    let other = try pair.request("/other")
    pair.client.end(other)
    try pair.exchange()
    pair.client.reset(doomed, .cancel)
    #expect(doomed.closeCode == .cancel)
    try pair.exchange()
    #expect(pair.opened[doomed.id]?.closeCode == .cancel)
    let received = try #require(pair.opened[other.id])
    pair.server.respond(received, SessionPair.ok, endStream: true)
    try pair.exchange()
    #expect(other.closeCode == .noError)
  }

  @Test("a server that answers before it has heard all asks the client to stop")
  func earlyAnswer() throws {
    let pair = try SessionPair()
    let request = try pair.request("/")
    try pair.exchange()
    let received = try #require(pair.opened[request.id])
    pair.server.respond(received, SessionPair.ok, endStream: true)
    try pair.exchange()
    #expect(request.isInboundEnded)
    #expect(request.closeCode == .noError)
    #expect(pair.server.streamCount == 0)
  }

  @Test("finishes its streams after a GOAWAY, and refuses more without sending them")
  func goAway() throws {
    let pair = try SessionPair()
    let request = try pair.request("/")
    pair.client.end(request)
    try pair.exchange()
    pair.server.submitGoAway()
    try pair.exchange()
    #expect(pair.client.goAway == HTTP2Session.GoAway(lastStreamID: request.id, code: .noError))
    let late = try pair.request("/late")
    try pair.exchange()
    #expect(late.closeCode == .refusedStream && !late.hasHead)
    #expect(pair.opened[late.id] == nil)
    let received = try #require(pair.opened[request.id])
    pair.server.respond(received, SessionPair.ok, endStream: true)
    try pair.exchange()
    #expect(request.closeCode == .noError)
    #expect(pair.client.isFinished && pair.server.isFinished)
  }

  @Test("that gave back its memory between two calls goes on as if it had not")
  func rest() throws {
    let pair = try SessionPair()
    for round in 1...3 {
      let long = String(repeating: "v", count: 5000 * round)
      let request = try pair.request("/a/B", [("x-name", "value"), ("x-long", long)])
      pair.client.send(bytes(40_000, of: UInt8(round)), on: request)
      pair.client.end(request)
      // With a stream open, or with something to send, nothing is given back.
      pair.client.rest()
      try pair.exchange()
      pair.server.rest()

      let received = try #require(pair.opened[request.id])
      #expect(received.head.first("x-long") == long)
      #expect(received.takeInbound() == bytes(40_000, of: UInt8(round)))
      var trailers = HeaderFields()
      trailers.add("x-status", "done \(round) \(long)")
      pair.server.respond(received, SessionPair.ok)
      pair.server.send(bytes(40_000), on: received)
      pair.server.end(received, trailers: .built(trailers))
      pair.server.rest()
      try pair.exchange()
      #expect(request.takeInbound() == bytes(40_000))
      #expect(request.trailers.first("x-status") == "done \(round) \(long)")
      pair.client.rest()
      pair.server.rest()
    }
  }

  @Test("counts the answers to its PINGs")
  func ping() throws {
    let pair = try SessionPair()
    pair.server.submitPing()
    try pair.exchange()
    #expect(pair.server.answeredPings == 1)
  }

  @Test("carries what came before a connection is lost, and ends what is left")
  func loss() throws {
    let pair = try SessionPair()
    let request = try pair.request("/")
    try pair.exchange()
    pair.server.closeAll(.cancel)
    #expect(pair.opened[request.id]?.closeCode == .cancel)
    #expect(pair.server.streamCount == 0)
  }
}
