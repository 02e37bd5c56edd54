// SPDX-License-Identifier: Apache-2.0

import Subprocess

/// A child could not be started at all.
struct StartFailure: Error, CustomStringConvertible {
  let service: ServiceName
  /// What the child itself said, or why there was no child.
  let reason: String

  var description: String { "\(service.rawValue) could not start: \(reason)" }
}

/// The stack was told to stop while something waited for it to start.
struct Stopped: Error {}

/// Keeps one service running until told to stop: starts it again when it ends, on the same port, after a pause that
/// grows while it keeps ending.
///
/// At its first start there is no second try: a service that ends before it was ever ready has a reason that trying
/// again will not change (a port in use, a damaged file), and that is the user's to know at once.
actor Supervisor {
  /// What one start needs.
  struct Launch: Sendable {
    var executable: String
    /// The arguments for the port it shall listen on: 0 at first, then the one it got.
    var arguments: @Sendable (_ port: Int) async throws -> [String]
  }

  nonisolated let service: ServiceName
  /// Where the service listens, once it was ready for the first time.
  nonisolated let address = Once<ServiceAddress>()
  private nonisolated let ended = Once<Void>()

  private let launch: Launch
  private let firstPort: Int
  private let log: LogMerger
  private let startLimit: Duration
  private var backoff: Backoff
  private var stopping = false
  private var signals: AsyncStream<Signal>.Continuation?
  private var pause: AsyncStream<Never>.Continuation?
  private var boundPort: Int?
  private var ready = false
  private var process = 0
  private var lastLogLine = ""

  init(
    _ service: ServiceName, port: Int = 0, launch: Launch, log: LogMerger, backoff: Backoff = Backoff(),
    startLimit: Duration = .seconds(30)
  ) {
    self.service = service
    self.firstPort = port
    self.launch = launch
    self.log = log
    self.backoff = backoff
    self.startLimit = startLimit
  }

  /// Runs the service until ``stop(grace:)``.
  /// - Throws: ``StartFailure`` when it ends before it was ever ready.
  func run() async throws {
    defer { ended.arrive(.success(())) }
    do {
      try await keepRunning()
      address.arrive(.failure(Stopped()))
    } catch is Stopped {
      // A service that this one was waiting for was told to stop, and so are we.
      address.arrive(.failure(Stopped()))
    } catch {
      address.arrive(.failure(error))
      throw error
    }
  }

  private func keepRunning() async throws {
    while !stopping {
      let began = ContinuousClock.now
      let ending = try await runOnce()
      guard !stopping else { return }
      guard boundPort != nil else {
        throw StartFailure(service: service, reason: lastLogLine.isEmpty ? "it \(ending)" : lastLogLine)
      }
      let wait = backoff.pause(afterRunningFor: ContinuousClock.now - began)
      note("\(service.rawValue) \(ending); starting it again in \(wait.inSeconds)")
      await rest(for: wait)
    }
  }

  /// One run of the child, from start to end; says how it ended.
  private func runOnce() async throws -> String {
    let arguments = try await launch.arguments(boundPort ?? firstPort)
    guard !stopping else { return "" }
    let child = ChildProcess(executable: launch.executable, arguments: arguments)
    let (stream, continuation) = AsyncStream<Signal>.makeStream()
    signals = continuation
    ready = false
    lastLogLine = ""
    defer { signals = nil }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.limitStart() }
      defer { group.cancelAll() }
      do {
        let status = try await child.run(signals: stream) { process in
          await self.began(process)
        } output: { line in
          await self.takeOutput(line)
        } log: { line in
          await self.takeLog(line)
        }
        return status.inWords
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        let reason = "cannot run \(launch.executable): \(error)"
        guard boundPort == nil else { return reason }
        throw StartFailure(service: service, reason: reason)
      }
    }
  }

  /// Kills a child that is not ready in time: it hangs.
  private func limitStart() async throws {
    try await Task.sleep(for: startLimit)
    guard !ready else { return }
    takeLog("not ready within \(startLimit.inSeconds); killing it")
    signals?.yield(.kill)
  }

  private func began(_ process: Int) {
    self.process = process
  }

  private func takeOutput(_ line: String) {
    guard let address = ServiceAddress(readyLine: line, of: service) else {
      log.line(line, from: service.rawValue)
      return
    }
    ready = true
    boundPort = address.port
    note("\(service.rawValue) ready at \(address), process \(process)")
    self.address.arrive(.success(address))
  }

  private func takeLog(_ line: String) {
    if !line.isEmpty { lastLogLine = line }
    log.line(line, from: service.rawValue)
  }

  private func note(_ text: String) {
    log.line(text, from: "waymark")
  }

  /// Waits, unless told to stop meanwhile.
  private func rest(for wait: Duration) async {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    pause = continuation
    defer { pause = nil }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await Task.sleep(for: wait) }
      group.addTask { for await _ in stream {} }
      await group.next()
      group.cancelAll()
    }
  }

  /// Stops the child gracefully, kills it when it has not ended after `grace`, and returns when it has.
  func stop(grace: Duration) async {
    stopping = true
    address.arrive(.failure(Stopped()))
    pause?.finish()
    signals?.yield(.terminate)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await self.ended.value() }
      group.addTask { await self.kill(after: grace) }
      await group.next()
      group.cancelAll()
    }
    try? await ended.value()
  }

  private func kill(after grace: Duration) async {
    guard (try? await Task.sleep(for: grace)) != nil else { return }
    note("\(service.rawValue) did not stop within \(grace.inSeconds); killing it")
    kill()
  }

  /// Ends the child at once.
  func kill() {
    stopping = true
    pause?.finish()
    signals?.yield(.kill)
  }
}
