// SPDX-License-Identifier: Apache-2.0

/// Reads pieces of the trail from the store.
struct EventPages: Sendable {
  let readers: SessionPool

  /// So many events are looked at for one page at most, so that a filter that few pass holds no connection for long.
  private static let mostScanned: Int64 = 10_000

  /// The events after the one numbered `sequence` that pass, of those up to `last`.
  func page(
    after sequence: Int64, upTo last: Int64, matching filter: EventFilter, limit: Int, bytes: Int
  ) async throws -> EventPage {
    let end = last - sequence > Self.mostScanned ? sequence + Self.mostScanned : last
    var query = Query("SELECT \(StoredEvent.columns) FROM events")
    query.require("sequence > ? AND sequence <= ?", .integer(sequence), .integer(end))
    if let organisation = filter.organisation { query.require("organisation_id = ?", .text(organisation)) }
    if let object = filter.object { query.require("object_id = ?", .text(object)) }
    query.requireAny("kind", of: filter.kinds.sorted().map { .text($0) })
    query.page(limit: limit, after: nil, by: ["sequence"])
    let (sql, values) = (query.sql, query.values)
    return try await readers.read { transaction in
      var gathering = EventGathering(limit: limit, bytes: bytes)
      var isCut = false
      do {
        try transaction.forEachRow(sql, values) { row in
          guard gathering.take(try StoredEvent(row)) else { throw Enough() }
        }
        isCut = gathering.events.count == limit
      } catch is Enough {
        isCut = true
      }
      let newest = gathering.events.last
      let position = isCut ? newest?.sequence ?? sequence : end
      let hash = newest?.sequence == position ? newest?.hash : try transaction.hash(ofEvent: position)
      return EventPage(events: gathering.events, position: position, hash: hash, last: last)
    }
  }

  /// The hash of an event; nil when there is no such event.
  func hash(of sequence: Int64) async throws -> [UInt8]? {
    try await readers.lookup { transaction in try transaction.hash(ofEvent: sequence) }
  }

  /// Ends an answer of which enough was read.
  private struct Enough: Error {}
}

extension Transaction {
  fileprivate func hash(ofEvent sequence: Int64) throws -> [UInt8]? {
    try row("SELECT hash FROM events WHERE sequence = $1", [.integer(sequence)])?.blob("hash")
  }
}

extension StoredEvent {
  /// Reads `columns`.
  fileprivate init(_ row: PassingRow) throws {
    self.init(
      sequence: try row.integer(1), time: try row.integer(8), organisation: try row.text(0), kind: try row.text(2),
      object: try row.text(3), actor: try row.text(4), before: try row.optionalText(5), after: try row.optionalText(6),
      reason: try row.text(7), hash: try row.blob(9))
  }
}

extension PassingRow {
  fileprivate func optionalText(_ column: Int) throws -> String? {
    switch try value(column) {
    case .null: nil
    case .text(let text): text
    default: throw StorageError.unexpectedValue(column: "\(column)", problem: "is not text")
    }
  }

  fileprivate func blob(_ column: Int) throws -> [UInt8] {
    guard case .blob(let bytes) = try value(column) else {
      throw StorageError.unexpectedValue(column: "\(column)", problem: "is not a sequence of bytes")
    }
    return bytes
  }
}
