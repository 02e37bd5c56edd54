// SPDX-License-Identifier: Apache-2.0

import Foundation
import Identity
import StorageTesting
import Testing

@testable import Storage

@Suite("The chain of events")
struct EventChainTests {
  private static let first = StoredEvent(
    sequence: 1, time: 1_769_824_800_000_000, organisation: "o", kind: "note.created", object: "病院", actor: "person:p",
    before: nil, after: #"{"id":"a"}"#, reason: "", hash: [])

  private static func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

  @Test("the hash of an event is what its description says, as another program computes it")
  func reference() {
    let hash = EventChain.hash(of: Self.first, after: EventChain.beginning)
    #expect(Self.hex(hash) == "d8fc0e16647087075534ba7f2edb01cfe01242898091a70169894f9fa35de773")
    let second = StoredEvent(
      sequence: -2, time: .max, organisation: "", kind: "", object: "", actor: "", before: "", after: nil,
      reason: "because", hash: [])
    #expect(
      Self.hex(EventChain.hash(of: second, after: hash))
        == "a0c145a028889ac217cd754d79161933328f15b32dec99e97654ffa6b4fc9dde")
  }

  @Test("what stands in one field is told from what stands in another")
  func fields() {
    func event(_ texts: [String?]) -> StoredEvent {
      StoredEvent(
        sequence: 1, time: 1, organisation: texts[0] ?? "", kind: texts[1] ?? "", object: texts[2] ?? "",
        actor: texts[3] ?? "", before: texts[4], after: texts[5], reason: texts[6] ?? "", hash: [])
    }
    var hashes: Set<[UInt8]> = []
    for place in 0..<7 {
      for text in ["a", "aa"] {
        var texts = [String?](repeating: "", count: 7)
        texts[place] = text
        hashes.insert(EventChain.hash(of: event(texts), after: EventChain.beginning))
      }
    }
    for absent in [[], [4], [5], [4, 5]] {
      var texts = [String?](repeating: "", count: 7)
      for place in absent { texts[place] = nil }
      hashes.insert(EventChain.hash(of: event(texts), after: EventChain.beginning))
    }
    #expect(hashes.count == 18)
  }

  @Test(
    "events are there only with the change that they tell of, with everything that was said",
    arguments: ScratchStore.engines)
  func appended(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      let before = UUIDv7.millisecondsNow() * 1000
      try await store.write { transaction in
        transaction.append(
          Event(
            kind: "note.created", object: "a", organisation: "o", actor: .person(id: "p"), before: nil,
            after: #"{"id":"a"}"#, reason: "because"))
        transaction.append(
          Event(kind: "note.removed", object: "a", organisation: "q", actor: .anonymous, before: "{}"))
      }
      await #expect(throws: Unhappy()) {
        try await store.write { transaction in
          transaction.append(.noted("never"))
          throw Unhappy()
        }
      }
      let trail = try await store.trail()
      #expect(trail.map(\.sequence) == [1, 2])
      #expect(trail.map(\.actor) == ["person:p", "anonymous"])
      #expect(trail.map(\.organisation) == ["o", "q"])
      #expect(trail.map(\.kind) == ["note.created", "note.removed"])
      #expect(trail.map(\.before) == [nil, "{}"])
      #expect(trail.map(\.after) == [#"{"id":"a"}"#, nil])
      #expect(trail.map(\.reason) == ["because", ""])
      #expect(trail.allSatisfy { $0.time >= before })
      #expect(try await store.chainIsWhole())
      #expect(try await store.events.events(after: 0, limit: 10) == trail)
    }
  }

  @Test("the store refuses to change or remove an event", arguments: ScratchStore.engines)
  func refused(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { for object in ["a", "b", "c"] { $0.append(.noted(object)) } }
      var statements: [SQL] = [
        "UPDATE events SET reason = 'other' WHERE sequence = 2", "DELETE FROM events WHERE sequence = 3",
        "DELETE FROM events", "UPDATE events SET sequence = 9 WHERE sequence = 3",
      ]
      statements.append(
        engine == .postgres
          ? "TRUNCATE events"
          : "INSERT OR REPLACE INTO events SELECT organisation_id, sequence, 'x', '', '', '', '', '', 0, hash FROM events"
      )
      for statement in statements {
        let error = await #expect(throws: StorageError.self) { try await store.write { try $0.execute(statement) } }
        #expect(error?.description.contains("events are never") == true, "\(statement.text)")
      }
      #expect(try await store.chainIsWhole())
    }
  }

  @Test("whoever gets around that is found out by the chain", arguments: ScratchStore.engines)
  func tampering(engine: EngineName) async throws {
    let changes: [SQL] = [
      "UPDATE events SET reason = 'other' WHERE sequence = 2",
      "UPDATE events SET organisation_id = 'p' WHERE sequence = 2",
      "UPDATE events SET kind = 'note.removed' WHERE sequence = 1",
      "UPDATE events SET object_id = 'z' WHERE sequence = 4",
      "UPDATE events SET actor = 'person:q' WHERE sequence = 2",
      "UPDATE events SET before_json = '' WHERE sequence = 2",
      "UPDATE events SET after_json = NULL WHERE sequence = 2",
      "UPDATE events SET happened_at = happened_at + 1 WHERE sequence = 4",
      "UPDATE events SET sequence = 9 WHERE sequence = 4", "DELETE FROM events WHERE sequence = 1",
      "DELETE FROM events WHERE sequence = 2", "DELETE FROM events WHERE sequence = 4", "DELETE FROM events",
      """
      INSERT INTO events
        SELECT organisation_id, 5, kind, object_id, actor, before_json, after_json, reason, happened_at, hash
        FROM events WHERE sequence = 4
      """,
      "UPDATE events SET hash = $1 WHERE sequence = 4",
    ]
    try await ScratchStore.on(engine) { scratch in
      let store = try scratch.store()
      try await store.write { for object in ["a", "b", "c", "d"] { $0.append(.noted(object)) } }
      try await store.write { transaction in
        if engine == .sqlite {
          for trigger in ["events_stay", "events_stay_as_they_are", "events_stay_in_place"] as [SQL] {
            try transaction.execute("DROP TRIGGER \(trigger)")
          }
        } else {
          try transaction.execute("DROP TRIGGER events_stay ON events")
        }
        try transaction.execute("DROP INDEX events_sequence")
      }
      #expect(try await store.chainIsWhole())
      for change in changes {
        await #expect(throws: Undone.self) {
          try await store.write { transaction in
            #expect(try transaction.chainIsWhole())
            #expect(try transaction.change(change, change.text.contains("$1") ? [.blob([1])] : []) > 0)
            #expect(try !transaction.chainIsWhole(), "\(change.text)")
            throw Undone()
          }
        }
      }
      #expect(try await store.chainIsWhole())
    }
  }

  /// Ends a change that must not be kept.
  private struct Undone: Error {}

  @Test("times of events do not go back when the clock is set back, nor do ids", arguments: ScratchStore.engines)
  func clockSetBack(engine: EngineName) async throws {
    try await ScratchStore.on(engine) { scratch in
      let first = try scratch.store()
      try await first.write { $0.append(.noted("a")) }
      // The clock was an hour ahead when the last event was.
      let ahead = (UUIDv7.millisecondsNow() + 3_600_000) * 1000
      try await first.write { try $0.execute("UPDATE event_head SET happened_at = $1", [.integer(ahead)]) }
      try await first.write { $0.append(.noted("b")) }
      try first.close()
      let last = UUIDv7.next()
      let second = try scratch.store()
      try await second.write { $0.append(.noted("c")) }
      let times = try await second.trail().map(\.time)
      #expect(times[1] >= ahead && times[2] >= times[1])
      #expect(try await second.chainIsWhole())
      let next = UUIDv7.next()
      #expect(next > last)
      // The first 48 bits of an id are its milliseconds.
      #expect(Int64(next.filter { $0 != "-" }.prefix(12), radix: 16) ?? 0 > ahead / 1000)
    }
  }
}
