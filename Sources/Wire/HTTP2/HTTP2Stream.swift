// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One request and its response.
///
/// Belongs to its session, and like it to one event loop.
package final class HTTP2Stream {
  // The exclusivity of accesses is not checked at run time, as in the session.

  /// The identifier on the wire.
  package let id: Int32
  /// As a client: whether the request has left, rather than waits because the server takes no more streams for now.
  @exclusivity(unchecked) package internal(set) var hasLeft = false
  /// What was received before the data: the request, or the final response.
  @exclusivity(unchecked) package internal(set) var head = HeaderBlock()
  /// What was received behind the data.
  @exclusivity(unchecked) package internal(set) var trailers = HeaderBlock()
  /// Whether `head` is complete.
  @exclusivity(unchecked) package internal(set) var hasHead = false
  /// Data that was received and not yet taken.
  @exclusivity(unchecked) var inbound = ByteBuffer()
  /// Whether the other side has sent all it had to.
  @exclusivity(unchecked) package internal(set) var isInboundEnded = false
  /// Why the stream is over; `nil` while it lives.
  @exclusivity(unchecked) package internal(set) var closeCode: HTTP2ErrorCode?

  /// Told after a burst in which the stream changed; let go of after it was told that the stream is over.
  @exclusivity(unchecked) package var observer: (any HTTP2StreamObserver)?

  /// Data that waits to be sent.
  @exclusivity(unchecked) var outbound = ByteBuffer()
  /// What is to be sent behind the data.
  @exclusivity(unchecked) var outboundEnd = OutboundEnd.open
  /// nghttp2 was told that there is no data for now, and has to be told when there is.
  @exclusivity(unchecked) var isDeferred = false
  /// Somebody waits for room in `outbound`.
  @exclusivity(unchecked) package var wantsRoom = false
  /// Whether the connection's delegate has been told of the stream.
  @exclusivity(unchecked) var isAnnounced = false
  /// Whether the stream is on the session's list of streams that changed.
  @exclusivity(unchecked) var isListed = false
  /// Where the session keeps the stream.
  @exclusivity(unchecked) var slot = 0
  @exclusivity(unchecked) var isReceivingTrailers = false

  enum OutboundEnd {
    case open
    case data
    case trailers(OutgoingFields)
    case sent
  }

  init(id: Int32) { self.id = id }

  /// How many received bytes have not been taken.
  package var unreadBytes: Int { inbound.readableBytes }

  /// How many bytes wait to be sent.
  package var unsentBytes: Int { outbound.readableBytes }

  /// Takes all data that is there.
  package func takeInbound() -> ByteBuffer {
    let taken = inbound
    inbound = ByteBuffer()
    return taken
  }

  /// Takes this much data, or nothing if there is less.
  package func takeInbound(length: Int) -> ByteBuffer? {
    if inbound.readableBytes == length { return takeInbound() }
    return inbound.readSlice(length: length)
  }

  /// Makes room for so much data.
  package func reserveInbound(_ count: Int) {
    if count > inbound.readableBytes + inbound.writableBytes { inbound.reserveCapacity(count) }
  }

  /// Looks at the data without taking it.
  package func peekInbound<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try inbound.withUnsafeReadableBytes(body)
  }

  /// Puts data behind that which waits to be taken.
  func receive(_ data: UnsafeRawBufferPointer) {
    if inbound.readableBytes == 0 {
      inbound = ByteBuffer(copying: data)
    } else {
      inbound.append(data)
    }
  }

  /// Moves data that waits to be sent to the end of a buffer.
  func send(_ count: Int, to output: inout ByteBuffer) {
    outbound.withUnsafeReadableBytes { output.append(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    if count == outbound.readableBytes {
      outbound = ByteBuffer()
    } else {
      outbound.moveReaderIndex(forwardBy: count)
    }
  }

  /// Puts data behind that which waits to be sent.
  func enqueue(_ data: ByteBuffer) {
    if outbound.readableBytes == 0 {
      outbound = data
    } else {
      outbound.writeImmutableBuffer(data)
    }
  }
}

/// Follows one stream.
///
/// Called on the stream's event loop, outside nghttp2.
package protocol HTTP2StreamObserver: AnyObject {
  /// Something came, went out or ended; the stream says what is the case now.
  func streamChanged(_ stream: HTTP2Stream)
}
