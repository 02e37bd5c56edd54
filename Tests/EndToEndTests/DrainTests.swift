// SPDX-License-Identifier: Apache-2.0

import Contracts
import Foundation
import RPC
import Subprocess
import Testing

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// How real services stop, as a proxy before them and callers see it.
@Suite("Services that are told to stop", .timeLimit(.minutes(3)))
struct DrainTests {
  /// A service that runs alone, and how it is spoken to.
  struct Running: Sendable {
    let execution: @Sendable (Signal) -> Void
    let address: String
    let admin: String
    let log: LogLines

    func stop(_ signal: Signal = .terminate) { execution(signal) }

    /// The status of `/readyz`; 0 when nobody answers.
    func ready() async throws -> Int { try await curl("http://\(admin)/readyz").status }
  }

  /// Starts a service, and waits for its end.
  private func run(
    _ name: String, _ arguments: [String], _ body: @escaping @Sendable (Running) async throws -> Void
  ) async throws -> TerminationStatus {
    let data = try TemporaryDirectory()
    let log = LogLines()
    let all =
      ["--port", "0", "--admin-port", "0", "--log-format", "json"] + arguments
      + (name == "gateway" ? [] : ["--data-dir", data.path])
    let result = try await Subprocess.run(
      .path(FilePath(Products.executable(name))), arguments: Arguments(all), input: .none, output: .sequence,
      error: .sequence
    ) { execution in
      try await withThrowingTaskGroup(of: Void.self) { readers in
        let (ready, source) = AsyncStream<String>.makeStream()
        readers.addTask {
          for try await line in execution.standardOutput.strings() {
            if line.hasPrefix("\(name) ready: ") { source.yield(String(line.dropFirst(name.count + 8))) }
          }
          source.finish()
        }
        readers.addTask { for try await line in execution.standardError.strings() { log.append(line) } }
        let address = try #require(await ready.first { _ in true }, "\(log.all)")
        let admin = "\"admin port open\""
        _ = try await eventually { log.all.contains { $0.contains(admin) } }
        let line = try #require(log.all.first { $0.contains(admin) })
        let opened = try #require(line.firstRange(of: "\"address\":\""))
        let running = Running(
          execution: { try? execution.send(signal: $0) }, address: address,
          admin: String(line[opened.upperBound...].prefix { $0 != "\"" }), log: log)
        do {
          try await body(running)
        } catch {
          running.stop(.kill)
          throw error
        }
        try await readers.waitForAll()
      }
    }
    withExtendedLifetime(data) {}
    return result.terminationStatus
  }

  private func withClient<R>(_ address: String, _ body: (RPCClient) async throws -> R) async throws -> R {
    let client = RPCClient(target: address)
    do {
      let result = try await body(client)
      await client.close()
      return result
    } catch {
      await client.close()
      throw error
    }
  }

  private static func health(_ client: RPCClient) async throws -> GrpcHealthV1.HealthCheckResponse.ServingStatus {
    try await GrpcHealthV1.HealthClient(client).check(.init()).status
  }

  @Test("after TERM a service says first that it is not ready, and goes on; a second TERM ends that")
  func drains() async throws {
    let status = try await run("people", ["--drain-time", "1h"]) { people in
      try await withClient(people.address) { client in
        #expect(try await Self.health(client) == .serving)
        try await GrpcHealthV1.HealthClient(client).watch(.init()) { responses in
          var statuses = responses.makeAsyncIterator()
          let status1 = try await statuses.next()?.status
          #expect(status1 == .serving)
          people.stop()
          let status2 = try await statuses.next()?.status
          #expect(status2 == .notServing)
        }
        #expect(try await people.ready() == 503)
        // Those who have not noticed yet, on connections that are there and on new ones.
        _ = try await PeopleV1.OrganisationServiceClient(client).listOrganisations(.init())
        try await withClient(people.address) { late in
          _ = try await PeopleV1.OrganisationServiceClient(late).listOrganisations(.init())
          #expect(try await Self.health(late) == .notServing)
        }
        // A watch is told where to go on when the stop begins.
        let error = await #expect(throws: RPCError.self) {
          try await EventsV1.EventServiceClient(client).watchEvents(.init(start: .fromNow(true))) { events in
            for try await _ in events { people.stop() }
          }
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("stopping") == true)
      }
    }
    #expect(status == .exited(0))
  }

  @Test("the time of draining ends by itself, and a watch that nobody ends does not keep the service")
  func ends() async throws {
    let status = try await run("people", ["--drain-time", "300ms"]) { people in
      try await withClient(people.address) { client in
        let error = await #expect(throws: RPCError.self) {
          try await EventsV1.EventServiceClient(client).watchEvents(.init(start: .fromNow(true))) { events in
            for try await _ in events { people.stop() }
          }
        }
        #expect(error?.code == .unavailable)
      }
    }
    #expect(status == .exited(0))
  }

  @Test("INT comes from a person who does not wait, and without a drain time TERM is as quick")
  func quick() async throws {
    for (signal, time) in [(Signal.interrupt, "1h"), (.terminate, "0")] {
      let status = try await run("people", ["--drain-time", time]) { $0.stop(signal) }
      #expect(status == .exited(0))
    }
  }

  @Test("the gateway drains the same way, and each HTTP/1.1 connection ends with its next answer")
  func gateway() async throws {
    try await withWaymark { waymark in
      let peers = try ["people", "projects", "measurement"].flatMap {
        ["--\($0)-address", try waymark.child($0).address]
      }
      let status = try await run("gateway", peers + ["--drain-time", "1h"]) { gateway in
        let base = "http://\(gateway.address)"
        #expect(try await eventually { try await gateway.ready() == 200 })
        #expect(try await curl("\(base)/readyz").status == 200)
        gateway.stop()
        #expect(try await eventually { try await gateway.ready() == 503 })
        let answer = try await curl("-i", "\(base)/readyz")
        #expect(answer.status == 503)
        #expect(answer.body.contains("not serving: it is about to stop"))
        let page = try await curl("-i", "\(base)/healthz", "\(base)/healthz")
        #expect(page.body.components(separatedBy: "200 OK").count == 3, "\(page.body)")
        #expect(page.body.lowercased().contains("connection: close"))
        try await withClient(gateway.address) { client in
          #expect(try await Self.health(client) == .notServing)
          _ = try await PeopleV1.OrganisationServiceClient(client).listOrganisations(.init())
        }
        gateway.stop()
      }
      #expect(status == .exited(0))
    }
  }

  @Test("an upload that is on its way when the gateway is told to stop is taken, and one that stands still is given up")
  func uploads() async throws {
    try await withWaymark { waymark in
      let peers = try ["people", "projects", "measurement"].flatMap {
        ["--\($0)-address", try waymark.child($0).address]
      }
      let status = try await run("gateway", peers + ["--drain-time", "0"]) { gateway in
        let request =
          "POST /waymark.people.v1.OrganisationService/ListOrganisations HTTP/1.1\r\nHost: x\r\n"
          + "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n"
        let (moving, stuck) = (try Socket(gateway.address), try Socket(gateway.address))
        try moving.send(request + "{")
        try stuck.send(request + "{")
        #expect(try await eventually { try await gateway.ready() == 200 })
        gateway.stop()
        // Nobody is let in any more, and whoever is in may finish.
        #expect(try await eventually { try await curl("http://\(gateway.address)/healthz").status == 0 })
        try moving.send("        }")
        #expect(await moving.readAll().hasPrefix("HTTP/1.1 200"))
        _ = await stuck.readAll()
      }
      #expect(status == .exited(0))
    }
  }
}

/// A plain connection, for what no client does.
private final class Socket: Sendable {
  private let descriptor: Int32

  /// - Parameter address: such as `127.0.0.1:8080`.
  init(_ address: String) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// What comes until the other side ends the connection.
  func readAll() async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: self.read()) }
    }
  }

  private func read() -> String {
    var text = ""
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &bytes, bytes.count, 0)
      guard count > 0 else { return text }
      text += String(decoding: bytes[..<count], as: UTF8.self)
    }
  }
}
