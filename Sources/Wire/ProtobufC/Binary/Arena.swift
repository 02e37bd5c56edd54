// SPDX-License-Identifier: Apache-2.0

import CProtobufC

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory for the C twin of one message, given out by moving a pointer and taken back all at once.
///
/// A thread keeps one arena and uses it for every message, so that encoding and decoding cost no `malloc` per field.
/// The handle is only valid inside the closure it was given to.
public struct Arena {
  @usableFromInline let state: UnsafeMutablePointer<State>

  @usableFromInline struct State {
    /// The free part of the current chunk.
    @usableFromInline var next: UnsafeMutableRawPointer
    @usableFromInline var end: UnsafeMutableRawPointer
    /// The newest chunk; each begins with the address of the one before.
    var chunk: UnsafeMutableRawPointer
    /// Bytes that further chunks may take.
    var allowance: Int
    /// Set when an allocation was refused.
    var isExhausted = false
    /// The first string that C would cut short because it has a NUL in it.
    @usableFromInline var cutString: UnsafeMutablePointer<CChar>?
    /// A `ProtobufCAllocator` that allocates here.
    var allocator: UnsafeMutablePointer<ProtobufCAllocator>
  }

  /// Every address is a multiple of this, which suits every C type in a message.
  @usableFromInline static let alignment = 8
  private static let chunkHeader = 16
  /// Size of the chunk that an arena keeps between messages.
  ///
  /// Most messages need no other.
  private static let firstChunk = 32 * 1024

  /// Memory for `size` bytes, or nil when the arena's allowance is used up.
  @inlinable func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    let free = state.pointee.next
    guard size >= 0, size <= free.distance(to: state.pointee.end) else { return allocateInNewChunk(size) }
    // The end of a chunk is aligned, so rounding up stays within it.
    state.pointee.next = free + ((size &+ (Self.alignment &- 1)) & ~(Self.alignment &- 1))
    return free
  }

  /// Memory for `size` bytes.
  ///
  /// Only for encoding, where the sizes come from values that are in memory already.
  @inlinable func allocateTrusted(_ size: Int) -> UnsafeMutableRawPointer {
    guard let memory = allocate(size) else { fatalError("out of memory: \(size) bytes for a message") }
    return memory
  }

  @usableFromInline func allocateInNewChunk(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, size <= state.pointee.allowance else {
      state.pointee.isExhausted = true
      return nil
    }
    let rounded = (size + Self.alignment - 1) & ~(Self.alignment - 1)
    let room = max(rounded, min(Self.firstChunk * 8, state.pointee.allowance & ~(Self.alignment - 1)))
    guard let chunk = malloc(room + Self.chunkHeader) else {
      state.pointee.isExhausted = true
      return nil
    }
    chunk.storeBytes(of: state.pointee.chunk, as: UnsafeMutableRawPointer?.self)
    state.pointee.allowance -= room
    state.pointee.chunk = chunk
    state.pointee.next = chunk + Self.chunkHeader
    state.pointee.end = state.pointee.next + room
    let memory = state.pointee.next
    state.pointee.next += rounded
    return memory
  }

  var allocator: UnsafeMutablePointer<ProtobufCAllocator> { state.pointee.allocator }
}

// MARK: - One arena per thread

extension Arena {
  /// Calls `body` with this thread's arena, which may take `limit` bytes beyond its first chunk, and empties it
  /// afterwards.
  ///
  /// Calls may nest: the inner one gets an arena of its own.
  static func withArena<R, Failure: Error>(
    limit: Int = .max / 2, _ body: (Arena) throws(Failure) -> R
  ) throws(Failure) -> R {
    let arena: Arena
    if let kept = pthread_getspecific(key) {
      pthread_setspecific(key, nil)
      arena = Arena(state: kept.assumingMemoryBound(to: State.self))
    } else {
      arena = Arena.make()
    }
    arena.state.pointee.allowance = limit
    defer {
      arena.empty()
      if pthread_getspecific(key) == nil, pthread_setspecific(key, arena.state) == 0 {
        // Kept for this thread's next message; `destroy` runs when the thread ends.
      } else {
        arena.destroy()
      }
    }
    return try body(arena)
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let result = pthread_key_create(&key) { kept in
      // On Darwin the argument is not optional, on Linux it is.
      let kept: UnsafeMutableRawPointer? = kept
      guard let kept else { return }
      Arena(state: kept.assumingMemoryBound(to: State.self)).destroy()
    }
    precondition(result == 0, "no thread-local storage left in this process")
    return key
  }()

  private static func make() -> Arena {
    guard let chunk = malloc(firstChunk + chunkHeader) else { fatalError("out of memory for a message") }
    chunk.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    let allocator = UnsafeMutablePointer<ProtobufCAllocator>.allocate(capacity: 1)
    allocator.initialize(
      to: ProtobufCAllocator(
        alloc: { data, size in
          guard let data, let size = Int(exactly: size) else { return nil }
          return Arena(state: data.assumingMemoryBound(to: State.self)).allocate(size)
        },
        free: { _, _ in },  // the arena is emptied as a whole
        allocator_data: UnsafeMutableRawPointer(state)))
    let start = chunk + chunkHeader
    state.initialize(
      to: State(next: start, end: start + firstChunk, chunk: chunk, allowance: 0, allocator: allocator))
    return Arena(state: state)
  }

  /// Gives back what was allocated, for another attempt at the same.
  func restart(limit: Int) {
    empty()
    state.pointee.allowance = limit
  }

  private func empty() {
    while let earlier = state.pointee.chunk.load(as: UnsafeMutableRawPointer?.self) {
      free(state.pointee.chunk)
      state.pointee.chunk = earlier
    }
    state.pointee.next = state.pointee.chunk + Self.chunkHeader
    state.pointee.end = state.pointee.next + Self.firstChunk
    state.pointee.isExhausted = false
    state.pointee.cutString = nil
  }

  private func destroy() {
    empty()
    free(state.pointee.chunk)
    state.pointee.allocator.deallocate()
    state.deallocate()
  }
}
