// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WaymarkMain

@Suite("A stack of child processes", .timeLimit(.minutes(1))) struct StackTests {
  @Test("each service is told the addresses of those it calls, and all stop when asked")
  func startsAndStops() async throws {
    let fakes = try FakeServices()
    let (signals, stop) = AsyncStream<Int>.makeStream()
    let addresses = Once<Stack.Addresses>()
    try await fakes.stack().run(until: signals) { found in
      addresses.arrive(.success(found))
      stop.yield(15)
    }
    let found = try await addresses.value()
    #expect(Set(found.keys) == Set(ServiceName.allCases))
    for service in ServiceName.allCases {
      let line = try #require(fakes.log.first { $0.hasPrefix(service.rawValue + " ") && $0.contains("arguments") })
      for peer in service.peers {
        let address = try #require(found[peer])
        #expect(line.contains("\(peer.rawValue)=\(address)"))
      }
      let pid = try #require(number("pid", in: line))
      #expect(!isRunning(pid))
    }
  }

  @Test("a service that is killed starts again on the port it had", arguments: ServiceName.allCases)
  func restarts(victim: ServiceName) async throws {
    let fakes = try FakeServices()
    let (signals, stop) = AsyncStream<Int>.makeStream()
    try await fakes.stack().run(until: signals) { _ in
      let first = try #require(await fakes.lines(of: victim.rawValue, with: "pid").first)
      kill(pid_t(try #require(number("pid", in: first))), SIGKILL)
      let both = await fakes.lines(of: victim.rawValue, with: "pid", count: 2)
      #expect(number("pid", in: both[0]) != number("pid", in: both[1]))
      #expect(number("port", in: both[0]) == number("port", in: both[1]))
      stop.yield(15)
    }
    #expect(fakes.log.contains { $0.contains("\(victim.rawValue) was killed by signal 9; starting it again in") })
  }

  @Test("a service that cannot start is an error with its own words, and the others are stopped")
  func cannotStart() async throws {
    let fakes = try FakeServices([
      .measurement: "#!/bin/sh\necho 'port 50053 on 127.0.0.1 is in use' >&2\nexit 1\n"
    ])
    let failure = await #expect(throws: StartFailure.self) {
      try await fakes.stack().run(until: AsyncStream<Int> { _ in }) { _ in }
    }
    #expect(failure?.description == "measurement could not start: port 50053 on 127.0.0.1 is in use")
    for line in fakes.log { if let pid = number("pid", in: line) { #expect(!isRunning(pid)) } }
  }

  @Test("a service that ends without a word is an error that says how it ended")
  func endsSilently() async throws {
    let fakes = try FakeServices([.people: "#!/bin/sh\nexit 3\n"])
    let failure = await #expect(throws: StartFailure.self) {
      try await fakes.stack().run(until: AsyncStream<Int> { _ in }) { _ in }
    }
    #expect(failure?.description == "people could not start: it ended with exit code 3")
  }

  @Test("an executable that is not there is an error that names it")
  func missing() async throws {
    let fakes = try FakeServices()
    let path = fakes.directory.appending(path: "projects").path
    try FileManager.default.removeItem(atPath: path)
    let failure = await #expect(throws: StartFailure.self) {
      try await fakes.stack().run(until: AsyncStream<Int> { _ in }) { _ in }
    }
    #expect(failure?.description.contains(path) == true)
  }

  @Test("a failure once all are up stops all and is passed on")
  func failsAfterStart() async throws {
    struct DemoFailed: Error {}
    let fakes = try FakeServices()
    await #expect(throws: DemoFailed.self) {
      try await fakes.stack().run(until: AsyncStream<Int> { _ in }) { _ in throw DemoFailed() }
    }
    let pids = fakes.log.compactMap { number("pid", in: $0) }
    #expect(pids.count == 4)
    for pid in pids { #expect(!isRunning(pid)) }
  }

  @Test("a service that ignores SIGTERM is killed after the grace period")
  func stubborn() async throws {
    let fakes = try FakeServices([
      .people: """
      #!/bin/sh
      trap '' TERM
      echo "people ready: 127.0.0.1:20000"
      echo "pid $$" >&2
      while :; do read line || sleep 0.05; done
      """
    ])
    let (signals, stop) = AsyncStream<Int>.makeStream()
    try await fakes.stack(grace: .milliseconds(100)).run(until: signals) { _ in stop.yield(15) }
    #expect(fakes.log.contains { $0.contains("people did not stop within 0.1 s; killing it") })
    for line in fakes.log { if let pid = number("pid", in: line) { #expect(!isRunning(pid)) } }
  }

  @Test("a stop that comes while services are still starting ends them too")
  func stopsWhileStarting() async throws {
    let fakes = try FakeServices([.projects: "#!/bin/sh\necho 'pid' $$ >&2\nexec cat\n"])
    let (signals, stop) = AsyncStream<Int>.makeStream()
    async let running: Void = fakes.stack().run(until: signals) { _ in Issue.record("projects was never ready") }
    let line = await fakes.lines(of: "projects", with: "pid")
    stop.yield(15)
    try await running
    let said = try #require(line.first)
    let pid = try #require(number("pid", in: said))
    #expect(!isRunning(pid))
  }
}

/// Whether there is a process of that id that has not ended.
private func isRunning(_ pid: Int) -> Bool { kill(pid_t(pid), 0) == 0 }
