// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Synchronization

/// Follows the events of a service through its failures, as a program does that must miss nothing.
final class EventFollower: Sendable {
  private let received = Mutex<[EventsV1.Event]>([])
  private let interruptions = Mutex<[RPCError]>([])

  var events: [EventsV1.Event] { received.withLock { $0 } }
  var sequences: [Int64] { events.map(\.sequence) }
  /// Why its calls ended before it had seen enough.
  var failures: [RPCError] { interruptions.withLock { $0 } }

  /// Watches, and goes on where it was when the service fails, until `isDone`.
  func follow(
    _ client: RPCClient, _ request: EventsV1.WatchEventsRequest,
    until isDone: @escaping @Sendable ([EventsV1.Event]) -> Bool
  ) async throws {
    let place = Mutex<(position: Int64, hash: String)>((0, ""))
    let service = EventsV1.EventServiceClient(client)
    while !isDone(events) {
      var request = request
      let (position, hash) = place.withLock { $0 }
      request.start = .afterSequence(position)
      request.afterHash = hash
      do {
        try await service.watchEvents(request) { responses in
          for try await response in responses {
            self.received.withLock { $0 += response.events }
            place.withLock { $0 = (response.position, response.positionHash) }
            if isDone(self.events) { return }
          }
        }
      } catch let error as RPCError where Self.passing.contains(error.code) {
        interruptions.withLock { $0.append(error) }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// What a service that ends, is away or comes back says.
  private static let passing: [RPCError.Code] = [.unavailable, .cancelled, .unknown]
}

extension EventsV1.EventServiceClient {
  /// All events, page by page.
  func all(_ request: EventsV1.ListEventsRequest) async throws -> [EventsV1.Event] {
    var (request, events) = (request, [EventsV1.Event]())
    repeat {
      let page = try await listEvents(request)
      events += page.events
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return events
  }
}
