// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Synchronization

/// A file as it arrives in messages, read piece by piece off the event loop.
///
/// Nothing of the file is kept but its good rows and the report, so a slow or endless sender costs little.
struct IncomingFile: Sendable {
  /// The largest piece in one message.
  static let maximumPiece = 1024 * 1024
  /// Pieces up to this size are read where they arrive: that takes less than handing them to another thread is worth.
  private static let smallPiece = 4 * 1024

  private let importer: Shared

  /// The importer is changed by one message at a time; the lock says so to the compiler and is never waited for.
  private final class Shared: Sendable {
    let state: Mutex<ObservationImport>
    init(_ importer: ObservationImport) { state = Mutex(importer) }
  }

  init(_ importer: ObservationImport) {
    self.importer = Shared(importer)
  }

  func append(_ bytes: [UInt8], context: ServerContext) async throws {
    guard bytes.count <= Self.maximumPiece else {
      throw RPCError.invalidArgument(
        field: "chunk", "has \(bytes.count) bytes; pieces of up to \(Self.maximumPiece) bytes are accepted")
    }
    do {
      if bytes.count <= Self.smallPiece {
        try importer.state.withLock { try $0.read(bytes) }
      } else {
        let importer = importer
        try await context.offload { try importer.state.withLock { try $0.read(bytes) } }
      }
    } catch let error as ObservationImport.FileTooLarge {
      throw RPCError.failure(
        .resourceExhausted, reason: "FILE_TOO_LARGE",
        message: "The file is larger than \(error.limit) bytes; nothing was imported. "
          + "Cut it into several files.")
    }
  }

  func end(context: ServerContext) async throws -> ImportReading {
    let importer = importer
    return try await context.offload { importer.state.withLock { $0.finish() } }
  }
}
