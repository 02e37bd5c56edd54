// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Serves HTTP/1 on a connection: Hummingbird's loop over requests, on a pipeline of our own.
///
/// Of Hummingbird's `HTTP1Channel` the pipeline is replaced. NIO's decoder stops for ever behind a request with `Upgrade`,
/// which ``HTTP1RequestDecoder`` gets over; whether a connection lasts, what is refused before it is a request, and that a
/// client has gone is ``HTTP1Exchange``'s.
struct HTTP1Port: HTTPChannelHandler {
  struct Value: ServerChildChannelValue {
    let requests: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    /// Fulfilled when nobody is left to answer.
    let gone: EventLoopFuture<Void>

    var channel: any Channel { requests.channel }
  }

  let responder: HTTPChannelHandler.Responder
  /// How long a connection may do nothing.
  let idleTimeout: TimeAmount
  /// Whether the connection is encrypted, which is the scheme of its requests.
  let isSecure: Bool

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let renewal = HTTP1RequestDecoder.Renewal()
      let gone = channel.eventLoop.makePromise(of: Void.self)
      let exchange = HTTP1Exchange(
        isSecure: isSecure, stallTimeout: idleTimeout, renewal: renewal, gone: gone, logger: logger)
      do {
        var framing = HTTPResponseEncoder.Configuration()
        // It would frame the answer to a HEAD as if it had a body.
        framing.automaticallySetFramingHeaders = false
        try pipeline.addHandlers([
          HTTPResponseEncoder(configuration: framing), ByteToMessageHandler(HTTP1RequestDecoder(renewal)), exchange,
          HTTPConnectionStateHandler(idleTimeout: Duration(idleTimeout), logger: logger),
        ])
        let requests = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
          wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        return Value(requests: requests, gone: gone.futureResult)
      } catch {
        gone.succeed()
        throw error
      }
    }
  }

  func handle(value: Value, logger: Logger) async {
    let serving = Task { await handleHTTP(asyncChannel: value.requests, logger: logger) }
    value.gone.whenComplete { _ in serving.cancel() }
    await withTaskCancellationHandler {
      await serving.value
    } onCancel: {
      serving.cancel()
    }
  }
}
