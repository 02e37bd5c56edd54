// SPDX-License-Identifier: Apache-2.0

import CProtobufC

extension Message {
  /// The message in the binary format.
  /// - Throws: ``EncodingError`` when a string has a NUL in it.
  public func serialized() throws(EncodingError) -> [UInt8] {
    try Arena.withArena { (arena) throws(EncodingError) in
      let message = try checkedTwin(in: arena)
      let size = protobuf_c_message_get_packed_size(message)
      return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        if let start = buffer.baseAddress { count = protobuf_c_message_pack(message, start) }
      }
    }
  }

  /// Encodes the message straight into memory of the caller.
  /// - Parameter body: gets the size in bytes and a function that writes exactly that many bytes to the front of the
  ///   buffer it is given, which must be at least as large. It may be called once, any number of times or not at all.
  /// - Throws: ``EncodingError`` when a string has a NUL in it, or what `body` throws.
  public func withSerialized<R>(
    _ body: (_ size: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) throws -> R
  ) throws -> R {
    try Arena.withArena { arena in
      let message = try checkedTwin(in: arena)
      let size = protobuf_c_message_get_packed_size(message)
      return try body(size) { buffer in
        precondition(buffer.count >= size, "a message of \(size) bytes was given room for \(buffer.count)")
        guard size > 0, let start = buffer.baseAddress else { return }
        protobuf_c_message_pack(message, start.assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  /// Decodes a message in the binary format.
  ///
  /// The bytes are checked first, see ``DecodingError``; fields that this build does not know are skipped.
  public init(serialized bytes: UnsafeRawBufferPointer, limits: DecodingLimits = .default) throws(DecodingError) {
    self = try Arena.withArena(limit: limits.maximumMemory) { (arena) throws(DecodingError) in
      try Self(unpacking: arena.unpack(bytes, Self.descriptor, limits))
    }
  }

  /// Decodes a message in the binary format.
  public init(serialized bytes: [UInt8], limits: DecodingLimits = .default) throws(DecodingError) {
    self = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingError) in
      try Self(serialized: UnsafeRawBufferPointer(bytes), limits: limits)
    }
  }

  /// The C twin, unless C would cut one of its strings short.
  func checkedTwin(in arena: Arena) throws(EncodingError) -> UnsafePointer<ProtobufCMessage> {
    let message = UnsafePointer(arena.twin(of: self).assumingMemoryBound(to: ProtobufCMessage.self))
    if let cut = arena.state.pointee.cutString {
      let path = FieldPath.path(to: cut, in: message)
      throw EncodingError(message: Self.descriptor.fullName, field: path, problem: .nulInString)
    }
    return message
  }
}

extension Arena {
  /// Makes a C struct of the bytes.
  func unpack(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: MessageDescriptor, _ limits: DecodingLimits
  ) throws(DecodingError) -> UnsafeRawPointer {
    if let start = bytes.baseAddress {
      let reader = WireReader(self, maximumNesting: limits.maximumNesting)
      if let twin = reader.read(start, start + bytes.count, descriptor.pointer) { return twin }
      restart(limit: limits.maximumMemory)
    }
    return try unpackCarefully(bytes, descriptor, limits)
  }

  /// Checks the bytes, says what is wrong with them, or has protobuf-c make a C struct of them.
  func unpackCarefully(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: MessageDescriptor, _ limits: DecodingLimits
  ) throws(DecodingError) -> UnsafeRawPointer {
    guard try WireCheck.check(bytes, descriptor, limits), let start = bytes.baseAddress else {
      return try unpackChecked(bytes, descriptor, limits)
    }
    let merged: [UInt8]
    do {
      merged = try WireMerge.merged(start, start + bytes.count, descriptor.pointer)
    } catch {
      throw DecodingError(message: descriptor.fullName, field: error.path, problem: error.problem)
    }
    return try merged.withUnsafeBufferPointer { (merged) throws(DecodingError) in
      try unpackChecked(UnsafeRawBufferPointer(merged), descriptor, limits)
    }
  }

  private func unpackChecked(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: MessageDescriptor, _ limits: DecodingLimits
  ) throws(DecodingError) -> UnsafeRawPointer {
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let message = protobuf_c_message_unpack(descriptor.pointer, allocator, bytes.count, start) else {
      throw DecodingError(
        message: descriptor.fullName, field: "",
        problem: state.pointee.isExhausted ? .tooLarge(limit: limits.maximumMemory) : .unreadable)
    }
    return UnsafeRawPointer(message)
  }
}
