// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Gives a client's calls a connection: the one there is, or a new one, for which all calls wait together.
final class ClientLink: Sendable {
  private enum Phase {
    case idle
    case connecting
    case ready(ClientConnection)
    case closed
  }

  private struct State {
    var phase = Phase.idle
    var waiting: [Int: CheckedContinuation<ClientConnection, any Error>] = [:]
    var nextWaiter = 0
    var context: TLSContext?
    var lastFailure: (error: RPCError, until: ContinuousClock.Instant)?
    /// Connections that are not closed, by identity: one in use, and those whose last calls are under way.
    var open: [ObjectIdentifier: any Channel] = [:]
  }

  /// What a call does to get a connection.
  private enum Step {
    case use(ClientConnection)
    case fail(RPCError)
    case connect
    case wait
  }

  let target: String
  private let configuration: RPCClient.Configuration
  private let state = Mutex(State())
  private let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()

  /// For so long after a failed attempt calls fail with its error, so that a busy caller does not flood a dead server.
  private static let backOff = Duration.milliseconds(50)

  init(target: String, configuration: RPCClient.Configuration) {
    self.target = target
    self.configuration = configuration
  }

  /// The connection for a call.
  /// - Throws: ``RPCError``: `UNAVAILABLE` naming the target, `DEADLINE_EXCEEDED` or `CANCELLED`.
  func connection(deadline: Deadline?) async throws -> ClientConnection {
    if let ready = state.withLock({ state -> ClientConnection? in
      if case .ready(let connection) = state.phase, connection.isUsable { return connection }
      return nil
    }) {
      return ready
    }
    let waiter = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let timer = deadline.map { deadline in
      eventLoop.scheduleTask(in: TimeAmount(deadline.remaining)) {
        self.giveUp(waiter, RPCError(code: .deadlineExceeded, message: "no connection to \(self.target) in time"))
      }
    }
    defer { timer?.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        switch step(waiter, continuation) {
        case .use(let connection): continuation.resume(returning: connection)
        case .fail(let error): continuation.resume(throwing: error)
        case .connect: connect()
        case .wait: break
        }
        // The handler below may have run before there was anything to give up.
        if Task.isCancelled { giveUp(waiter, RPCError(code: .cancelled, message: "the call was cancelled")) }
      }
    } onCancel: {
      giveUp(waiter, RPCError(code: .cancelled, message: "the call was cancelled"))
    }
  }

  private func step(_ waiter: Int, _ continuation: CheckedContinuation<ClientConnection, any Error>) -> Step {
    state.withLock { state in
      switch state.phase {
      case .ready(let connection) where connection.isUsable: return .use(connection)
      case .closed: return .fail(RPCError(code: .unavailable, message: "the client of \(target) is closed"))
      case .connecting:
        state.waiting[waiter] = continuation
        return .wait
      case .idle, .ready:
        if let failure = state.lastFailure, failure.until > .now { return .fail(failure.error) }
        state.waiting[waiter] = continuation
        state.phase = .connecting
        return .connect
      }
    }
  }

  private func giveUp(_ waiter: Int, _ error: RPCError) {
    state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume(throwing: error)
  }

  // MARK: Connecting

  private func connect() {
    guard let address = ClientTarget(target) else {
      return finish(
        .failure(unavailable("the target is not of the form host:port, [v6 address]:port or unix:/path")))
    }
    let tls: TLSContext?
    do {
      tls = try configuration.tls.map { try context(for: $0) }
    } catch {
      return finish(.failure(unavailable("\(error)")))
    }
    // Nothing is read before the handlers are in place: several addresses may be tried at a time, and one wins.
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelOption(.autoRead, value: false)
    let connecting: EventLoopFuture<any Channel>
    switch address {
    case .network(let host, let port):
      connecting = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
    case .unixSocket(let path): connecting = bootstrap.connect(unixDomainSocketPath: path)
    }
    let serverName = configuration.tls?.serverName ?? address.serverName
    connecting.flatMap { self.begin(on: $0, tls, serverName) }.whenComplete { result in
      switch result {
      case .success(let connection): self.finish(.success(connection))
      case .failure(let error): self.finish(.failure(self.unavailable(Self.reason(error))))
      }
    }
  }

  /// Puts the protocols on a channel that is connected, and awaits that it is safe to use.
  private func begin(
    on channel: any Channel, _ tls: TLSContext?, _ serverName: String?
  ) -> EventLoopFuture<ClientConnection> {
    let connection = ClientConnection(target: target, eventLoop: eventLoop) { [weak self] in self?.drop($0) }
    let secured = eventLoop.makePromise(of: Void.self)
    return channel.eventLoop.submit {
      if let tls {
        try channel.pipeline.syncOperations.addHandlers([
          Self.handler(tls, serverName), HandshakeGate(timeout: self.configuration.connectTimeout, done: secured),
        ])
      } else {
        secured.succeed()
      }
      try connection.begin(on: channel, limits: HTTP2Limits())
      self.keep(channel, connection)
    }
    .flatMap { channel.setOption(.autoRead, value: true) }
    .flatMap { secured.futureResult }
    .flatMap { () -> EventLoopFuture<Void> in
      // Who accepts connections and then says nothing is no server.
      let timer = channel.eventLoop.scheduleTask(in: TimeAmount(self.configuration.connectTimeout)) {
        connection.giveUp(HandshakeFailure("the server said nothing for \(self.configuration.connectTimeout)"))
      }
      return connection.ready.futureResult.always { _ in timer.cancel() }
    }
    .flatMapErrorThrowing { error in
      secured.fail(error)
      connection.giveUp(error)
      channel.close(promise: nil)
      throw error
    }
    .map { connection }
  }

  private func context(for tls: ClientTLS) throws -> TLSContext {
    try state.withLock { state in
      if let context = state.context { return context }
      let context = try TLSContext(client: tls, logger: configuration.logger)
      state.context = context
      return context
    }
  }

  private static func handler(_ tls: TLSContext, _ serverName: String?) throws -> NIOSSLClientHandler {
    do {
      return try NIOSSLClientHandler(context: tls.current, serverHostname: serverName)
    } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
      // The certificate is then compared with the address that was connected to.
      return try NIOSSLClientHandler(context: tls.current, serverHostname: nil)
    }
  }

  private func keep(_ channel: any Channel, _ connection: ClientConnection) {
    state.withLock { $0.open[ObjectIdentifier(connection)] = channel }
    channel.closeFuture.whenComplete { [weak self] _ in
      self?.state.withLock { $0.open[ObjectIdentifier(connection)] = nil }
    }
  }

  private func finish(_ result: Result<ClientConnection, RPCError>) {
    let (waiting, unwanted) = state.withLock { state in
      var unwanted: ClientConnection?
      switch (result, state.phase) {
      case (.success(let connection), .closed): unwanted = connection
      case (.success(let connection), _):
        state.phase = .ready(connection)
        state.lastFailure = nil
      case (.failure, .closed): break
      case (.failure(let error), _):
        state.phase = .idle
        state.lastFailure = (error, .now.advanced(by: Self.backOff))
      }
      defer { state.waiting = [:] }
      return (Array(state.waiting.values), unwanted)
    }
    if let unwanted {
      unwanted.close()
      for waiter in waiting { waiter.resume(throwing: unavailable("the client is closed")) }
      return
    }
    for waiter in waiting { waiter.resume(with: result.mapError { $0 }) }
  }

  /// Forgets a connection that takes no more calls.
  private func drop(_ connection: ClientConnection) {
    state.withLock { state in
      if case .ready(let current) = state.phase, current === connection { state.phase = .idle }
    }
  }

  private func unavailable(_ reason: String) -> RPCError {
    RPCError(code: .unavailable, message: "cannot reach \(target): \(reason)")
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError {
      if let failure = error.connectionErrors.first { return reason(failure.error) }
      return "the name \(error.host) does not resolve"
    }
    if let error = error as? IOError { return IOError(errnoCode: error.errnoCode, reason: "connect").description }
    if case .connectTimeout(let limit)? = error as? ChannelError {
      return "no connection within \(limit.nanoseconds / 1_000_000) ms"
    }
    return "\(error)"
  }

  // MARK: The end

  /// Ends the connection once its calls are done.
  /// - Returns: done when every connection is closed.
  @discardableResult
  func close() -> [EventLoopFuture<Void>] {
    let (ready, open, waiting) = state.withLock { state in
      var ready: ClientConnection?
      if case .ready(let connection) = state.phase { ready = connection }
      state.phase = .closed
      defer { state.waiting = [:] }
      return (ready, Array(state.open.values), Array(state.waiting.values))
    }
    for waiter in waiting { waiter.resume(throwing: unavailable("the client is closed")) }
    ready?.close()
    return open.map(\.closeFuture)
  }
}
