// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime
import Synchronization

/// `waymark.events.v1.EventService` at the gateway: passes calls on to the service whose events are asked for.
///
/// Every service with a store has this service, so that not the name of the method but the request says whose it is.
struct EventForwarding: EventsV1.EventServiceProtocol {
  let backends: Backends
  private let watches = StandingCalls()

  init(backends: Backends) { self.backends = backends }

  /// Ends every watch, so that a graceful stop does not wait for them.
  func shutDown() { watches.end() }

  func listEvents(
    _ request: EventsV1.ListEventsRequest, context: ServerContext
  ) async throws -> EventsV1.ListEventsResponse {
    let owner = try owner(request.service)
    return try await backends.shielded(owner) {
      try await EventsV1.EventServiceClient(owner.client).listEvents(
        request, metadata: ConnectHeaders.metadata(from: context.metadata),
        options: CallOptions(deadline: context.deadline))
    }
  }

  func getAuditHead(
    _ request: EventsV1.GetAuditHeadRequest, context: ServerContext
  ) async throws -> EventsV1.GetAuditHeadResponse {
    let owner = try owner(request.service)
    return try await backends.shielded(owner) {
      try await EventsV1.EventServiceClient(owner.client).getAuditHead(
        request, metadata: ConnectHeaders.metadata(from: context.metadata),
        options: CallOptions(deadline: context.deadline))
    }
  }

  func watchEvents(
    _ request: EventsV1.WatchEventsRequest, responses: ResponseWriter<EventsV1.WatchEventsResponse>,
    context: ServerContext
  ) async throws {
    let owner = try owner(request.service)
    let position = Position(request)
    let wasEnded = try await watches.run {
      try await backends.shielded(owner) {
        try await EventsV1.EventServiceClient(owner.client).watchEvents(
          request, metadata: ConnectHeaders.metadata(from: context.metadata),
          options: CallOptions(deadline: context.deadline)
        ) { events in
          // One by one: a caller who reads slowly slows the service, not the gateway's memory.
          for try await response in events {
            try await responses.write(response)
            position.last.store(response.position, ordering: .relaxed)
          }
        }
      }
    }
    guard wasEnded else { return }
    throw RPCError.interrupted(
      at: position.last.load(ordering: .relaxed), reason: "SERVICE_STOPPING", "The gateway is stopping.")
  }

  /// How far a watch has come.
  private final class Position: Sendable {
    let last: Atomic<Int64>

    init(_ request: EventsV1.WatchEventsRequest) {
      let start: Int64 = if case .afterSequence(let sequence) = request.start { sequence } else { 0 }
      last = Atomic(start)
    }
  }

  private func owner(_ service: String) throws(RPCError) -> Backend {
    guard let backend = backends.named(service) else {
      let problem = service.isEmpty ? "is empty" : "\"\(service.shortened)\" is not a service with events"
      throw RPCError.invalidArgument(field: "service", "\(problem); people, projects or measurement is needed")
    }
    return backend
  }
}
