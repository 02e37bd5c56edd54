// SPDX-License-Identifier: Apache-2.0

import CZlib
package import NIOCore

extension MessageEncoding {
  /// zlib's name for the container: 15 is the largest window, 16 more means gzip's header and trailer.
  private var windowBits: Int32 {
    switch self {
    case .identity, .deflate: 15
    case .gzip: 15 + 16
    }
  }

  /// Compresses a message.
  /// - Throws: `INTERNAL` when memory is out.
  package func compress(_ message: ByteBuffer) throws(RPCError) -> ByteBuffer {
    if self == .identity { return message }
    var stream = z_stream()
    let begun = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard begun == Z_OK else { throw Self.failure(begun) }
    defer { deflateEnd(&stream) }
    // With room for the worst case one call does it all. Sizes are below the message limits, which are 32 bits.
    let bound = Int(deflateBound(&stream, UInt(message.readableBytes)))
    var output = ByteBufferAllocator().buffer(capacity: bound)
    var code = Z_OK
    message.withUnsafeReadableBytes { input in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(clamping: input.count)
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { room in
        stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(clamping: room.count)
        code = CZlib.deflate(&stream, Z_FINISH)
        return room.count - Int(stream.avail_out)
      }
    }
    guard code == Z_STREAM_END else { throw Self.failure(code) }
    return output
  }

  /// Gives a message back as it was before it was compressed.
  ///
  /// Stops as soon as there is more of it than the limit allows, however much more there would be.
  /// - Throws: `RESOURCE_EXHAUSTED` for a message larger than the limit, `INTERNAL` for bytes that are not of this
  ///   encoding, cut off, or followed by others.
  package func decompress(_ message: ByteBuffer, limit: Int) throws(RPCError) -> ByteBuffer {
    if self == .identity { return message }
    var stream = z_stream()
    let begun = inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard begun == Z_OK else { throw Self.failure(begun) }
    defer { inflateEnd(&stream) }
    // One byte more than the limit tells a message that is too large from one that just fits.
    let most = limit < Int.max ? limit + 1 : limit
    var output = ByteBufferAllocator().buffer(capacity: min(most, max(512, 4 * message.readableBytes)))
    var left = 0
    let code = message.withUnsafeReadableBytes { input in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(clamping: input.count)
      var code = Z_OK
      while code == Z_OK, output.readableBytes < most {
        let room = min(most - output.readableBytes, max(512, output.writableBytes, output.readableBytes))
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { bytes in
          stream.next_out = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.avail_out = UInt32(clamping: room)
          code = CZlib.inflate(&stream, Z_NO_FLUSH)
          return room - Int(stream.avail_out)
        }
      }
      left = Int(stream.avail_in)
      return code
    }
    guard output.readableBytes <= limit else {
      throw RPCError(
        code: .resourceExhausted, message: "a compressed message is larger than the limit of \(limit) bytes")
    }
    guard code == Z_STREAM_END else { throw Self.damaged("\(self)", "it is damaged or cut off") }
    guard left == 0 else { throw Self.damaged("\(self)", "\(left) bytes follow it") }
    return output
  }

  private static func damaged(_ name: String, _ reason: String) -> RPCError {
    RPCError(code: .internalError, message: "a message said to be \(name) cannot be decompressed: \(reason)")
  }

  private static func failure(_ code: Int32) -> RPCError {
    RPCError(code: .internalError, message: "zlib failed with code \(code)")
  }
}
