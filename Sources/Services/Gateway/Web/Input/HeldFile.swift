// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file that came with a form, held until all the form's fields are known.
///
/// What to do with a file may stand behind it in the form, so nothing is passed on before the form's end. Small files
/// stay in memory; what is more goes to a file without a name in the folder for temporary files, which is gone with this
/// object or the process.
///
/// One task writes it to its end, then one reads it.
final class HeldFile: Sendable {
  /// The most bytes in memory.
  static let mostInMemory = 512 * 1024
  /// The most bytes of a piece that is handed on.
  static let pieceSize = 64 * 1024

  private struct State {
    var memory: [UInt8] = []
    var descriptor: Int32 = -1
    var count = 0
    /// FNV-1a of all bytes.
    var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes {
        fingerprint = (fingerprint ^ UInt64(byte)) &* 0x100_0000_01b3
        count += 1
      }
    }
  }

  private let state = Mutex(State())

  init() {}

  /// A file that is there as a whole.
  init(_ bytes: [UInt8]) {
    state.withLock {
      $0.memory = bytes
      $0.add(bytes)
    }
  }

  deinit {
    state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
  }

  var count: Int { state.withLock { $0.count } }

  /// Tells this file from another, as far as a person's word about it goes: not a proof of anything.
  var fingerprint: String { String(state.withLock { $0.fingerprint }, radix: 16) }

  /// The whole file, when it is no larger than so many bytes and in memory.
  func bytes(atMost limit: Int) -> [UInt8]? {
    state.withLock { $0.descriptor < 0 && $0.count <= limit ? $0.memory : nil }
  }

  /// Adds the bytes that follow.
  /// - Throws: ``HeldFileError`` when there is no room for them.
  func append(_ bytes: ByteBuffer) async throws {
    let isInMemory = state.withLock { state in
      guard state.descriptor < 0, state.count + bytes.readableBytes <= Self.mostInMemory else { return false }
      state.memory.append(contentsOf: bytes.readableBytesView)
      state.add(bytes.readableBytesView)
      return true
    }
    if isInMemory { return }
    // Writing to a disk may wait, so it leaves the event loop.
    try await NIOThreadPool.singleton.runIfActive { try self.spool(bytes) }
  }

  private func spool(_ bytes: ByteBuffer) throws {
    try state.withLock { state in
      if state.descriptor < 0 {
        state.descriptor = try Self.temporaryFile()
        let memory = state.memory
        state.memory = []
        try memory.withUnsafeBytes { try Self.put($0, to: state.descriptor) }
      }
      try bytes.withUnsafeReadableBytes { try Self.put($0, to: state.descriptor) }
      state.add(bytes.readableBytesView)
    }
  }

  /// Hands on every piece from the beginning, at the pace of `take`.
  func forEachPiece(_ take: ([UInt8]) async throws -> Void) async throws {
    var offset = 0
    while true {
      let start = offset
      let piece = try await piece(at: start)
      if piece.isEmpty { return }
      offset += piece.count
      try await take(piece)
    }
  }

  private func piece(at offset: Int) async throws -> [UInt8] {
    let (descriptor, piece) = state.withLock { state -> (Int32, [UInt8]) in
      (state.descriptor, Array(state.memory.dropFirst(offset).prefix(Self.pieceSize)))
    }
    guard descriptor >= 0 else { return piece }
    return try await NIOThreadPool.singleton.runIfActive {
      // The lock keeps the file open while it is read.
      try self.state.withLock { state in
        let size = min(Self.pieceSize, state.count - offset)
        guard size > 0 else { return [] }
        return try Self.read(size, at: offset, of: state.descriptor)
      }
    }
  }

  private static func read(_ size: Int, at offset: Int, of descriptor: Int32) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let read = pread(descriptor, buffer.baseAddress.map { $0 + count }, size - count, off_t(offset + count))
        if read > 0 {
          count += read
        } else if read == 0 || errno != EINTR {
          failure = read == 0 ? EIO : errno
          break
        }
      }
    }
    guard failure == 0 else { throw HeldFileError(code: failure) }
    return bytes
  }

  private static func put(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw HeldFileError(code: errno)
      }
    }
  }

  /// Opens a file that has no name any more, so that nobody else sees it and nothing of it stays.
  private static func temporaryFile() throws -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/waymark-upload-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw HeldFileError(code: errno) }
    unlink(name)
    return descriptor
  }
}

/// A file could not be held: the folder for temporary files is full or cannot be written.
struct HeldFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// As `errno` has it.
  let code: Int32

  var description: String {
    "The gateway has no room to hold this file (\(String(cString: strerror(code)))). Nothing was saved. A smaller file may "
      + "go through; whoever runs Waymark can free space in the folder for temporary files."
  }
}
