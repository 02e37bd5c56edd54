// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import RPC
import ServiceLifecycle
import Synchronization

/// Answers those who look after a service, over HTTP/1.1 on a port of its own: `/livez`, `/readyz`, `/metrics` and
/// `/channelz`.
///
/// Whoever reaches the port may ask, and can only read. A connection carries one request. It is closed when it is older
/// than ``Limits/time``, and when it sends more than ``Limits/bytes``; there are ``Limits/connections`` at most.
struct AdminServer: Service {
  struct Limits: Sendable {
    /// How long a connection may last, from its first moment to the last byte of the answer.
    var time = TimeAmount.seconds(10)
    /// How much it may send.
    var bytes = 32 << 10
    /// How many there may be at a time; those beyond are closed at once.
    var connections = 64
  }

  /// Where it listens.
  let address: SocketAddress
  private let listener: any Channel
  private let logger: Logger

  /// Listens.
  /// - Parameter port: 0 for any that is free.
  /// - Throws: ``RPCBindError``.
  init(pages: AdminPages, host: String, port: Int, logger: Logger, limits: Limits = Limits()) async throws {
    let open = ConnectionCount()
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        guard open.take(upTo: limits.connections) else { return channel.close() }
        channel.closeFuture.whenComplete { _ in open.give() }
        return channel.eventLoop.makeCompletedFuture { try Self.configure(channel, pages, limits) }
      }
    do {
      listener = try await bootstrap.bind(host: host, port: port).get()
    } catch {
      throw RPCBindError(host: host, port: port, error: error)
    }
    guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
    self.address = address
    self.logger = logger
  }

  private static func configure(_ channel: any Channel, _ pages: AdminPages, _ limits: Limits) throws {
    var headers = NIOHTTPDecoderLimitConfiguration()
    headers.maxHeaderFieldSize = 8 << 10
    headers.maxHeaderListSize = 16 << 10
    headers.maxHeaderFieldCount = 64
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(ConnectionBounds(time: limits.time, bytes: limits.bytes))
    try pipeline.addHandler(HTTPResponseEncoder())
    try pipeline.addHandler(
      ByteToMessageHandler(
        HTTPRequestDecoder(
          leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: headers)))
    try pipeline.addHandler(HTTPServerProtocolErrorHandler())
    try pipeline.addHandler(AdminHandler(pages: pages))
  }

  /// Answers until the process is asked to stop, and the parts before this one have stopped.
  func run() async throws {
    try? await gracefulShutdown()
    await close()
  }

  /// Takes no more connections; those that are there are answered.
  func close() async {
    // Fails if it is closed already, which is what is wanted.
    try? await listener.close().get()
  }
}

/// How many connections there are.
private final class ConnectionCount: Sendable {
  private let count = Atomic<Int>(0)

  func take(upTo limit: Int) -> Bool {
    if count.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
    give()
    return false
  }

  func give() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// Ends a connection that lasts too long or sends too much.
private final class ConnectionBounds: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let time: TimeAmount
  private var bytesLeft: Int
  private var timer: Scheduled<Void>?

  init(time: TimeAmount, bytes: Int) {
    self.time = time
    bytesLeft = bytes
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytesLeft -= unwrapInboundIn(data).readableBytes
    if bytesLeft < 0 { return context.close(promise: nil) }
    context.fireChannelRead(data)
  }
}

/// Answers the one request of a connection.
private final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let pages: AdminPages
  private var head: HTTPRequestHead?
  private var isAnswered = false

  init(pages: AdminPages) { self.pages = pages }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): if !isAnswered { self.head = head }
    case .body: break
    case .end:
      guard !isAnswered, let head else { return }
      isAnswered = true
      answer(head, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What is no HTTP was answered with 400 by the handler before this one.
    context.close(promise: nil)
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let pages = pages
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let (method, path) = (head.method.rawValue, head.uri)
    let accept = head.headers["accept"].joined(separator: ",")
    context.eventLoop.makeFutureWithTask { await pages.page(method: method, path: path, accept: accept) }
      .whenSuccess { page in
        let (handler, context) = bound.value
        handler.send(page, isHead: method == "HEAD", context)
      }
  }

  private func send(_ page: AdminPages.Page, isHead: Bool, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders([
      ("content-type", page.contentType), ("content-length", String(page.body.utf8.count)),
      ("cache-control", "no-store"), ("x-content-type-options", "nosniff"), ("connection", "close"),
    ])
    if let allow = page.allow { headers.add(name: "allow", value: allow) }
    let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: page.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !isHead {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(string: page.body)))), promise: nil)
    }
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
  }
}
