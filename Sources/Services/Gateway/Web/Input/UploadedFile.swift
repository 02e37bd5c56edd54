// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The bytes of a file that is still arriving, in pieces that fit a message.
///
/// Read once, by one task; a second reader finds nothing left.
final class UploadedFile: Sendable {
  /// The most bytes of one piece.
  static let pieceSize = 64 * 1024

  private struct Source {
    var first: ByteBuffer
    var rest: MultipartReader
  }

  private let source: Mutex<Source?>

  init(first: ByteBuffer, rest: sending MultipartReader) {
    source = Mutex(Source(first: first, rest: rest))
  }

  /// Hands on every piece, at the pace of `take`.
  func forEachPiece(_ take: ([UInt8]) async throws -> Void) async throws {
    guard var source = source.withLock({ $0.take() }) else { return }
    var next: ByteBuffer? = source.first
    while var bytes = next {
      while let piece = bytes.readBytes(length: min(bytes.readableBytes, Self.pieceSize)), !piece.isEmpty {
        try await take(piece)
      }
      next = try await source.rest.nextContent()
    }
  }
}
