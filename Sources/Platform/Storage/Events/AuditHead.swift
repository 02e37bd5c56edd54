// SPDX-License-Identifier: Apache-2.0

/// The end of a store's trail of events.
public struct AuditHead: Sendable, Hashable {
  /// Number of the last event; 0 when there is none.
  public let sequence: Int64
  /// Its hash; ``EventChain/beginning`` when there is none.
  public let hash: [UInt8]
  /// When it was made, in microseconds since 1970-01-01T00:00:00Z; 0 when there is none.
  public let time: Int64
}

extension Database {
  /// The end of the trail as it is in the store now, whichever process wrote it.
  public func auditHead() async throws -> AuditHead {
    let head = try await lookup { transaction in
      guard let row = try transaction.row("SELECT sequence, hash, happened_at FROM event_head WHERE id = 1") else {
        throw StorageError.unexpectedValue(column: "event_head", problem: "is gone")
      }
      return AuditHead(
        sequence: try row.integer("sequence"), hash: try row.blob("hash"), time: try row.integer("happened_at"))
    }
    events.advance(to: head.sequence)
    return head
  }
}
