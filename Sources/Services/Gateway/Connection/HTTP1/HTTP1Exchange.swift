// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The requests and answers of one HTTP/1 connection, between NIO's types and those of pages and calls.
///
/// Decides what a proxy or client before the gateway relies on: whether the connection lasts and says so, what is refused
/// before it is a request, how an answer is framed for who asked, and that a client has gone. Belongs to the connection's
/// event loop.
final class HTTP1Exchange: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// A request that has not been answered whole.
  private struct Pending {
    let isHead: Bool
    let isOld: Bool
    /// Whether the connection ends with the answer.
    var closes: Bool
    /// Whether the client holds its body back.
    var awaitsContinue: Bool
    /// How the body of the answer is framed, once its head was sent.
    var framing = Framing.none
    /// Whether the head of the answer was sent.
    var isAnswered = false
  }

  private enum Framing { case none, length, chunks, untilClose }

  /// What is expected to come.
  private enum Reading { case request, body, nothing }

  private let isSecure: Bool
  private let renewal: HTTP1RequestDecoder.Renewal
  private let gone: EventLoopPromise<Void>
  private let logger: Logger
  private var stall: StallWatch
  private var pending = CircularBuffer<Pending>(initialCapacity: 2)
  private var reading = Reading.request
  private var upgrade = HTTP1Head.Upgrade.none
  /// What is answered after the requests before it.
  private var refusal: HTTP1Refusal?
  private var isFinishing = false
  private var isGone = false
  /// Fulfilled when the connection is closed that somebody wanted closed while it lingers.
  private var closing: EventLoopPromise<Void>?

  /// For how long what still comes is thrown away behind the last answer: a socket that is closed with unread bytes takes
  /// back what was sent last (RFC 9112, section 9.6).
  private static let lingering = TimeAmount.seconds(2)
  /// How long a client that has ended its side may still wait for the answer; one that has gone looks the same.
  private static let halfClosed = TimeAmount.milliseconds(250)

  init(
    isSecure: Bool, stallTimeout: TimeAmount, renewal: HTTP1RequestDecoder.Renewal, gone: EventLoopPromise<Void>,
    logger: Logger
  ) {
    self.isSecure = isSecure
    self.renewal = renewal
    self.gone = gone
    self.logger = logger
    stall = StallWatch(limit: stallTimeout)
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard reading == .request else { return }
      renewal.isDue = false
      do throws(HTTP1Refusal) {
        let head = try HTTP1Head(head, isSecure: isSecure)
        upgrade = head.upgrade
        pending.append(
          Pending(
            isHead: head.request.method == .head, isOld: head.isOld, closes: !head.persists || upgrade == .possible,
            awaitsContinue: head.awaitsContinue))
        reading = .body
        context.fireChannelRead(wrapInboundOut(.head(head.request)))
      } catch {
        refuse(context, error)
      }
    case .body(let bytes):
      guard reading == .body else { return }
      if !pending.isEmpty { pending[pending.index(before: pending.endIndex)].awaitsContinue = false }
      context.fireChannelRead(wrapInboundOut(.body(bytes)))
    case .end(let trailers):
      guard reading == .body else { return }
      renewal.isDue = upgrade == .certain
      reading = pending.last?.closes == true ? .nothing : .request
      context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Nobody behind this handler asks for what is thrown away.
    if isFinishing { context.read() }
    context.fireChannelReadComplete()
  }

  /// Answers what is not a request, after those before it, and ends the connection.
  private func refuse(_ context: ChannelHandlerContext, _ refusal: HTTP1Refusal) {
    reading = .nothing
    logger.debug("A request was refused", metadata: ["reason": "\(refusal)"])
    guard pending.isEmpty else {
      self.refusal = refusal
      return
    }
    let body = context.channel.allocator.buffer(string: refusal.sentence + "\n")
    var headers = HTTPHeaders([
      ("content-type", "text/plain; charset=utf-8"), ("content-length", String(body.readableBytes)),
      ("connection", "close"),
    ])
    if let allow = refusal.allow { headers.add(name: "allow", value: allow) }
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: refusal.status, headers: headers))),
      promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    finish(context)
  }

  // MARK: Answers

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !pending.isEmpty else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let response) where response.status.kind == .informational:
      pending[pending.startIndex].awaitsContinue = false
      guard !pending[pending.startIndex].isOld else {
        promise?.succeed()
        return
      }
      context.write(wrapOutboundOut(.head(HTTPResponseHead(response))), promise: promise)
    case .head(let response):
      context.write(wrapOutboundOut(.head(head(of: response, to: &pending[pending.startIndex]))), promise: promise)
    case .body(let bytes):
      guard pending[pending.startIndex].framing != .none else {
        promise?.succeed()
        return
      }
      context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
    case .end(let trailers):
      let answered = pending.removeFirst()
      let trailers = answered.framing == .chunks ? trailers.map(HTTPHeaders.init) : nil
      let isLast = answered.closes || (pending.isEmpty && reading == .nothing && refusal == nil)
      guard isLast || refusal != nil else {
        return context.write(wrapOutboundOut(.end(trailers)), promise: promise)
      }
      context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: promise)
      if isLast {
        finish(context)
      } else if let refusal, pending.isEmpty {
        refuse(context, refusal)
      }
    }
  }

  /// The head of an answer with what HTTP/1 says of framing and of the connection.
  private func head(of response: HTTPResponse, to request: inout Pending) -> HTTPResponseHead {
    request.isAnswered = true
    var head = HTTPResponseHead(response)
    let hasNoBody = request.isHead || !head.status.mayHaveResponseBody
    let hasLength = head.headers.contains(name: "content-length")
    head.headers.remove(name: "transfer-encoding")
    if hasNoBody {
      request.framing = .none
      if !head.status.mayHaveResponseBody { head.headers.remove(name: "content-length") }
    } else if hasLength {
      request.framing = .length
    } else if request.isOld {
      // HTTP/1.0 does not know chunks, so the end of the connection marks the end of the body.
      request.framing = .untilClose
      request.closes = true
    } else {
      request.framing = .chunks
      head.headers.add(name: "transfer-encoding", value: "chunked")
    }
    var wanted = ConnectionOptions()
    for line in head.headers[canonicalForm: "connection"] { wanted.add(String(line)) }
    // Whether the body follows that was not asked for, nobody knows.
    if wanted.hasClose || request.awaitsContinue { request.closes = true }
    if request.closes {
      if reading == .request { reading = .nothing }
      head.headers.replaceOrAdd(name: "connection", value: "close")
    } else if request.isOld {
      head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
    }
    return head
  }

  // MARK: The end

  /// Ends our side behind the last answer, and the connection a little later, or when the client has ended its own.
  private func finish(_ context: ChannelHandlerContext) {
    guard !isFinishing else { return }
    isFinishing = true
    reading = .nothing
    context.close(mode: .output, promise: nil)
    context.read()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.lingering) { self.closeNow(bound.value) }
  }

  private func closeNow(_ context: ChannelHandlerContext) {
    context.close(promise: closing.take())
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard isFinishing, context.channel.isActive else { return context.close(mode: mode, promise: promise) }
    switch mode {
    case .output: promise?.succeed()
    case .all:
      // The last answer is on its way: it is read before the connection ends.
      if let closing {
        closing.futureResult.cascade(to: promise)
      } else {
        closing = promise ?? context.eventLoop.makePromise()
      }
    case .input: context.close(mode: mode, promise: promise)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      // The server stops: whoever has an answer coming is told that it is the last.
      for index in pending.indices { pending[index].closes = true }
    } else if (event as? ChannelEvent) == .inputClosed {
      if isFinishing || pending.isEmpty { return closeNow(context) }
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: Self.halfClosed) {
        // An answer that has begun is sent: whether anybody takes it, the socket will tell.
        if self.pending.first?.isAnswered == false { self.leave(bound.value) }
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// Has the work for a client stopped that is gone.
  private func leave(_ context: ChannelHandlerContext) {
    guard !isGone else { return }
    isGone = true
    gone.succeed()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isFinishing else {
      if ClientGone.isMeant(onConnection: error) { closeNow(context) }
      return
    }
    if ClientGone.isMeant(onConnection: error) {
      logger.debug("A connection ended early", metadata: ["error": "\(error)"])
      guard reading == .body || !pending.isEmpty else { return closeNow(context) }
      reading = .nothing
      leave(context)
      return context.fireErrorCaught(ClientGone())
    }
    let refusal = error as? HTTP1Refusal ?? (error as? HTTPParserError).map { HTTP1Refusal($0) }
    let reason = refusal ?? HTTP1Refusal(.badRequest, "The request is not HTTP/1.1 as RFC 9112 has it.")
    guard reading == .body else {
      if reading == .request { refuse(context, reason) }
      return
    }
    // Whoever reads the body is told, and answers; if that is done, there is nothing more to say.
    reading = .nothing
    guard !pending.isEmpty else { return finish(context) }
    pending[pending.index(before: pending.endIndex)].closes = true
    context.fireErrorCaught(reason)
  }

  func channelInactive(context: ChannelHandlerContext) {
    let wasReading = reading == .body
    reading = .nothing
    stall.stop()
    leave(context)
    // The end of a body that is not whole must not look like the end of a whole one.
    if wasReading { context.fireErrorCaught(ClientGone()) }
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    stall.stop()
    leave(context)
    closing.take()?.succeed()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { stall.stop() } else { stall.start(context) }
    context.fireChannelWritabilityChanged()
  }
}
