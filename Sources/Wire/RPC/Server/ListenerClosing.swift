// SPDX-License-Identifier: Apache-2.0

public import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Stands in the pipeline of a listening socket, and lets it be closed at a moment at which nobody is turned away.
///
/// The kernel makes connections before they are accepted, and resets those in its queue when the socket is closed. A proxy
/// whose request was on such a connection may not repeat it, above all one that writes. So the socket is closed when
/// nobody is in the queue, which comes about even on a busy port: the loop accepts faster than connections are made.
public final class ListenerClosing: ChannelOutboundHandler {
  public typealias OutboundIn = NIOAny

  /// How often it is looked whether the queue is empty, each time after the loop has accepted what was in it.
  private static let mostLooks = 1000

  public init() {}

  public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    close(context, mode, promise, looksLeft: Self.mostLooks)
  }

  private func close(
    _ context: ChannelHandlerContext, _ mode: CloseMode, _ promise: EventLoopPromise<Void>?, looksLeft: Int
  ) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    Self.queueLength(of: context.channel).whenComplete { result in
      // Asked and answered within the turn of the loop in which the socket is then closed.
      let (_, context) = bound.value
      if looksLeft > 0, context.channel.isActive, case .success(let length) = result, length > 0 {
        context.eventLoop.execute {
          let (handler, context) = bound.value
          handler.close(context, mode, promise, looksLeft: looksLeft - 1)
        }
      } else {
        context.close(mode: mode, promise: promise)
      }
    }
  }

  /// How many connections wait to be accepted; 0 where the system does not tell.
  private static func queueLength(of listener: any Channel) -> EventLoopFuture<Int> {
    #if os(Linux)
      let isTCP = listener.localAddress.map { $0.port != nil } ?? false
      // Of a listening socket, `tcpi_unacked` is the length of the queue (`tcp_get_info` of Linux).
      if isTCP, let options = listener as? any SocketOptionProvider {
        return options.getTCPInfo().map { Int($0.tcpi_unacked) }
      }
    #endif
    return listener.eventLoop.makeSucceededFuture(0)
  }
}
