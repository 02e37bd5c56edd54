// SPDX-License-Identifier: Apache-2.0

import Contracts
import Identity
import RPC
import ServiceRuntime
import Storage
import StorageTesting
import Synchronization

/// A store of its own for one test, with the service of its events; gone with the test.
final class EventStore: Sendable {
  let database: Database
  let handler: EventHandler
  private let scratch: ScratchStore

  init(_ engine: EngineName = .sqlite) throws {
    scratch = try ScratchStore(engine)
    database = try scratch.open([])
    handler = EventHandler(database: database, service: "people")
  }

  deinit { scratch.remove() }

  /// The store as another process has it open.
  func openAgain() throws -> Database { try scratch.open([]) }

  /// Writes events, each in a change of its own.
  func write(_ count: Int, kind: String = "note.created", organisation: Int = 1, object: Int = 1, size: Int = 20)
    async throws
  {
    for _ in 0..<count {
      try await database.write { transaction in
        transaction.append(
          Event(
            kind: kind, object: Self.id(object), organisation: Self.id(organisation), actor: .anonymous,
            after: "\"\(String(repeating: "x", count: size - 2))\""))
      }
    }
  }

  /// An id that is the same for the same number.
  static func id(_ number: Int) -> String {
    let digits = String(number)
    return "01890a5d-ac96-774b-bcce-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  static let context = ServerContext(method: EventsV1.EventServiceMethods.watchEvents)

  func list(_ request: EventsV1.ListEventsRequest = .init()) async throws -> EventsV1.ListEventsResponse {
    try await handler.listEvents(request, context: Self.context)
  }

  /// All events that a list gives, page by page, and how many pages there were.
  func listAll(_ request: EventsV1.ListEventsRequest = .init()) async throws -> (events: [EventsV1.Event], pages: Int) {
    var (request, events, pages) = (request, [EventsV1.Event](), 0)
    repeat {
      let page = try await list(request)
      events += page.events
      pages += 1
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return (events, pages)
  }
}

/// Somebody who watches the events of a store, and keeps what it is sent.
final class Watcher: Sendable {
  private let received = Mutex<[EventsV1.WatchEventsResponse]>([])
  private let outcome = Mutex<Result<Void, any Error>?>(nil)
  private let task = Mutex<Task<Void, Never>?>(nil)

  /// - Parameter pause: what it does with each message before it takes the next.
  init(
    _ handler: EventHandler, _ request: EventsV1.WatchEventsRequest = .init(),
    pause: @escaping @Sendable () async throws -> Void = {}
  ) {
    let watching = Task {
      do {
        try await handler.watchEvents(
          request,
          responses: ResponseWriter { response in
            self.received.withLock { $0.append(response) }
            try await pause()
          }, context: EventStore.context)
        outcome.withLock { $0 = .success(()) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
    }
    task.withLock { $0 = watching }
  }

  var messages: [EventsV1.WatchEventsResponse] { received.withLock { $0 } }
  var events: [EventsV1.Event] { messages.flatMap(\.events) }
  var sequences: [Int64] { events.map(\.sequence) }
  var position: Int64? { messages.last?.position }

  /// Waits until it has come as far as the event of that number.
  func reaches(_ sequence: Int64) async -> Bool { await eventually { (self.position ?? -1) >= sequence } }

  /// Waits for the end of the call, and says with which error it ended.
  func error() async -> RPCError? {
    await task.withLock { $0 }?.value
    guard case .failure(let error)? = outcome.withLock({ $0 }) else { return nil }
    return error as? RPCError
  }

  func cancel() { task.withLock { $0?.cancel() } }
}

/// Waits until something is so, for half a minute.
func eventually(_ holds: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(30)
  while try await !holds() {
    guard ContinuousClock.now < deadline else { return false }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return true
}
