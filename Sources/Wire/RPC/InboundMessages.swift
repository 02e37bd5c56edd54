// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore

/// Takes messages out of the data of a stream, and gives back the stream's window as it does.
struct InboundMessages {
  /// What there is to take.
  enum Step {
    case message(ByteBuffer)
    /// More data has to come first.
    case incomplete
    /// The other side has sent its last message.
    case end
  }

  private static let prefix = MessageFrame.prefixSize

  /// The largest message in bytes.
  let limit: Int
  /// What messages with the compressed flag are compressed with, as the header said.
  var encoding: MessageEncoding
  /// Whether the last message that was taken came compressed.
  private(set) var wasCompressed = false
  /// How many messages were taken, and their bytes as they came, without prefixes.
  private(set) var count = 0
  private(set) var bytes = 0
  /// How much of the data that waits has been given back to the window already.
  private var acknowledged = 0
  /// Whether messages larger than half of the stream's window have to be admitted, so that not all streams are full of them.
  private let needsAdmission: Bool
  /// Whether the message that is arriving was admitted.
  private var isAdmitted = false
  /// How large the message is that has to be admitted before more of it can come.
  private(set) var awaitingAdmission: Int?

  init(limit: Int, encoding: MessageEncoding = .identity, needsAdmission: Bool = false) {
    self.limit = limit
    self.encoding = encoding
    self.needsAdmission = needsAdmission
  }

  /// Lets the message come whose size is ``awaitingAdmission``.
  mutating func admit() {
    isAdmitted = true
    awaitingAdmission = nil
  }

  /// Takes the next message.
  ///
  /// Asking for it is what lets the sender go on: the window is given back for the part of a message that has come, so
  /// that one larger than the window gets through.
  mutating func next(of stream: HTTP2Stream, in session: HTTP2Session) throws(RPCError) -> Step {
    let available = stream.unreadBytes
    if available == 0, stream.isInboundEnded { return .end }
    var isHeldBack = false
    if available >= Self.prefix {
      let (length, isCompressed) = try prefix(stream)
      if available >= Self.prefix + length, let frame = stream.takeInbound(length: Self.prefix + length) {
        session.acknowledge(max(0, Self.prefix + length - acknowledged), on: stream)
        acknowledged = max(0, acknowledged - Self.prefix - length)
        var message = frame
        message.moveReaderIndex(forwardBy: Self.prefix)
        wasCompressed = isCompressed
        count += 1
        bytes += length
        isAdmitted = false
        return try .message(isCompressed ? encoding.decompress(message, limit: limit) : message)
      }
      if needsAdmission, !isAdmitted {
        // One that fits into half of the window needs no more of it: the half at least is open, as nghttp2 gives the window
        // back once half of it was read.
        isHeldBack = true
        if Self.prefix + length > session.limits.streamWindow / 2 { awaitingAdmission = length }
      } else {
        stream.reserveInbound(Self.prefix + length)
      }
    }
    if stream.isInboundEnded {
      throw RPCError(code: .internalError, message: "the last message is cut off after \(available) bytes")
    }
    if !isHeldBack {
      session.acknowledge(available - acknowledged, on: stream)
      acknowledged = available
    }
    return .incomplete
  }

  private func prefix(_ stream: HTTP2Stream) throws(RPCError) -> (length: Int, isCompressed: Bool) {
    let (flag, length) = stream.peekInbound { bytes in
      (bytes[0], Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self))))
    }
    guard flag == 0 || flag == 1 && encoding != .identity else {
      throw RPCError(
        code: .internalError,
        message: flag == 1
          ? "a message is compressed, and no encoding was named" : "a message has the unknown flag \(flag)")
    }
    guard length <= limit else {
      throw RPCError(
        code: .resourceExhausted, message: "a message of \(length) bytes is larger than the limit of \(limit)")
    }
    return (length, flag == 1)
  }
}
