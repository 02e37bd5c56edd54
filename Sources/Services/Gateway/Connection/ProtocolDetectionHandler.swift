// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Holds back the first bytes of a connection until it is clear what they are, lets `configure` set up the pipeline
/// for that, hands the bytes on and leaves.
final class ProtocolDetectionHandler<Outcome: Sendable>: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let configure: (WireProtocol) -> EventLoopFuture<Outcome>
  private let promise: EventLoopPromise<Outcome>
  private let timeout: TimeAmount
  private var detection = ProtocolDetection()
  private var held: [ByteBuffer] = []
  private var isDecided = false
  /// Whether the server is about to stop.
  private var isQuiescing = false
  private var deadline: Scheduled<Void>?

  /// - Parameters:
  ///   - promise: Fulfilled with what `configure` made, or failed when the connection ends before it is clear.
  ///   - timeout: How long a client may take to show what it speaks.
  ///   - configure: Sets up the pipeline behind this handler; called once, on the event loop.
  init(
    promise: EventLoopPromise<Outcome>, timeout: TimeAmount,
    configure: @escaping (WireProtocol) -> EventLoopFuture<Outcome>
  ) {
    self.promise = promise
    self.timeout = timeout
    self.configure = configure
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    held.append(bytes)
    guard !isDecided, let wire = detection.inspect(bytes.readableBytesView) else { return }
    isDecided = true
    deadline?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    configure(wire).assumeIsolated().whenComplete { result in
      let (handler, context) = bound.value
      switch result {
      case .success(let outcome):
        handler.promise.succeed(outcome)
        handler.handOver(context)
      case .failure(let error):
        handler.promise.fail(error)
        context.close(promise: nil)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    if !isDecided { promise.fail(ChannelError.eof) }
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    // Covers a pipeline that is torn down before the channel was ever active; a promise that is kept already stays so.
    if !isDecided { promise.fail(ChannelError.eof) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if isDecided { return context.fireUserInboundEventTriggered(event) }
    if event is ChannelShouldQuiesceEvent {
      // Somebody who has just come has a request on the way, and is served.
      isQuiescing = true
      let channel = context.channel
      deadline?.cancel()
      deadline = context.eventLoop.scheduleTask(in: Self.lastPatience) { channel.close(promise: nil) }
    } else if (event as? ChannelEvent) == .inputClosed {
      // A client that stops sending will never tell.
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// How long a client may take to show what it speaks once the server is about to stop.
  private static var lastPatience: TimeAmount { .seconds(1) }

  private func handOver(_ context: ChannelHandlerContext) {
    let bytes = held
    held = []
    for buffer in bytes { context.fireChannelRead(wrapInboundOut(buffer)) }
    context.fireChannelReadComplete()
    if isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }
}
