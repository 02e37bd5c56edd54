// SPDX-License-Identifier: Apache-2.0

/// The four services as children of this process, from their start to their end.
struct Stack: Sendable {
  /// Where each service listens.
  typealias Addresses = [ServiceName: ServiceAddress]

  let log: LogMerger
  private let supervisors: [Supervisor]

  /// How long a child may take to stop before it is killed.
  private let grace: Duration

  /// - Parameters:
  ///   - executable: the path of a service's executable.
  ///   - arguments: the arguments of a service that shall listen on a port and has peers at these addresses.
  ///   - gatewayPort: where the gateway shall listen; 0 for any port. The others take any.
  init(
    log: LogMerger, gatewayPort: Int, backoff: Backoff = Backoff(), grace: Duration = .seconds(10),
    executable: (ServiceName) -> String,
    arguments: @escaping @Sendable (_ service: ServiceName, _ port: Int, _ peers: Addresses) -> [String]
  ) {
    var known: [ServiceName: Supervisor] = [:]
    for service in ServiceName.allCases {
      let peers = known.filter { service.peers.contains($0.key) }
      let launch = Supervisor.Launch(executable: executable(service)) { port in
        var addresses: Addresses = [:]
        for (name, peer) in peers { addresses[name] = try await peer.address.value() }
        return arguments(service, port, addresses)
      }
      known[service] = Supervisor(
        service, port: service == .gateway ? gatewayPort : 0, launch: launch, log: log, backoff: backoff)
    }
    self.log = log
    self.grace = grace
    self.supervisors = ServiceName.allCases.compactMap { known[$0] }
  }

  private enum Event { case up, stopRequested, stopped }

  /// Starts all services, each when those that it calls are ready, keeps them running, and stops them all in the
  /// opposite order at the first of `signals`; a second one kills them.
  /// - Parameters:
  ///   - signals: asks to stop.
  ///   - up: called once, when every service was ready. When it throws, all are stopped.
  ///   - meanwhile: called after that; cancelled, and waited for, before the services are stopped.
  /// - Throws: ``StartFailure``, or what `up` throws.
  func run<Signals: AsyncSequence & Sendable>(
    until signals: Signals, up: @escaping @Sendable (Addresses) async throws -> Void,
    meanwhile: @escaping @Sendable () async -> Void = {}
  ) async throws where Signals.Element: Sendable, Signals.Failure == Never {
    let stopRequest = Once<Void>()
    let companion = Companion(meanwhile)
    try await withThrowingTaskGroup(of: Event.self) { group in
      for supervisor in supervisors {
        group.addTask {
          try await supervisor.run()
          return .stopped
        }
      }
      group.addTask {
        do {
          try await up(addresses())
          companion.begin()
        } catch is Stopped {}
        return .up
      }
      group.addTask {
        await companion.run()
        return .stopped
      }
      group.addTask {
        try await stopRequest.value()
        return .stopRequested
      }
      group.addTask {
        var heard = 0
        for await _ in signals {
          heard += 1
          if heard == 1 { stopRequest.arrive(.success(())) } else { await kill() }
        }
        return .stopped
      }
      do {
        while let event = try await group.next(), event != .stopRequested {}
        log.line("stopping", from: "waymark")
        await companion.end()
        await stop()
        group.cancelAll()
      } catch {
        await companion.end()
        await stop()
        group.cancelAll()
        throw error
      }
    }
  }

  private func addresses() async throws -> Addresses {
    var addresses: Addresses = [:]
    for supervisor in supervisors { addresses[supervisor.service] = try await supervisor.address.value() }
    return addresses
  }

  private func stop() async {
    // Those that still wait for another to become ready shall not.
    for supervisor in supervisors { supervisor.address.arrive(.failure(Stopped())) }
    for supervisor in supervisors.reversed() { await supervisor.stop(grace: grace) }
  }

  private func kill() async {
    for supervisor in supervisors { await supervisor.kill() }
  }
}
