// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import ServiceRuntime
import Storage
import StorageTesting
import Synchronization
import Testing

@Suite("Watches of events", .timeLimit(.minutes(2)))
struct EventWatchTests {
  @Test("a watch sends what is there and then what happens, each once and in order", arguments: ScratchStore.engines)
  func order(engine: EngineName) async throws {
    let store = try EventStore(engine)
    try await store.write(10)
    let watcher = Watcher(store.handler)
    #expect(await watcher.reaches(10))
    try await store.write(40)
    #expect(await watcher.reaches(50))
    #expect(watcher.sequences == Array(1...50))
    #expect(try await watcher.events == store.listAll().events)
    let positions = watcher.messages.map(\.position)
    #expect(positions == positions.sorted())
    watcher.cancel()
    _ = await watcher.error()
  }

  @Test("whoever goes on behind the last position gets each event once", arguments: ScratchStore.engines)
  func resume(engine: EngineName) async throws {
    let store = try EventStore(engine)
    async let writing: Void = store.write(200)
    var (position, sequences) = (Int64(0), [Int64]())
    while position < 200 {
      // Ends after a few messages, wherever that is.
      let watcher = Watcher(store.handler, .init(start: .afterSequence(position)))
      _ = await watcher.reaches(min(200, position + 23))
      watcher.cancel()
      _ = await watcher.error()
      sequences += watcher.sequences
      position = watcher.position ?? position
    }
    try await writing
    #expect(sequences == Array(1...200))
  }

  @Test("a watch without news is told so now and then, with its position")
  func silence() async throws {
    let store = try EventStore()
    try await store.write(3)
    let handler = EventHandler(database: store.database, service: "people", silence: .milliseconds(60))
    let alive = Task { await handler.keepWatchesAlive() }
    let watcher = Watcher(handler, .init(start: .fromNow(true), kinds: ["nothing.happens"]))
    #expect(await eventually { watcher.messages.count >= 4 })
    let head = try await store.handler.getAuditHead(.init(), context: EventStore.context).head
    #expect(Set(watcher.messages) == [.init(position: 3, positionHash: head?.hash ?? "")])
    // What goes by unseen moves the position that is told.
    try await store.write(1)
    #expect(await watcher.reaches(4))
    #expect(watcher.events.isEmpty)
    watcher.cancel()
    alive.cancel()
    await alive.value
  }

  @Test("from now on means nothing of the past, and a position at once", arguments: ScratchStore.engines)
  func fromNow(engine: EngineName) async throws {
    let store = try EventStore(engine)
    try await store.write(5)
    let watcher = Watcher(store.handler, .init(start: .fromNow(true)))
    #expect(await watcher.reaches(5))
    let head = try await store.handler.getAuditHead(.init(), context: EventStore.context).head
    #expect(watcher.messages == [.init(position: 5, positionHash: head?.hash ?? "")])
    try await store.write(2)
    #expect(await watcher.reaches(7))
    #expect(watcher.sequences == [6, 7])
    watcher.cancel()
  }

  @Test("a watch that few events pass is told how far it has come", arguments: ScratchStore.engines)
  func filtered(engine: EngineName) async throws {
    let store = try EventStore(engine)
    try await store.write(3, object: 9)
    let watcher = Watcher(store.handler, .init(objectID: EventStore.id(9)))
    #expect(await watcher.reaches(3))
    try await store.database.write { transaction in
      for number in 0..<2500 {
        transaction.append(
          Event(
            kind: "note.created", object: EventStore.id(number % 5), organisation: EventStore.id(1), actor: .anonymous))
      }
    }
    #expect(await watcher.reaches(2503))
    try await store.write(1, object: 9)
    #expect(await watcher.reaches(2504))
    #expect(watcher.sequences == [1, 2, 3, 2504])
    #expect(watcher.messages.count <= 6, "it is told of every event that is none of its own")
    watcher.cancel()
  }

  @Test("a store that is opened again sends the past through its filters, and goes on", arguments: ScratchStore.engines)
  func past(engine: EngineName) async throws {
    let store = try EventStore(engine)
    try await store.database.write { transaction in
      for number in 1...25_000 {
        transaction.append(
          Event(
            kind: number % 10_000 == 0 ? "note.deleted" : "note.created", object: EventStore.id(1),
            organisation: EventStore.id(1), actor: .anonymous))
      }
    }
    if engine == .sqlite { try store.database.close() }
    let again = try store.openAgain()
    let handler = EventHandler(database: again, service: "people")
    let narrow = Watcher(handler, .init(kinds: ["note.deleted"]))
    #expect(await narrow.reaches(25_000))
    #expect(narrow.sequences == [10_000, 20_000])
    let wide = Watcher(handler, .init(start: .afterSequence(20_000)))
    #expect(await wide.reaches(25_000))
    #expect(wide.sequences == Array(20_001...25_000))
    for watcher in [narrow, wide] {
      watcher.cancel()
      _ = await watcher.error()
    }
    try again.close()
  }

  @Test("a position beyond the end is OUT_OF_RANGE, and says what is accepted", arguments: ScratchStore.engines)
  func beyondEnd(engine: EngineName) async throws {
    let store = try EventStore(engine)
    for (count, accepted) in [(0, "only 0 is accepted"), (4, "0 to 4 is accepted")] {
      try await store.write(count)
      let error = await Watcher(store.handler, .init(start: .afterSequence(5))).error()
      #expect(error?.code == .outOfRange)
      #expect(error?.fieldViolations.map(\.field) == ["after_sequence"])
      let description = error?.fieldViolations.first?.description ?? ""
      #expect(description.hasPrefix("5 ") && description.contains(accepted) && description.contains("backup"))
      let listed = await #expect(throws: RPCError.self) { try await store.list(.init(afterSequence: 5)) }
      #expect(listed?.code == .outOfRange)
    }
    let watcher = Watcher(store.handler, .init(start: .afterSequence(4)))
    #expect(await watcher.reaches(4))
    watcher.cancel()
  }

  @Test(
    "a bad field is refused and named",
    arguments: [
      (EventsV1.WatchEventsRequest(service: "gateway"), "service"),
      (.init(start: .afterSequence(-1)), "after_sequence"),
      (.init(organisationID: "north"), "organisation_id"), (.init(objectID: "x"), "object_id"),
      (.init(kinds: [" "]), "kinds[0]"),
    ])
  func badFields(request: EventsV1.WatchEventsRequest, field: String) async throws {
    let error = await Watcher(try EventStore().handler, request).error()
    #expect(error?.code == .invalidArgument && error?.fieldViolations.map(\.field) == [field])
  }

  @Test("every message has the hash of its position, with and without filters", arguments: ScratchStore.engines)
  func hashes(engine: EngineName) async throws {
    let store = try EventStore(engine)
    for number in 1...30 { try await store.write(1, object: number % 3) }
    let hashes = try await store.listAll().events.map(\.hash)
    if engine == .sqlite { try store.database.close() }
    // Once from the store, and once from memory.
    let again = try store.openAgain()
    let handler = EventHandler(database: again, service: "people")
    for request in [EventsV1.WatchEventsRequest(), .init(objectID: EventStore.id(1)), .init(kinds: ["nothing"])] {
      for handler in engine == .sqlite ? [handler] : [handler, store.handler] {
        let watcher = Watcher(handler, request)
        #expect(await watcher.reaches(30))
        #expect(watcher.messages.allSatisfy { $0.positionHash == hashes[Int($0.position) - 1] })
        watcher.cancel()
        _ = await watcher.error()
      }
    }
    try again.close()
  }

  @Test("whoever goes on with the hash of its position learns when the event of that number is another now")
  func otherHistory() async throws {
    let store = try EventStore()
    try await store.write(3)
    let hash = try await store.list(.init(afterSequence: 1)).events[0].hash
    for accepted in [hash, hash.uppercased(), ""] {
      let watcher = Watcher(store.handler, .init(start: .afterSequence(2), afterHash: accepted))
      #expect(await watcher.reaches(3))
      watcher.cancel()
    }
    let fresh = Watcher(store.handler, .init(afterHash: String(repeating: "0", count: 64)))
    #expect(await fresh.reaches(3))
    fresh.cancel()
    for (sequence, told) in [(1, hash), (2, "no hash"), (0, hash)] as [(Int64, String)] {
      let error = await Watcher(store.handler, .init(start: .afterSequence(sequence), afterHash: told)).error()
      #expect(error?.code == .failedPrecondition && error?.fieldViolations.map(\.field) == ["after_hash"])
      #expect(error?.message.contains(told) == true && error?.message.contains("backup") == true)
    }
  }

  @Test("watchers who keep up cost no read of the store, however many they are")
  func noReads() async throws {
    let store = try EventStore()
    let watchers = (0..<8).map { _ in Watcher(store.handler) }
    for count in 1...20 {
      try await store.write(1)
      for watcher in watchers { #expect(await watcher.reaches(Int64(count))) }
    }
    #expect(store.database.events.reads == 0)
    for watcher in watchers {
      #expect(watcher.sequences == Array(1...20))
      watcher.cancel()
    }
  }

  @Test(
    "what another process writes is read once for all watchers",
    .enabled(if: ScratchStore.hasPostgres, "WAYMARK_TEST_POSTGRES is not set"))
  func oneRead() async throws {
    let store = try EventStore(.postgres)
    let other = try store.openAgain()
    let handler = EventHandler(database: other, service: "people")
    let watchers = (0..<8).map { number in
      Watcher(handler, number % 2 == 0 ? .init() : .init(kinds: ["note.created"]))
    }
    for watcher in watchers { #expect(await watcher.reaches(0)) }
    for count in 1...20 {
      try await store.write(1)
      for watcher in watchers { #expect(await watcher.reaches(Int64(count))) }
    }
    #expect((1...20).contains(other.events.reads), "\(other.events.reads) reads")
    for watcher in watchers {
      #expect(watcher.sequences == Array(1...20))
      watcher.cancel()
      _ = await watcher.error()
    }
    // A position that this process has not heard of is no position beyond the end.
    try await store.write(1)
    let ahead = Watcher(handler, .init(start: .afterSequence(21)))
    #expect(await ahead.reaches(21))
    ahead.cancel()
    _ = await ahead.error()
    try other.close()
  }

  @Test("a watcher who does not read holds one message, and gets the rest when it reads again")
  func slow() async throws {
    let store = try EventStore()
    let gate = Gate()
    let watcher = Watcher(store.handler) { await gate.pass() }
    #expect(await eventually { watcher.messages.count == 1 })
    try await store.write(60, size: 100_000)
    #expect(watcher.messages.count == 1)
    gate.open()
    #expect(await watcher.reaches(60))
    #expect(watcher.sequences == Array(1...60))
    #expect(watcher.messages.allSatisfy { $0.events.count <= 2 }, "a message is larger than 256 KiB")
    watcher.cancel()
  }

  @Test("a stop ends watches, also of those who do not read, and tells where to go on")
  func shutDown() async throws {
    let store = try EventStore()
    try await store.write(3)
    let (fast, slow) = (Watcher(store.handler), Watcher(store.handler) { try await Task.sleep(for: .seconds(3600)) })
    #expect(await fast.reaches(3))
    #expect(await slow.reaches(3))
    store.handler.shutDown()
    for (watcher, position) in [(fast, "3"), (slow, "0"), (Watcher(store.handler), "0")] {
      let error = await watcher.error()
      #expect(error?.code == .unavailable && error?.reason == "SERVICE_STOPPING")
      let facts = error?.detail(GoogleRpc.ErrorInfo.self)?.metadata ?? []
      #expect(facts.first { $0.key == "position" }?.value == position)
    }
  }

  @Test("a store that cannot be used ends a watch with UNAVAILABLE")
  func outage() async throws {
    let store = try EventStore()
    try await store.write(3)
    try store.database.close()
    let again = try store.openAgain()
    try again.close()
    let error = await Watcher(EventHandler(database: again, service: "people"), .init(start: .afterSequence(1))).error()
    #expect(error?.code == .unavailable && error?.reason == "STORE_UNAVAILABLE")
    #expect(error?.message.contains("after_sequence 1") == true)
  }
}

/// Lets nobody pass until it is opened.
private final class Gate: Sendable {
  private let isOpen: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (isOpen, continuation) = AsyncStream.makeStream() }

  func open() { continuation.finish() }
  func pass() async { for await _ in isOpen {} }
}
