// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Storage
import StorageTesting
import Subprocess
import Testing

@Suite("Following what happens", .timeLimit(.minutes(10)))
struct EventStreamTests {
  /// Makes organisations and renames some of them, each exactly once, however often the service is away.
  ///
  /// - Returns: when `callers` have made 50 changes each.
  private static func change(_ client: RPCClient, callers: Int) async throws {
    let organisations = PeopleV1.OrganisationServiceClient(client)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<callers {
        group.addTask {
          for number in 0..<40 {
            let create = PeopleV1.CreateOrganisationRequest(
              organisation: .init(name: "Organisation \(caller)-\(number)"), requestID: "\(caller)-\(number)")
            let made = try await persistently { try await organisations.createOrganisation(create).organisation }
            guard number % 4 == 0, let made else { continue }
            do {
              try await persistently {
                _ = try await organisations.updateOrganisation(
                  .init(
                    organisation: .init(id: made.id, name: "Renamed", etag: made.etag),
                    updateMask: .init(paths: ["name"])))
              }
            } catch let error as RPCError where error.code == .aborted {
              // It was renamed before the service was killed, which could not say so any more.
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Repeats a call while the service is away.
  private static func persistently<Answer: Sendable>(
    _ call: @Sendable () async throws -> Answer
  ) async throws -> Answer {
    while true {
      do {
        return try await call()
      } catch let error as RPCError where error.code == .unavailable || error.code == .unknown {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  @Test(
    "a service killed under load and started again: every watcher has each event once, and the same ones",
    arguments: ScratchStore.engines)
  func killed(engine: EngineName) async throws {
    let last = 500
    let scratch = try ScratchStore(engine)
    defer { scratch.remove() }
    let environment: [Environment.Key: String] = engine == .postgres ? ["WAYMARK_STORE": scratch.place()] : [:]
    try await withWaymark(environment: environment) { waymark in
      try await waymark.withClient(of: "people") { people in
        try await waymark.withClient(of: "gateway") { gateway in
          let (direct, through, renamed) = (EventFollower(), EventFollower(), EventFollower())
          let foreign = try ["people", "gateway"].map { (address: try waymark.child($0).address, lines: LogLines()) }
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await direct.follow(people, .init()) { $0.count >= last } }
            group.addTask { try await through.follow(gateway, .init(service: "people")) { $0.count >= last } }
            group.addTask {
              try await renamed.follow(people, .init(kinds: ["organisation.updated"])) { $0.count >= last / 5 }
            }
            if let python = Products.python {
              for (address, lines) in foreign {
                group.addTask {
                  let finished = try await finish(
                    python, Products.client("watch_events.py"), address, "people", "\(last)")
                  #expect(finished.succeeded, "\(finished.said)")
                  for line in finished.output.split(separator: "\n") { lines.append(String(line)) }
                }
              }
            }
            group.addTask { try await Self.change(people, callers: 10) }
            for kill in 1...2 {
              let reached = try await eventually { direct.events.count >= kill * 120 }
              #expect(reached, "\(direct.events.count) events\n\(waymark.text)")
              let starts = waymark.starts(of: "people").count
              Foundation.kill(pid_t(try waymark.child("people").process), SIGKILL)
              let isBack = try await eventually { waymark.starts(of: "people").count > starts }
              #expect(isBack, "\(waymark.text)")
            }
            try await group.waitForAll()
          }
          #expect(!direct.failures.isEmpty && !through.failures.isEmpty, "nobody was interrupted")
          let listed = try await EventsV1.EventServiceClient(people).all(.init(pageSize: 70))
          #expect(listed.map(\.sequence) == Array(1...Int64(last)))
          #expect(direct.events == listed)
          #expect(through.events == listed)
          #expect(renamed.events == listed.filter { $0.kind == "organisation.updated" })
          let expected = listed.map { "\($0.sequence) \($0.hash)" }
          if Products.python != nil { for (_, lines) in foreign { #expect(lines.all == expected) } }
          let head = try await EventsV1.EventServiceClient(gateway).getAuditHead(.init(service: "people")).head
          #expect(head?.sequence == Int64(last) && head?.hash == listed.last?.hash)
        }
      }
    }
  }

  @Test("a stop does not wait for watchers, whom it tells where to go on", arguments: ["people", "gateway"])
  func stop(door: String) async throws {
    let watching = try await withWaymark { waymark in
      let client = RPCClient(target: try waymark.child(door).address)
      let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
      let watching = Task {
        do {
          try await EventsV1.EventServiceClient(client).watchEvents(.init(service: "people")) { responses in
            for try await _ in responses { continuation.yield() }
          }
          return RPCError?.none
        } catch {
          return error as? RPCError
        }
      }
      for await _ in begun { break }
      return Task {
        let error = await watching.value
        await client.close()
        return error
      }
    }
    // A call that outlives the time for calls in flight ends without a reason.
    let error = await watching.value
    #expect(error?.code == .unavailable && error?.reason == "SERVICE_STOPPING", "\(String(describing: error))")
    #expect(error?.detail(GoogleRpc.ErrorInfo.self)?.metadata.map(\.key) == ["position"])
  }

  @Test("the gateway asks the service that is named, over gRPC and as JSON, and says what a door cannot do")
  func gateway() async throws {
    try await withWaymark { waymark in
      let service = "waymark.events.v1.EventService"
      let made = try await waymark.call(
        "waymark.people.v1.OrganisationService/CreateOrganisation", "{\"organisation\": {\"name\": \"North\"}}")
      #expect(made.status == 200)
      let listed = try await waymark.call("\(service)/ListEvents", "{\"service\": \"people\"}")
      let events = try listed.json()["events"] as? [[String: Any]]
      #expect(events?.first?["sequence"] as? String == "1")
      #expect(events?.first?["kind"] as? String == "organisation.created", "\(listed)")
      let head = try await waymark.call("\(service)/GetAuditHead", "{\"service\": \"measurement\"}")
      #expect(head.status == 200 && head.body.contains(String(repeating: "0", count: 64)), "\(head)")
      for body in ["{}", "{\"service\": \"gateway\"}"] {
        let refused = try await waymark.call("\(service)/ListEvents", body)
        #expect(refused.status == 400 && refused.body.contains("people, projects or measurement"), "\(refused)")
      }
      let beyond = try await waymark.call(
        "\(service)/ListEvents", "{\"service\": \"people\", \"afterSequence\": \"9\"}")
      #expect(beyond.status == 400 && beyond.body.contains("out_of_range"), "\(beyond)")
      #expect(beyond.body.contains("0 to 1 is accepted"), "\(beyond)")
      let stream = try await waymark.call("\(service)/WatchEvents", "{\"service\": \"people\"}")
      #expect(stream.status == 501 && stream.body.contains("call it by gRPC"), "\(stream)")
      #expect(try await curl("\(waymark.base)/api").body.contains("/\(service)/WatchEvents"))

      try await waymark.withClient(of: "gateway") { client in
        let watch = EventsV1.EventServiceClient(client)
        for (service, after, code) in [
          ("people", 2, .outOfRange), ("projects", 1, .outOfRange), ("", 0, .invalidArgument),
        ] as [(String, Int64, RPCError.Code)] {
          let error = await #expect(throws: RPCError.self) {
            try await watch.watchEvents(.init(service: service, start: .afterSequence(after))) { responses in
              for try await _ in responses {}
            }
          }
          #expect(error?.code == code && error?.fieldViolations.count == 1, "\(String(describing: error))")
        }
      }
    }
  }
}
