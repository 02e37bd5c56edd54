// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ProtobufC

/// A message as gRPC puts it on the wire: a byte that says whether it is compressed, its length as four bytes with the
/// highest first, and the message.
enum MessageFrame {
  /// The bytes before each message.
  static let prefixSize = 5

  /// Encodes a message, compresses it if an encoding is given, and puts the prefix before it.
  /// - Parameter always: as in ``wrap(_:limit:encoding:always:)``.
  static func encode(
    _ message: some Message, limit: Int, encoding: MessageEncoding = .identity, always: @autoclosure () -> Bool = false
  ) throws -> ByteBuffer {
    if encoding != .identity {
      return try wrap(serialized(message, limit: limit), limit: limit, encoding: encoding, always: always())
    }
    return try message.withSerialized { size, write in
      try checkSize(size, limit: limit)
      var frame = ByteBufferAllocator().buffer(capacity: prefixSize + size)
      frame.writeWithUnsafeMutableBytes(minimumWritableBytes: prefixSize + size) { bytes in
        bytes.storeBytes(of: 0, as: UInt8.self)
        bytes.storeBytes(of: UInt32(size).bigEndian, toByteOffset: 1, as: UInt32.self)
        write(UnsafeMutableRawBufferPointer(rebasing: bytes[prefixSize..<prefixSize + size]))
        return prefixSize + size
      }
      return frame
    }
  }

  private static func serialized(_ message: some Message, limit: Int) throws -> ByteBuffer {
    try message.withSerialized { size, write in
      try checkSize(size, limit: limit)
      var bytes = ByteBufferAllocator().buffer(capacity: size)
      bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { room in
        write(UnsafeMutableRawBufferPointer(rebasing: room[..<size]))
        return size
      }
      return bytes
    }
  }

  /// Compresses an encoded message if an encoding is given, and puts the prefix before it.
  ///
  /// A message that compression does not make smaller goes as it is: the prefix says which.
  /// - Parameters:
  ///   - limit: of the message before it is compressed.
  ///   - always: whether it goes compressed even then, because somebody asked for that.
  static func wrap(
    _ message: ByteBuffer, limit: Int, encoding: MessageEncoding = .identity, always: Bool = false
  ) throws(RPCError) -> ByteBuffer {
    try checkSize(message.readableBytes, limit: limit)
    var payload = try encoding.compress(message)
    let isCompressed = encoding != .identity && always || payload.readableBytes < message.readableBytes
    if !isCompressed { payload = message }
    var frame = ByteBufferAllocator().buffer(capacity: prefixSize + payload.readableBytes)
    frame.writeInteger(UInt8(isCompressed ? 1 : 0))
    frame.writeInteger(UInt32(payload.readableBytes))
    frame.writeImmutableBuffer(payload)
    return frame
  }

  private static func checkSize(_ size: Int, limit: Int) throws(RPCError) {
    guard size <= min(limit, Int(UInt32.max)) else {
      throw RPCError(
        code: .resourceExhausted, message: "a message of \(size) bytes is larger than the limit of \(limit)")
    }
  }

  /// Decodes a message without its prefix.
  static func decode<M: Message>(_ bytes: ByteBuffer, as type: M.Type) throws(RPCError) -> M {
    do {
      return try bytes.withUnsafeReadableBytes { try M(serialized: $0) }
    } catch {
      throw RPCError(code: .internalError, message: "cannot decode \(M.descriptor.fullName): \(error)")
    }
  }
}

/// Where encoded messages come from, in order, without their prefixes.
protocol MessageSource: Sendable {
  /// The next message, waiting for it to arrive; `nil` after the last.
  func nextMessage() async throws -> ByteBuffer?
}

/// Where encoded messages go, with their prefixes.
protocol MessageSink: Sendable {
  /// The largest message, in bytes, that may be sent.
  var sendLimit: Int { get }
  /// How the next message is to be compressed.
  /// - Parameter compressed: what the writer asks for; `nil` leaves it to the call.
  func encoding(compressed: Bool?) -> MessageEncoding
  /// Sends a message once there is room for it.
  func send(_ frame: ByteBuffer) async throws
}

extension MessageSink {
  func encoding(compressed: Bool?) -> MessageEncoding { .identity }
}

extension MessageSource {
  /// The one request of a call that has exactly one.
  func onlyMessage() async throws -> ByteBuffer {
    guard let message = try await nextMessage() else {
      throw RPCError(code: .unimplemented, message: "the method takes one request, none came")
    }
    guard try await nextMessage() == nil else {
      throw RPCError(code: .unimplemented, message: "the method takes one request, more came")
    }
    return message
  }
}
