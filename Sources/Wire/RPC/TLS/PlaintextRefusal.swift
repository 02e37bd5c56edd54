// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Stands before TLS and tells a client that speaks HTTP/1.1 without it that this port speaks TLS.
///
/// A TLS connection begins with a record of type 22, HTTP with a letter, the first of its method. HTTP/2's preface is left
/// to TLS, which ends the connection: a gRPC client that was answered with GOAWAY would come again and again.
final class PlaintextRefusal: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var hasRefused = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What a client sends on after it was refused is read, so that the answer is not lost with a reset.
    guard !hasRefused else { return }
    guard Self.isHTTP1(unwrapInboundIn(data).readableBytesView) else {
      context.fireChannelRead(data)
      return context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
    hasRefused = true
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(string: Self.refusal)), promise: nil)
    context.close(mode: .output, promise: nil)
    context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if hasRefused, (event as? ChannelEvent) == .inputClosed { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  /// How long a client may take to read the answer.
  private static let patience = TimeAmount.seconds(1)

  private static func isHTTP1(_ bytes: ByteBufferView) -> Bool {
    guard let first = bytes.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
    // No method begins as HTTP/2's preface does: "PRI * HTTP/2.0" (RFC 9113, section 3.4).
    return !bytes.starts(with: "PRI ".utf8)
  }

  private static let refusal: String = {
    let body = "This port speaks TLS: use https:// in the address, or gRPC over TLS.\n"
    return "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
      + "content-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n" + body
  }()
}
