// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
import RPC

/// Serves HTTP/1.1 and HTTP/2 on one port, by what each connection begins with.
struct GatewayChannel: ServerChildChannel {
  /// A connection whose protocol may not be known yet.
  struct Value: ServerChildChannelValue {
    let channel: any Channel
    fileprivate let negotiated: EventLoopFuture<Negotiated>
  }

  fileprivate enum Negotiated: Sendable {
    case http1(HTTP1Port.Value)
    /// The RPC server has taken the connection over.
    case http2
  }

  /// What each connection begins with; `nil` for plaintext.
  let tls: TLSPort?
  let http1: HTTP1Port
  let rpc: RPCServer
  /// How long a client may take to show what it speaks.
  let detectionTimeout: TimeAmount
  /// Where each connection is noted.
  let open: OpenChannels
  /// Where it is noted that a connection has come here.
  let arrivals: ListenerClosing.Arrivals

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    open.add(channel)
    let promise = channel.eventLoop.makePromise(of: Negotiated.self)
    let value = channel.eventLoop.makeCompletedFuture {
      try tls?.begin(on: channel)
      let handler = ProtocolDetectionHandler(promise: promise, timeout: detectionTimeout) { wire in
        switch wire {
        case .http1: http1.setup(channel: channel, logger: logger).map { .http1($0) }
        case .http2: rpc.attach(to: channel).map { .http2 }
        }
      }
      try channel.pipeline.syncOperations.addHandler(handler)
      return Value(channel: channel, negotiated: promise.futureResult)
    }
    value.whenFailure { _ in arrivals.noteArrival() }
    return value
  }

  func handle(value: Value, logger: Logger) async {
    arrivals.noteArrival()
    do {
      switch try await value.negotiated.get() {
      case .http1(let connection): await http1.handle(value: connection, logger: logger)
      case .http2: try await value.channel.closeFuture.get()
      }
    } catch {
      // A client that left before it said anything, or a connection that broke: nobody to tell.
      logger.trace("A connection ended early", metadata: ["error": "\(error)"])
    }
  }
}
