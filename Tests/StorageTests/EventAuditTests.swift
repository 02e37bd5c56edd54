// SPDX-License-Identifier: Apache-2.0

import Identity
import StorageTesting
import Testing

@testable import Storage

@Suite("The check of the trail")
struct EventAuditTests {
  /// A store with events 1 to 20.
  private func on(_ engine: EngineName, _ body: (ScratchStore) async throws -> Void) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      for number in 1...20 {
        try await store.write { transaction in
          transaction.append(
            Event(
              kind: "note.created", object: "n\(number)", organisation: "o\(number % 2)", actor: .anonymous,
              before: number % 3 == 0 ? "{}" : nil, after: "{\"n\":\(number)}"))
        }
      }
      try store.close()
      try await body(scratch)
    }
  }

  private func audit(_ scratch: ScratchStore, _ pins: [Int64: [UInt8]] = [:]) throws -> EventAudit {
    try #require(try EventAudit(of: scratch.location(), service: "test", expecting: pins))
  }

  @Test(
    "a whole trail is told with its store, its length and its head, also while the store is open",
    arguments: ScratchStore.engines)
  func whole(engine: EngineName) async throws {
    try await on(engine) { scratch in
      let audit = try audit(scratch)
      #expect(audit.problem == nil && audit.events == 20)
      let store = try scratch.store()
      #expect(audit.store == store.id)
      #expect(try await audit.head == store.trail().last?.hash)
      try await store.write {
        $0.append(Event(kind: "note.created", object: "n", organisation: "o", actor: .anonymous))
      }
      let later = try self.audit(scratch, [20: audit.head, 0: EventChain.beginning])
      #expect(later.problem == nil && later.events == 21)
    }
  }

  @Test("no store has no trail, and an empty one is whole", arguments: ScratchStore.engines)
  func empty(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      #expect(try EventAudit(of: scratch.location(), service: "test") == nil)
      try scratch.store().close()
      let audit = try audit(scratch)
      #expect(audit.events == 0 && audit.problem == nil && audit.head == EventChain.beginning)
      #expect(try self.audit(scratch, [3: [1]]).problem == .pinMissing(sequence: 3, last: 0))
    }
  }

  /// What somebody does to the trail, and what is found.
  static let tamperings: [(sql: [String], problem: EventAudit.Problem)] = [
    (["UPDATE events SET reason = 'other' WHERE sequence = 7"], .hash(sequence: 7)),
    (["UPDATE events SET actor = 'person:x' WHERE sequence = 1"], .hash(sequence: 1)),
    (["UPDATE events SET before_json = '' WHERE sequence = 20"], .hash(sequence: 20)),
    (["UPDATE events SET happened_at = happened_at + 1 WHERE sequence = 9"], .hash(sequence: 9)),
    (["UPDATE events SET hash = (SELECT hash FROM event_head) WHERE sequence = 5"], .hash(sequence: 5)),
    (["DELETE FROM events WHERE sequence = 12"], .gap(expected: 12, found: 13)),
    (["DELETE FROM events WHERE sequence < 4"], .gap(expected: 1, found: 4)),
    (["DELETE FROM events WHERE sequence > 17"], .end(sequence: 17, head: 20)),
    (["DELETE FROM events"], .end(sequence: 0, head: 20)),
    (
      ["UPDATE event_head SET sequence = 17"], .end(sequence: 20, head: 17)
    ),
    (["UPDATE event_head SET hash = (SELECT hash FROM events WHERE sequence = 3)"], .head(sequence: 20)),
    (
      ["DELETE FROM events WHERE sequence = 20", "UPDATE event_head SET sequence = 19"], .head(sequence: 19)
    ),
    (
      [
        """
        INSERT INTO events SELECT 'other', sequence, kind, object_id, actor, before_json, after_json, reason,
          happened_at, hash
        FROM events WHERE sequence = 8
        """
      ], .gap(expected: 9, found: 8)
    ),
    (
      ["UPDATE events SET sequence = 1000 WHERE sequence = 2", "UPDATE events SET sequence = 2 WHERE sequence = 3"],
      .hash(sequence: 2)
    ),
  ]

  @Test(
    "whatever is done to the trail, the first event that does not fit is named", arguments: ScratchStore.engines,
    tamperings.indices)
  func tampered(engine: EngineName, index: Int) async throws {
    try await on(engine) { scratch in
      for sql in Self.tamperings[index].sql { try scratch.changeTrail(sql) }
      let audit = try audit(scratch)
      #expect(audit.problem == Self.tamperings[index].problem)
      #expect(audit.problem?.description.isEmpty == false)
    }
  }

  @Test(
    "a trail that was written anew from some event on is found out by a hash that was kept",
    arguments: ScratchStore.engines)
  func rewritten(engine: EngineName) async throws {
    try await on(engine) { scratch in
      let kept = try audit(scratch)
      // Somebody who knows how the hashes are made changes event 7, and makes all after it anew.
      try scratch.rewriteTrail(from: 7, reason: "nothing happened")
      let audit = try audit(scratch)
      #expect(audit.problem == nil && audit.events == 20 && audit.head != kept.head)
      #expect(try self.audit(scratch, [20: kept.head]).problem == .pin(sequence: 20))
      #expect(try self.audit(scratch, [21: kept.head]).problem == .pinMissing(sequence: 21, last: 20))
    }
  }
}

extension ScratchStore {
  /// Changes the trail as somebody with all rights over the database can.
  func changeTrail(_ sql: String, _ values: [SQLValue] = []) throws {
    if engine == .postgres {
      try change("ALTER TABLE events DISABLE TRIGGER ALL")
    } else {
      for trigger in ["events_stay", "events_stay_as_they_are", "events_stay_in_place"] {
        try change("DROP TRIGGER IF EXISTS \(trigger)")
      }
    }
    try change(sql, values)
  }

  /// Changes an event, and makes the hashes from there on fit.
  fileprivate func rewriteTrail(from first: Int64, reason: String) throws {
    let engine = try Database.engine(at: location(), service: "test")
    var changes: [(Int64, [UInt8])] = []
    var head = EventChain.beginning
    try engine.updatingSchema { connection in
      for row in try connection.rows("SELECT * FROM events ORDER BY sequence", [], atMost: .max) {
        let event = try StoredEvent(row)
        let changed = StoredEvent(
          sequence: event.sequence, time: event.time, organisation: event.organisation, kind: event.kind,
          object: event.object, actor: event.actor, before: event.before, after: event.after,
          reason: event.sequence == first ? reason : event.reason, hash: []
        ).chained(after: head)
        head = changed.hash
        changes.append((event.sequence, head))
      }
    }
    try engine.close()
    try changeTrail("UPDATE events SET reason = $1 WHERE sequence = $2", [.text(reason), .integer(first)])
    for (sequence, hash) in changes {
      try change("UPDATE events SET hash = $1 WHERE sequence = $2", [.blob(hash), .integer(sequence)])
    }
    try change("UPDATE event_head SET hash = $1", [.blob(head)])
  }
}
