// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Testing

#if os(Linux)
  @Suite("Watchers who do not read", .timeLimit(.minutes(10)))
  struct EventBackPressureTests {
    /// Memory of a process, in bytes.
    private static func memory(of process: Int) throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
      return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 1024
    }

    /// Changes a measure's long definition again and again; each event has it before and after, some 40 kB.
    private static func change(_ measure: String, _ client: RPCClient, times: Int) async throws {
      let measures = MeasurementV1.MeasureServiceClient(client)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<8 {
          group.addTask {
            for number in 0..<times / 8 {
              let text = String(repeating: number % 2 == 0 ? "🩺" : "💉", count: 4000 - caller)
              _ = try await measures.updateMeasure(
                .init(
                  measure: .init(id: measure, operationalDefinition: text),
                  updateMask: .init(paths: ["operational_definition"])))
            }
          }
        }
        try await group.waitForAll()
      }
    }

    @Test("cost the service no memory while 5,000 large events are written, and then get every one")
    func memory() async throws {
      let data = try TemporaryDirectory()
      try await withWaymark(demo: true, data: data.path) { waymark in
        let project = try await waymark.projectID("leeds four hours")
        let measure = try await Chain.measure(waymark, of: project, named: "Long").id
        let process = try waymark.child("measurement").process
        try await waymark.withClient(of: "measurement") { client in
          let events = EventsV1.EventServiceClient(client)
          // Warm before it is measured.
          try await Self.change(measure, client, times: 400)
          let start = try #require(await events.getAuditHead(.init()).head).sequence
          let before = try Self.memory(of: process)
          let (written, continuation) = AsyncStream.makeStream(of: Never.self)
          let sequences = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<4 {
              group.addTask {
                try await waymark.withClient(of: "measurement") { client in
                  let request = EventsV1.WatchEventsRequest(start: .afterSequence(start))
                  return try await EventsV1.EventServiceClient(client).watchEvents(request) { responses in
                    var iterator = responses.makeAsyncIterator()
                    var sequences = try await iterator.next()?.events.map(\.sequence) ?? []
                    for await _ in written {}
                    while sequences.last ?? start < start + 5000, let next = try await iterator.next() {
                      sequences += next.events.map(\.sequence)
                    }
                    return sequences
                  }
                }
              }
            }
            try await Self.change(measure, client, times: 5000)
            let after = try Self.memory(of: process)
            #expect(after - before < 64 << 20, "\(before >> 20) MiB became \(after >> 20) MiB")
            continuation.finish()
            return try await group.reduce(into: []) { $0.append($1) }
          }
          for seen in sequences { #expect(seen == Array(start + 1...start + 5000)) }
        }
      }
    }
  }
#endif
