// SPDX-License-Identifier: Apache-2.0

public import Contracts
public import RPC
public import Storage

/// `waymark.events.v1.EventService`: the audit trail of a service's store, for whoever has to follow it.
public struct EventHandler: EventsV1.EventServiceProtocol {
  private let database: Database
  private let service: String
  private let silence: Duration?
  private let watches = StandingCalls()

  /// - Parameters:
  ///   - service: name of the service whose store it is.
  ///   - silence: how long a watch is silent at the most while ``keepWatchesAlive()`` runs; nil for ever.
  public init(database: Database, service: String, silence: Duration? = .seconds(30)) {
    self.database = database
    self.service = service
    self.silence = silence
  }

  /// Has watches that have no news say so now and then, until the task is cancelled.
  ///
  /// Proxies end a stream on which nothing comes for some time.
  public func keepWatchesAlive() async {
    guard let silence else { return }
    // One timer for all watches. Each speaks when two thirds of the time have passed since it last did.
    while (try? await Task.sleep(for: silence / 3)) != nil { database.events.nudge() }
  }

  /// Ends every watch, so that a graceful stop does not wait for them; their callers are told where to go on.
  public func shutDown() { watches.end() }

  /// How large the events of a list's page may be together, in bytes.
  private static let largestPage = 1 << 20
  /// So often the trail is read for one page at most, when few events pass the filters.
  private static let mostReads = 20

  public func listEvents(
    _ request: EventsV1.ListEventsRequest, context: ServerContext
  ) async throws -> EventsV1.ListEventsResponse {
    let checked = try EventRequest(
      service: request.service, own: service, after: request.afterSequence, organisation: request.organisationID,
      object: request.objectID, kinds: request.kinds)
    let page = try Page(
      size: request.pageSize, token: request.pageToken, default: 100, maximum: 1000, keyParts: 1,
      of: database.pageTokens)
    try await checkEnd(request.afterSequence)
    var position = request.afterSequence
    if let key = page.after?.first {
      guard let sequence = Int64(key), sequence >= 0 else { throw RPCError(StorageError.pageToken) }
      position = max(position, sequence)
    }
    var events: [StoredEvent] = []
    var room = Self.largestPage
    for _ in 0..<Self.mostReads {
      let found = try await database.events.page(
        after: position, matching: checked.filter, limit: page.size - events.count, bytes: room)
      // The first event of a piece is there however large it is.
      let size = found.events.reduce(0) { $0 + $1.size }
      guard events.isEmpty || size <= room else { break }
      events += found.events
      position = found.position
      room -= size
      guard position < found.last, events.count < page.size, room > 0 else { break }
    }
    return EventsV1.ListEventsResponse(
      events: events.map { EventsV1.Event($0) },
      nextPageToken: position < database.events.last ? page.token(["\(position)"]) : "", position: position)
  }

  public func getAuditHead(
    _ request: EventsV1.GetAuditHeadRequest, context: ServerContext
  ) async throws -> EventsV1.GetAuditHeadResponse {
    var checks = FieldChecks()
    checks.service(request.service, own: service)
    try checks.finish()
    let head = try await database.auditHead()
    return EventsV1.GetAuditHeadResponse(head: EventsV1.AuditHead(head, service: service, store: database.id))
  }

  public func watchEvents(
    _ request: EventsV1.WatchEventsRequest, responses: ResponseWriter<EventsV1.WatchEventsResponse>,
    context: ServerContext
  ) async throws {
    let after: Int64 = if case .afterSequence(let sequence) = request.start { sequence } else { 0 }
    let checked = try EventRequest(
      service: request.service, own: service, after: after, organisation: request.organisationID,
      object: request.objectID, kinds: request.kinds)
    let watch = try await resumably(at: { after }) {
      try await begin(request, matching: checked.filter, after: after)
    }
    let wasEnded = try await resumably(at: { watch.position }) {
      try await watches.run { try await watch.run(responses) }
    }
    // A watch ends by itself only when its caller is gone, or when the store is closed.
    guard wasEnded || !Task.isCancelled else { return }
    throw RPCError.interrupted(at: watch.position, reason: "SERVICE_STOPPING", "The service \(service) is stopping.")
  }

  /// A watch from where the request says, if that is a place in the trail.
  private func begin(
    _ request: EventsV1.WatchEventsRequest, matching filter: EventFilter, after sequence: Int64
  ) async throws -> EventWatch {
    if case .fromNow(true) = request.start {
      let head = try await database.auditHead()
      return EventWatch(database.events, filter: filter, after: head.sequence, hash: head.hash, silence: silence)
    }
    try await checkEnd(sequence)
    let hash = try await database.events.hash(of: sequence) ?? EventChain.beginning
    if !request.afterHash.isEmpty, request.afterHash.lowercased() != hash.hexadecimal {
      throw RPCError.otherHistory(sequence, hash: hash.hexadecimal, not: request.afterHash)
    }
    return EventWatch(database.events, filter: filter, after: sequence, hash: hash, silence: silence)
  }

  /// Tells the caller of a watch where it can go on when the store cannot be used.
  private func resumably<Value>(at position: () -> Int64, _ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as StorageError where RPCError(error).code == .unavailable {
      throw RPCError.interrupted(
        at: position(), reason: "STORE_UNAVAILABLE", "The store of \(service) cannot be used at present.")
    }
  }

  /// Refuses a position beyond the end of the trail.
  private func checkEnd(_ sequence: Int64) async throws {
    guard sequence > database.events.last else { return }
    // Another process may have written what this one has not heard of yet.
    let last = try await database.auditHead().sequence
    guard sequence > last else { return }
    throw RPCError.beyondEnd(sequence, last: last)
  }
}
