// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Decides what becomes of a connection and its streams.
///
/// Called on the connection's event loop, outside nghttp2.
package protocol HTTP2ConnectionDelegate: AnyObject {
  /// A client opened a stream, and its request is complete but for its data.
  func connection(_ connection: HTTP2Connection, opened stream: HTTP2Stream)
  /// The other side said that it will take no more streams, or answered a PING, or a stream ended.
  func connectionChanged(_ connection: HTTP2Connection)
  /// The connection is gone; its streams were ended before this.
  func connectionClosed(_ connection: HTTP2Connection, error: (any Error)?)
}

/// An HTTP/2 session on a NIO channel: the last handler of its pipeline.
///
/// Everything happens on the channel's loop.
package final class HTTP2Connection: ChannelInboundHandler, Flushable {
  package typealias InboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  // The exclusivity of accesses is not checked at run time, as in the session.

  package let session: HTTP2Session
  package let executor: LoopExecutor
  package var eventLoop: any EventLoop { executor.eventLoop }
  private let delegate: any HTTP2ConnectionDelegate
  @exclusivity(unchecked) private var context: ChannelHandlerContext?
  @exclusivity(unchecked) private var buffer = ByteBuffer()
  @exclusivity(unchecked) private var isDirty = false
  /// Whether the channel is gone.
  @exclusivity(unchecked) package private(set) var isClosed = false
  /// What made the connection impossible to go on with.
  package private(set) var failure: (any Error)?

  /// The beginning of what came, until it has proved to be HTTP/2.
  package private(set) var firstBytes = ByteBuffer()

  private static let sampleSize = 64

  /// How often bytes came, so that somebody who looks now and then sees whether any did.
  @exclusivity(unchecked) package private(set) var readCount = 0
  /// How often bytes had come when memory was last given back.
  private var restedAt = 0
  /// How many bytes came, and how many were handed to the socket.
  @exclusivity(unchecked) package private(set) var readBytes = 0
  @exclusivity(unchecked) package private(set) var writtenBytes = 0
  /// Whether the socket takes more.
  package var isWritable: Bool { context?.channel.isWritable ?? false }
  /// The last GOAWAY is sent, and what still comes is thrown away.
  private var isLingering = false

  /// For how long what still comes is taken in after a GOAWAY with an error: a socket that is closed with unread bytes
  /// takes back what was sent last.
  private static let lingering = TimeAmount.seconds(1)
  /// How much is handed to the socket before its state is looked at again.
  private static let flushSize = 128 << 10

  package init(session: HTTP2Session, executor: LoopExecutor, delegate: any HTTP2ConnectionDelegate) {
    self.session = session
    self.executor = executor
    self.delegate = delegate
  }

  // MARK: Channel

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { setNeedsFlush() }
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    finish()
    self.context = nil
  }

  package func channelActive(context: ChannelHandlerContext) {
    setNeedsFlush()
    context.fireChannelActive()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // On a channel that lets one side end alone, too, a peer that sends no more is gone.
    if (event as? ChannelEvent) == .inputClosed { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = failure ?? error
    context.close(promise: nil)
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosed, failure == nil, !isLingering else { return }
    let bytes = unwrapInboundIn(data)
    readBytes &+= bytes.readableBytes
    do throws(HTTP2ConnectionError) {
      try bytes.withUnsafeReadableBytes { (bytes) throws(HTTP2ConnectionError) in try session.receive(bytes) }
    } catch {
      failure = error
    }
    if !session.hasPeerSettings, firstBytes.readableBytes < Self.sampleSize {
      firstBytes.writeBytes(bytes.readableBytesView.prefix(Self.sampleSize - firstBytes.readableBytes))
    }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    readCount &+= 1
    executor.burst {
      dispatch()
      setNeedsFlush()
    }
    context.fireChannelReadComplete()
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { setNeedsFlush() }
    context.fireChannelWritabilityChanged()
  }

  // MARK: Work

  /// Tells of the streams that changed.
  private func dispatch() {
    while let stream = session.nextChanged() {
      if let observer = stream.observer {
        observer.streamChanged(stream)
        if stream.closeCode != nil { stream.observer = nil }
      } else if session.role == .server, stream.hasHead, stream.closeCode == nil, !stream.isAnnounced {
        stream.isAnnounced = true
        delegate.connection(self, opened: stream)
      }
    }
  }

  /// Has what is ready sent at the end of the burst.
  ///
  /// To be called after anything was submitted to the session.
  package func setNeedsFlush() {
    guard !isDirty, !isClosed else { return }
    isDirty = true
    executor.setNeedsFlush(self)
  }

  package func flushOutput() {
    isDirty = false
    guard let context, !isClosed else { return }
    var hasMore = true
    // A peer that reads nothing makes the channel unwritable: what waits then stays within the bounds of the streams.
    while hasMore, context.channel.isWritable || failure != nil {
      buffer.clear()
      do throws(HTTP2ConnectionError) {
        hasMore = try session.drain(into: &buffer, upTo: Self.flushSize)
      } catch {
        failure = failure ?? error
        hasMore = false
      }
      writtenBytes &+= buffer.readableBytes
      if buffer.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
    }
    // Sending ends streams and makes room in others.
    dispatch()
    delegate.connectionChanged(self)
    if failure != nil || session.isFinished { end(context) }
  }

  /// Closes the socket; a client that is at fault gets the time to read why.
  private func end(_ context: ChannelHandlerContext) {
    guard session.role == .server, session.sentError != nil, context.channel.isWritable else {
      return context.close(promise: nil)
    }
    guard !isLingering else { return }
    isLingering = true
    session.closeAll(.cancel)
    dispatch()
    context.close(mode: .output, promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) { self.close() }
  }

  private func finish() {
    guard !isClosed else { return }
    isClosed = true
    session.closeAll(.cancel)
    executor.burst { dispatch() }
    delegate.connectionClosed(self, error: failure)
  }

  /// Gives back memory that a connection without streams can do without until something happens again.
  ///
  /// To be called now and then while nothing comes; it costs next to nothing to repeat.
  package func rest() {
    guard restedAt != readCount, !isClosed, !isDirty, session.streamCount == 0, session.headerStreamID == nil else {
      return
    }
    restedAt = readCount
    buffer = ByteBuffer()
    if session.hasPeerSettings { firstBytes = ByteBuffer() }
    session.rest()
  }

  /// Closes the connection once everything is sent.
  package func terminate(_ code: HTTP2ErrorCode) {
    session.terminate(code)
    setNeedsFlush()
  }

  /// Closes the connection once everything is sent, because the client does what it should not.
  package func endCalmly(_ reason: StaticString) {
    guard failure == nil else { return }
    failure = session.calm(reason)
    setNeedsFlush()
  }

  /// Closes the connection at once because of an error.
  package func fail(_ error: any Error) {
    failure = failure ?? error
    context?.close(promise: nil)
  }

  /// Closes the connection at once.
  package func close() {
    context?.close(promise: nil)
  }
}
