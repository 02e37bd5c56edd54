// SPDX-License-Identifier: Apache-2.0

public import NIOCore
import Synchronization

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
///
/// Those that are accepted and still on their way to who serves them are lost with the listening socket, too, so they are
/// waited for. It has to be the first of the pipeline.
public final class ListenerClosing: ChannelDuplexHandler {
  public typealias InboundIn = any Channel
  public typealias InboundOut = any Channel
  public typealias OutboundIn = NIOAny

  /// How often it is looked whether the queue is empty, each time after the loop has accepted what was in it.
  private static let mostLooks = 1000
  private static let pause = TimeAmount.milliseconds(1)

  /// Connections on the way from the listening socket to who serves them.
  public final class Arrivals: Sendable {
    fileprivate let underWay = Atomic<Int>(0)

    public init() {}

    /// Notes that a connection has come to who serves it, or will never.
    public func noteArrival() { underWay.subtract(1, ordering: .relaxed) }
  }

  private let arrivals: Arrivals
  /// Whether somebody else notes the arrivals.
  private let areNoted: Bool

  /// - Parameter arrivals: where who serves a connection notes each; `nil` if a connection is served once it is set up on
  ///   its loop.
  public init(arrivals: Arrivals? = nil) {
    self.arrivals = arrivals ?? Arrivals()
    areNoted = arrivals != nil
  }

  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    arrivals.underWay.add(1, ordering: .relaxed)
    let child = unwrapInboundIn(data)
    context.fireChannelRead(data)
    guard !areNoted else { return }
    // Comes to the child's loop, and back from there, behind what sets it up.
    child.eventLoop.submit {}.hop(to: context.eventLoop).whenComplete { [arrivals] _ in arrivals.noteArrival() }
  }

  public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    close(context, mode, promise, looksLeft: Self.mostLooks)
  }

  private func close(
    _ context: ChannelHandlerContext, _ mode: CloseMode, _ promise: EventLoopPromise<Void>?, looksLeft: Int
  ) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    Self.queueLength(of: context.channel).whenComplete { result in
      // Asked and answered within the turn of the loop in which the socket is then closed.
      let (handler, context) = bound.value
      let isQuiet = if case .success(let length) = result { length == 0 } else { true }
      if looksLeft > 0, context.channel.isActive, !isQuiet || handler.arrivals.underWay.load(ordering: .relaxed) > 0 {
        // Not at once: the loop would look again and again before it accepts anybody.
        context.eventLoop.scheduleTask(in: Self.pause) {
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
