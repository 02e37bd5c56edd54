// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Serves one plain HTTP request: calls the handler as a task on the loop and sends what it answers.
package final class PlainExchange: HTTP2StreamObserver, @unchecked Sendable {
  // Stream and task are used on the event loop only; the handler's task reaches them through `waiters` and `onLoop`.

  /// Answers requests.
  package typealias Handler = @Sendable (HTTP2Request) async -> HTTP2Response

  private let stream: HTTP2Stream
  private let connection: HTTP2Connection
  private let waiters: StreamWaiters
  private var task: Task<Void, Never>?
  private var isHead = false
  /// Whether the client waits for the status 100 before it sends its body.
  private var awaitsContinue = false

  /// How much may wait to be sent before a writer has to wait.
  private static let unsentLimit = 64 << 10

  package init(stream: HTTP2Stream, connection: HTTP2Connection) {
    self.stream = stream
    self.connection = connection
    waiters = StreamWaiters(eventLoop: connection.eventLoop)
  }

  /// Calls the handler.
  /// - Parameter onEnd: called on the loop when the handler's task is done, whatever became of the stream.
  package func start(peer: String, handler: @escaping Handler, onEnd: @escaping @Sendable () -> Void) {
    stream.observer = self
    let request = request(peer: peer)
    isHead = request.method == "HEAD"
    awaitsContinue = Expectation.isContinue(stream.head)
    task = Task(executorPreference: connection.executor) {
      let response = await handler(request)
      await self.send(response)
      self.onLoop {
        self.task = nil
        onEnd()
      }
    }
  }

  private func request(peer: String) -> HTTP2Request {
    let head = stream.head
    return HTTP2Request(
      method: head.first(":method") ?? "", scheme: head.first(":scheme") ?? "http",
      authority: head.first(":authority") ?? head.first("host") ?? "", path: head.first(":path") ?? "/",
      headers: head.regularFields, body: HTTP2Body { try await self.nextPiece() }, peer: peer)
  }

  package func streamChanged(_ stream: HTTP2Stream) {
    waiters.check()
    if stream.closeCode != nil { task?.cancel() }
  }

  // MARK: Body

  private enum Piece { case data(ByteBuffer), end }

  private func nextPiece() async throws -> ByteBuffer? {
    let piece: Piece = try await waiters.wait(.reader) {
      if self.stream.unreadBytes > 0 {
        let data = self.stream.takeInbound()
        self.connection.session.acknowledge(data.readableBytes, on: self.stream)
        self.connection.setNeedsFlush()
        return .data(data)
      }
      if self.stream.isInboundEnded { return .end }
      if let code = self.stream.closeCode { throw HTTP2StreamError(code: code) }
      self.askForBody()
      return nil
    }
    switch piece {
    case .data(let data): return data
    case .end: return nil
    }
  }

  /// Tells a client that waits for it that its body is wanted.
  private func askForBody() {
    guard awaitsContinue else { return }
    awaitsContinue = false
    connection.session.inform(stream, Expectation.continues)
    connection.setNeedsFlush()
  }

  // MARK: Response

  private func send(_ response: HTTP2Response) async {
    switch response.body {
    case .none: onLoop { self.sendHead(response, length: 0, ends: true) }
    case .bytes(let bytes):
      onLoop {
        self.sendHead(response, length: bytes.readableBytes, ends: self.isHead)
        if !self.isHead { self.sendPiece(bytes) }
        self.end()
      }
    case .stream(let write):
      onLoop { self.sendHead(response, length: nil, ends: self.isHead) }
      if isHead { return }
      do {
        try await write(HTTP2BodyWriter { try await self.write($0) })
        onLoop { self.end() }
      } catch {
        // The client must not take what it has for the whole.
        onLoop { self.reset(.internalError) }
      }
    }
  }

  private func write(_ piece: ByteBuffer) async throws {
    let _: Bool = try await waiters.wait(.writer) {
      if let code = self.stream.closeCode { throw HTTP2StreamError(code: code) }
      self.stream.wantsRoom = self.stream.unsentBytes > Self.unsentLimit
      if self.stream.wantsRoom { return nil }
      self.sendPiece(piece)
      return true
    }
  }

  private func sendHead(_ response: HTTP2Response, length: Int?, ends: Bool) {
    awaitsContinue = false
    var fields = HeaderFields()
    fields.add(":status", String(response.status))
    var hasLength = false
    for (name, value) in response.headers {
      hasLength = hasLength || name == "content-length"
      fields.add(name, value)
    }
    // RFC 9110, section 8.6: no length where there cannot be a body.
    if let length, !hasLength, response.status >= 200, response.status != 204, response.status != 304 {
      fields.add("content-length", String(length))
    }
    connection.session.respond(stream, .built(fields), endStream: ends)
    connection.setNeedsFlush()
  }

  private func sendPiece(_ piece: ByteBuffer) {
    connection.session.send(piece, on: stream)
    connection.setNeedsFlush()
  }

  private func end() {
    connection.session.end(stream)
    connection.setNeedsFlush()
  }

  private func reset(_ code: HTTP2ErrorCode) {
    connection.session.reset(stream, code)
    connection.setNeedsFlush()
  }

  private func onLoop(_ work: @escaping @Sendable () -> Void) {
    if connection.eventLoop.inEventLoop { work() } else { connection.eventLoop.execute(work) }
  }
}
