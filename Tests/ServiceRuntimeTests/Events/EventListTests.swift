// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import ServiceRuntime
import StorageTesting
import Testing

@testable import Storage

@Suite("Lists of events, and the end of the trail")
struct EventListTests {
  @Test("every event comes once and in order, however large the pages are", arguments: ScratchStore.engines)
  func pages(engine: EngineName) async throws {
    let store = try EventStore(engine)
    #expect(try await store.list() == .init())
    try await store.write(25)
    for (size, pages) in [(1, 25), (7, 4), (25, 1), (0, 1)] as [(Int32, Int)] {
      let all = try await store.listAll(.init(pageSize: size))
      #expect(all.events.map(\.sequence) == Array(1...25) && all.pages == pages)
    }
    let tail = try await store.list(.init(afterSequence: 20))
    #expect(tail.events.map(\.sequence) == Array(21...25) && tail.position == 25)
  }

  @Test("a store that is opened again lists the same from its file as from memory", arguments: ScratchStore.engines)
  func again(engine: EngineName) async throws {
    let store = try EventStore(engine)
    try await store.write(30, organisation: 1)
    try await store.write(5, kind: "note.updated", organisation: 2, object: 7)
    let listed = try await store.listAll().events
    #expect(store.database.events.reads == 0)
    if engine == .sqlite { try store.database.close() }
    let again = try store.openAgain()
    let handler = EventHandler(database: again, service: "people")
    let read = try await handler.listEvents(.init(), context: EventStore.context)
    #expect(read.events == listed && again.events.reads > 0)
    let filtered = try await handler.listEvents(
      .init(organisationID: EventStore.id(2), objectID: EventStore.id(7), kinds: ["note.updated"]),
      context: EventStore.context)
    #expect(filtered.events == Array(listed.suffix(5)))
    try again.close()
  }

  @Test("only what passes every filter is listed", arguments: ScratchStore.engines)
  func filters(engine: EngineName) async throws {
    let store = try EventStore(engine)
    for number in 0..<24 {
      try await store.write(
        1, kind: number % 2 == 0 ? "note.created" : "note.updated", organisation: number % 3, object: number % 4)
    }
    let all = try await store.listAll().events
    for request in [
      EventsV1.ListEventsRequest(organisationID: EventStore.id(1)), .init(objectID: EventStore.id(3)),
      .init(kinds: ["note.updated"]), .init(kinds: ["note.updated", "note.created"]), .init(kinds: ["nothing"]),
      .init(pageSize: 1, organisationID: EventStore.id(2).uppercased(), objectID: EventStore.id(2)),
    ] {
      let expected = all.filter { event in
        (request.organisationID.isEmpty || request.organisationID.lowercased() == event.organisationID)
          && (request.objectID.isEmpty || request.objectID == event.objectID)
          && (request.kinds.isEmpty || request.kinds.contains(event.kind))
      }
      let listed = try await store.listAll(request)
      #expect(listed.events == expected, "\(request)")
    }
  }

  @Test("a page holds about a megabyte; an event larger than a message comes without its objects")
  func large() async throws {
    let store = try EventStore()
    try await store.write(6, size: 400_000)
    try await store.write(1, size: 5 << 20)
    try await store.write(1)
    let all = try await store.listAll()
    #expect(all.events.map(\.sequence) == Array(1...8))
    #expect(all.pages == 5)
    #expect(all.events.map(\.abridged) == [false, false, false, false, false, false, true, false])
    #expect(all.events[0].afterJson.utf8.count == 400_000 && all.events[6].afterJson.isEmpty)
  }

  @Test("the hashes of a list chain up to the end of the trail", arguments: ScratchStore.engines)
  func head(engine: EngineName) async throws {
    let store = try EventStore(engine)
    let empty = try await store.handler.getAuditHead(.init(), context: EventStore.context).head
    #expect(
      empty == .init(service: "people", storeID: store.database.id, hash: String(repeating: "0", count: 64)))
    try await store.write(3)
    let head = try #require(
      await store.handler.getAuditHead(.init(service: "people"), context: EventStore.context).head)
    #expect(head.sequence == 3 && head.storeID == store.database.id && head.time != nil)
    var hash = EventChain.beginning
    for event in try await store.listAll().events {
      // As somebody who has nothing but the messages computes it.
      let told = StoredEvent(
        sequence: event.sequence, time: event.time.microseconds, organisation: event.organisationID, kind: event.kind,
        object: event.objectID, actor: event.actor, before: event.beforeJson.isEmpty ? nil : event.beforeJson,
        after: event.afterJson.isEmpty ? nil : event.afterJson, reason: event.reason, hash: [])
      hash = EventChain.hash(of: told, after: hash)
      #expect(event.hash == hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
    #expect(head.hash == hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  @Test(
    "a bad field is refused and named",
    arguments: [
      (EventsV1.ListEventsRequest(service: "projects"), "service"), (.init(pageSize: -1), "page_size"),
      (.init(pageSize: 1001), "page_size"), (.init(pageToken: "abc"), "page_token"),
      (.init(afterSequence: -1), "after_sequence"), (.init(organisationID: "north"), "organisation_id"),
      (.init(objectID: "x"), "object_id"), (.init(kinds: ["a", ""]), "kinds[1]"),
      (.init(kinds: Array(repeating: "a", count: 101)), "kinds"),
    ])
  func badFields(request: EventsV1.ListEventsRequest, field: String) async throws {
    let store = try EventStore()
    let error = await #expect(throws: RPCError.self) { try await store.list(request) }
    #expect(error?.code == .invalidArgument && error?.fieldViolations.map(\.field) == [field])
  }

  @Test("a token of another list is refused")
  func foreignToken() async throws {
    let store = try EventStore()
    for key in [["name"], ["1", "2"], ["-5"]] {
      let error = await #expect(throws: RPCError.self) {
        try await store.list(.init(pageToken: store.database.pageTokens.token(key)))
      }
      #expect(error?.code == .invalidArgument && error?.fieldViolations.map(\.field) == ["page_token"])
    }
  }
}
