// SPDX-License-Identifier: Apache-2.0

import CNGHTTP2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The memory of one session of nghttp2: the system's, but for the buffer in which frames are put together.
///
/// That buffer is the largest part of a session and holds nothing between two frames, so an idle connection does without
/// it: it lies on pages of its own, which are given back to the system and come again, empty, when they are next used.
struct SessionMemory: ~Copyable {
  private struct FrameBuffer {
    var start: UnsafeMutableRawPointer?
    /// Whether the session is being made: only then is the buffer allocated that it keeps.
    var isExpected = true
  }

  private let frameBuffer: UnsafeMutablePointer<FrameBuffer>

  /// A frame of the largest size that is sent, its header, and a byte for the length of padding.
  private static let frameBufferSize = (16 << 10) + 9 + 1

  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  init() {
    frameBuffer = .allocate(capacity: 1)
    frameBuffer.initialize(to: FrameBuffer())
  }

  /// The session has to be gone.
  deinit { frameBuffer.deallocate() }

  /// Calls the closure, which makes the session, with functions that allocate.
  func withAllocator<R>(_ make: (UnsafeMutablePointer<nghttp2_mem>) -> R) -> R {
    var allocator = nghttp2_mem(
      mem_user_data: frameBuffer,
      malloc: { size, owner in SessionMemory.allocate(size, owner) },
      free: { memory, owner in
        SessionMemory.forget(memory, owner)
        free(memory)
      },
      calloc: { count, size, _ in calloc(count, size) },
      realloc: { memory, size, owner in
        guard let memory else { return SessionMemory.allocate(size, owner) }
        SessionMemory.forget(memory, owner)
        return realloc(memory, size)
      })
    defer { frameBuffer.pointee.isExpected = false }
    return make(&allocator)
  }

  private static func allocate(_ size: Int, _ owner: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard size == frameBufferSize, let owner else { return malloc(size) }
    let buffer = owner.assumingMemoryBound(to: FrameBuffer.self)
    guard buffer.pointee.isExpected, buffer.pointee.start == nil else { return malloc(size) }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, pageSize, size) == 0 else { return nil }
    buffer.pointee.start = memory
    return memory
  }

  /// Notes that memory is no longer, or no longer there, if it is the buffer.
  @inline(__always)
  private static func forget(_ memory: UnsafeMutableRawPointer?, _ owner: UnsafeMutableRawPointer?) {
    guard let buffer = owner?.assumingMemoryBound(to: FrameBuffer.self), memory == buffer.pointee.start else { return }
    buffer.pointee.start = nil
  }

  /// Gives back what the buffer has taken up; no frame may be on its way.
  func release() {
    guard let start = frameBuffer.pointee.start else { return }
    let size = Self.frameBufferSize / Self.pageSize * Self.pageSize
    #if canImport(Darwin)
      madvise(start, size, MADV_FREE)
    #else
      madvise(start, size, MADV_DONTNEED)
    #endif
  }
}
