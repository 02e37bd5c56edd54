// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Gives a client's calls connections: finds the addresses of the target, connects when calls want it, and spreads calls
/// over what is connected.
///
/// On one event loop only, but for what is constant and for `close`.
final class ClientLink: @unchecked Sendable {
  // Calls come here by way of the loop.

  let target: ClientTarget
  let configuration: RPCClient.Configuration
  let eventLoop: any EventLoop
  let executor: LoopExecutor
  let throttle: RetryThrottle?
  let serverName: String?
  private(set) var keepalive: RPCClient.Keepalive?

  private var subchannels: [Subchannel] = []
  private var turn = 0
  /// Calls that wait for a connection, in order, and some that have given up since.
  private var waiting: [ClientCall] = []
  /// How many of them have given up.
  private var withdrawn = 0
  /// Whether calls wait for a connection.
  var hasWaiting: Bool { waiting.count > withdrawn }
  private var isResolving = false
  private var isResolved = false
  private var resolutionFailures = 0
  /// Why the name does not resolve.
  private var resolutionFailure: String?
  private var resolutionPause: Scheduled<Void>?
  private var isClosed = false
  private var channels: [ObjectIdentifier: (channel: any Channel, connection: ClientConnection)] = [:]
  /// Calls, and what went over the connections that are gone.
  @exclusivity(unchecked) var tally = Tally()
  private var tls: TLSContext?
  private var idleTimer: RepeatedTask?
  private var begunCalls = 0
  /// How many calls had begun when it was last looked whether the client is idle.
  private var idleMark = 0

  init(target: ClientTarget, configuration: RPCClient.Configuration) {
    self.target = target
    self.configuration = configuration
    eventLoop = configuration.eventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
    executor = LoopExecutor(eventLoop)
    throttle = configuration.serviceConfig.retryThrottling.map { RetryThrottle($0) }
    serverName = configuration.tls?.serverName ?? target.serverName
    keepalive = configuration.keepalive
  }

  // MARK: Calls

  /// Why there is no connection; `nil` while there is one, or none was tried.
  var lastFailure: String? {
    if let resolutionFailure { return "cannot reach \(target.text): \(resolutionFailure)" }
    return subchannels.lazy.compactMap(\.failure).first.map { "cannot reach \(target.text): \($0)" }
  }

  /// Has the call begin on a connection, now or when there is one, or fail.
  func assign(_ call: ClientCall) {
    if isClosed {
      return call.failToConnect(RPCError(code: .unavailable, message: "the client of \(target.text) is closed"))
    }
    begunCalls &+= 1
    if let connection = pick() { return call.begin(on: connection) }
    if !call.plan.waitsForReady, isFailing {
      return call.failToConnect(RPCError(code: .unavailable, message: lastFailure ?? "no connection"))
    }
    call.isWaitingForConnection = true
    waiting.append(call)
    connect()
  }

  /// Forgets a call that waits.
  func withdraw(_ call: ClientCall) {
    call.isWaitingForConnection = false
    withdrawn += 1
    // Looked for only when many have: thousands may run out of time at once.
    if withdrawn > 32, withdrawn > waiting.count / 2 { _ = takeWaiting { _ in false } }
  }

  /// Takes the calls that wait and satisfy the condition.
  private func takeWaiting(_ condition: (ClientCall) -> Bool = { _ in true }) -> [ClientCall] {
    let calls = waiting.filter(\.isWaitingForConnection)
    waiting = calls.filter { !condition($0) }
    withdrawn = 0
    return calls.filter(condition)
  }

  /// The connection whose turn it is.
  private func pick() -> ClientConnection? {
    for _ in subchannels.indices {
      turn = turn + 1 < subchannels.count ? turn + 1 : 0
      if let connection = subchannels[turn].ready { return connection }
    }
    return nil
  }

  /// Whether all that could be tried has failed, and the next attempt is not due.
  private var isFailing: Bool {
    if resolutionFailure != nil, subchannels.isEmpty { return true }
    guard !subchannels.isEmpty else { return false }
    return subchannels.allSatisfy { subchannel in
      guard subchannel.isFailing, case .pausing = subchannel.phase else { return false }
      return true
    }
  }

  // MARK: Connections

  private func connect() {
    startIdleTimer()
    guard isResolved else { return resolve() }
    for subchannel in subchannels { subchannel.connect() }
  }

  private func resolve() {
    guard !isResolving, !isClosed, resolutionPause == nil else { return }
    isResolving = true
    AddressResolution.addresses(of: target, on: eventLoop).whenComplete { result in
      self.isResolving = false
      guard !self.isClosed else { return }
      switch result {
      case .success(let addresses):
        self.resolutionFailures = 0
        self.resolutionFailure = nil
        self.isResolved = true
        self.use(addresses)
        if self.hasWaiting { self.connect() }
      case .failure(let error):
        // What was found before may still be right.
        if self.subchannels.isEmpty { self.resolutionFailure = "\(error)" }
        self.resolutionFailures += 1
        let pause = self.configuration.backoff.pause(after: self.resolutionFailures)
        self.resolutionPause = self.eventLoop.scheduleTask(in: TimeAmount(pause)) {
          self.resolutionPause = nil
          self.resolutionFailure = nil
          if self.hasWaiting { self.resolve() }
        }
        if self.isFailing { self.failWaiting() }
      }
    }
  }

  private func use(_ addresses: [SocketAddress]) {
    switch configuration.serviceConfig.loadBalancing {
    case .pickFirst:
      if let only = subchannels.first {
        only.addresses = addresses
      } else {
        subchannels = [Subchannel(addresses, link: self)]
      }
    case .roundRobin:
      var old = subchannels
      subchannels = addresses.map { address in
        if let index = old.firstIndex(where: { $0.addresses == [address] }) { return old.remove(at: index) }
        return Subchannel([address], link: self)
      }
      for subchannel in old { subchannel.close() }
      if !old.isEmpty || subchannels.contains(where: { $0.ready != nil }) {
        for subchannel in subchannels { subchannel.connect() }
      }
    }
  }

  /// A subchannel is connected, has failed, or has rested after a failure.
  func subchannelChanged(_ subchannel: Subchannel) {
    guard !isClosed else { return }
    switch subchannel.phase {
    case .ready: beginWaiting()
    case .pausing:
      if configuration.serviceConfig.loadBalancing == .roundRobin || isFailing { reresolve() }
      if isFailing { failWaiting() }
    case .idle:
      // In turn-taking each address is held; else there is a connection when a call wants one.
      if hasWaiting || configuration.serviceConfig.loadBalancing == .roundRobin && idleTimer != nil {
        subchannel.connect()
      }
    case .connecting, .closed: break
    }
  }

  /// Looks again where the servers are, as those that were known have gone.
  private func reresolve() {
    if case .name = target.place { resolve() }
  }

  func connectionWasLost(_ connection: ClientConnection) {
    if connection.goAway?.code == .enhanceYourCalm, let former = keepalive {
      // Sent for too many PINGs: gRPC has a client be twice as quiet from then on.
      keepalive?.interval = former.interval * 2
    }
    reresolve()
  }

  private func beginWaiting() {
    for call in takeWaiting() {
      if let connection = pick() {
        call.begin(on: connection)
      } else {
        waiting.append(call)
      }
    }
  }

  private func failWaiting() {
    let calls = takeWaiting { !$0.plan.waitsForReady }
    let error = RPCError(code: .unavailable, message: lastFailure ?? "cannot reach \(target.text)")
    for call in calls { call.failToConnect(error) }
  }

  // MARK: Channels

  func tlsContext() throws -> TLSContext? {
    guard let wanted = configuration.tls else { return nil }
    if let tls { return tls }
    let made = try TLSContext(client: wanted, logger: configuration.logger)
    tls = made
    return made
  }

  /// Keeps a channel until it is closed.
  func keep(_ channel: any Channel, _ connection: ClientConnection) {
    channels[ObjectIdentifier(channel)] = (channel, connection)
    channel.closeFuture.whenComplete { _ in
      guard let (_, connection) = self.channels.removeValue(forKey: ObjectIdentifier(channel)) else { return }
      self.tally.traffic += connection.currentTraffic
      if connection.wasReady { self.tally.connectionsClosed &+= 1 }
    }
  }

  // MARK: Statistics

  /// What is counted of a client as a whole.
  struct Tally {
    var calls = CallCounts()
    var connectionsMade = 0
    var connectionsClosed = 0
    var connectFailures = 0
    var traffic = TrafficCounts()
  }

  /// What the client has done so far, and its connections.
  func statistics() -> ClientStatistics {
    let now = NIODeadline.now()
    var statistics = ClientStatistics(target: target.text, state: state)
    statistics.lastFailure = lastFailure
    statistics.calls = tally.calls
    statistics.callsWaiting = waiting.count { $0.isWaitingForConnection }
    statistics.connectionsMade = tally.connectionsMade
    statistics.connectionsClosed = tally.connectionsClosed
    statistics.connectFailures = tally.connectFailures
    statistics.traffic = tally.traffic
    for (channel, connection) in channels.values {
      let open = connection.statistics(of: channel, at: now)
      statistics.traffic += open.traffic
      if connection.wasReady { statistics.connections.append(open) }
    }
    statistics.connections.sort { $0.id < $1.id }
    return statistics
  }

  private var state: ClientStatistics.State {
    if isClosed { return .shutdown }
    if subchannels.contains(where: { $0.ready != nil }) { return .ready }
    if isFailing { return .transientFailure }
    let isConnecting = subchannels.contains { if case .connecting = $0.phase { true } else { false } }
    return isResolving || isConnecting ? .connecting : .idle
  }

  private func startIdleTimer() {
    guard idleTimer == nil, let timeout = configuration.idleTimeout else { return }
    idleMark = begunCalls
    idleTimer = eventLoop.scheduleRepeatedTask(initialDelay: TimeAmount(timeout), delay: TimeAmount(timeout)) { task in
      defer { self.idleMark = self.begunCalls }
      let streams = self.subchannels.reduce(0) { $0 + ($1.ready?.session.streamCount ?? 0) }
      guard self.idleMark == self.begunCalls, streams == 0, !self.hasWaiting else { return }
      self.idleTimer = nil
      task.cancel()
      for subchannel in self.subchannels { subchannel.rest() }
    }
  }

  // MARK: The end

  /// Ends the connections once their calls are done.
  /// - Returns: done when every connection is closed.
  @discardableResult
  func close() -> EventLoopFuture<Void> {
    eventLoop.flatSubmit {
      self.isClosed = true
      self.idleTimer?.cancel()
      self.resolutionPause?.cancel()
      for subchannel in self.subchannels { subchannel.close() }
      self.subchannels = []
      let calls = self.takeWaiting()
      let error = RPCError(code: .unavailable, message: "the client of \(self.target.text) is closed")
      for call in calls { call.failToConnect(error) }
      return EventLoopFuture.andAllComplete(self.channels.values.map(\.channel.closeFuture), on: self.eventLoop)
    }
  }
}
