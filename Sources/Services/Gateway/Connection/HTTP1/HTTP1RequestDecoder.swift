// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// NIO's decoder of requests, made anew behind a request that asks for another protocol.
///
/// `HTTPDecoder` stops parsing behind a request with `Connection: upgrade` and `Upgrade`, for somebody to change the
/// pipeline. Nobody does here: HTTP/1.1 goes on (RFC 9110, section 7.8: a server may ignore the field), so that the next
/// request, which through a proxy may be another person's, is read by a new decoder.
struct HTTP1RequestDecoder: ByteToMessageDecoder {
  typealias InboundOut = HTTPServerRequestPart
  private typealias Decoder = HTTPDecoder<HTTPServerRequestPart, HTTPServerResponsePart>

  /// The largest header: request line, names and values of all fields together, in bytes.
  static let headerLimit = 64 << 10
  /// The most fields of a header.
  static let fieldLimit = 1000

  /// How the handler behind the decoder, which sees what was decoded, asks for a new one.
  final class Renewal {
    /// Whether the request that has just ended asked for another protocol.
    var isDue = false
  }

  private let renewal: Renewal
  private var decoder = HTTP1RequestDecoder.makeDecoder()

  init(_ renewal: Renewal) { self.renewal = renewal }

  private static func makeDecoder() -> Decoder {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = headerLimit
    limits.maxHeaderListSize = headerLimit
    limits.maxHeaderFieldCount = fieldLimit
    return Decoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
  }

  mutating func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

  mutating func decoderRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

  mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
    let state = try decoder.decode(context: context, buffer: &buffer)
    guard renewal.isDue else { return state }
    renew(context)
    return buffer.readableBytes > 0 ? .continue : .needMoreData
  }

  mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) throws -> DecodingState {
    while buffer.readableBytes > 0, case .continue = try decode(context: context, buffer: &buffer) {}
    return try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
  }

  private mutating func renew(_ context: ChannelHandlerContext) {
    renewal.isDue = false
    decoder.decoderRemoved(context: context)
    decoder = Self.makeDecoder()
    decoder.decoderAdded(context: context)
  }
}
