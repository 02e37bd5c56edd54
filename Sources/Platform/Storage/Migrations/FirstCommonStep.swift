// SPDX-License-Identifier: Apache-2.0

/// What the first step of the common schema does besides its statements: stores of before have events without a chain.
struct FirstCommonStep {
  let connection: any EngineConnection
  let engine: any Engine
  let service: String

  /// Makes way for the new table of events.
  func prepare(after history: SchemaHistory) throws {
    guard try engine.hasTable("events", connection) else { return }
    _ = try connection.execute("ALTER TABLE events RENAME TO events_without_chain", [])
    _ = try connection.execute("DROP INDEX events_object", [])
    _ = try connection.execute("DROP INDEX events_organisation", [])
  }

  /// Takes the events over, chained, and gives the store its properties.
  func finish(after history: SchemaHistory) throws {
    var head = EventLog.Head(sequence: 0, hash: EventChain.beginning)
    var time: Int64 = 0
    if try engine.hasTable("events_without_chain", connection) {
      var page = try page(after: 0)
      while let last = page.last?.old {
        for (_, event) in page {
          // Numbers that were given to writes that failed are gone: the new ones have no gaps.
          let chained = event.numbered(head.sequence + 1).chained(after: head.hash)
          try connection.insert(chained)
          head = EventLog.Head(sequence: chained.sequence, hash: chained.hash)
          time = max(time, chained.time)
        }
        page = try self.page(after: last)
      }
      _ = try connection.execute("DROP TABLE events_without_chain", [])
    }
    _ = try connection.execute(
      "INSERT INTO event_head (id, sequence, hash, happened_at, touched) VALUES (1, $1, $2, $3, 0)",
      [.integer(head.sequence), .blob(head.hash), .integer(time)])
    for (name, value) in StoreProperties.new(service: service) {
      _ = try connection.execute(
        "INSERT INTO store_properties (name, value) VALUES ($1, $2)", [.text(name), .blob(value)])
    }
  }

  private func page(after sequence: Int64) throws -> [(old: Int64, event: StoredEvent)] {
    try connection.rows(
      """
      SELECT organisation_id, sequence, kind, object_id, actor, before_json, after_json, reason, happened_at,
        $2 AS hash
      FROM events_without_chain WHERE sequence > $1 ORDER BY sequence LIMIT 1000
      """, [.integer(sequence), .blob([])], atMost: 1000
    ).map { row in (try row.integer("sequence"), try StoredEvent(row)) }
  }
}

extension StoredEvent {
  fileprivate func numbered(_ sequence: Int64) -> StoredEvent {
    StoredEvent(
      sequence: sequence, time: time, organisation: organisation, kind: kind, object: object, actor: actor,
      before: before, after: after, reason: reason, hash: hash)
  }
}
