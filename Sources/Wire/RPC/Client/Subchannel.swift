// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore
import NIOPosix
import NIOSSL

/// One connection of a client, to the first of some addresses that can be reached; made again when it is wanted and
/// was lost.
///
/// On the client's loop only.
final class Subchannel: @unchecked Sendable {
  enum Phase {
    case idle
    case connecting
    case ready(ClientConnection)
    /// The last attempt failed; the next waits.
    case pausing
    case closed
  }

  private(set) var phase = Phase.idle
  var addresses: [SocketAddress]
  /// Why the last attempt failed; `nil` after one that went well.
  private(set) var failure: String?
  private let link: ClientLink
  private var failures = 0
  /// How many connections in a row were made for calls and ended before one could begin.
  private var endings = 0
  private var pause: Scheduled<Void>?

  /// How long an address has before the next is tried as well (RFC 8305, section 5).
  private static let stagger = TimeAmount.milliseconds(250)

  init(_ addresses: [SocketAddress], link: ClientLink) {
    self.addresses = addresses
    self.link = link
  }

  /// The connection if calls may be begun on it.
  var ready: ClientConnection? {
    guard case .ready(let connection) = phase, connection.isUsable else { return nil }
    return connection
  }

  /// Whether an attempt has failed and none has succeeded since.
  var isFailing: Bool { failure != nil }

  /// Connects unless it is connected, about to be, or pausing after a failure.
  func connect() {
    guard case .idle = phase else { return }
    phase = .connecting
    let race = AddressRace(addresses, stagger: Self.stagger, on: link.eventLoop) { self.attempt($0) }
    race.winner.whenComplete { self.finish($0) }
  }

  private func finish(_ result: Result<ClientConnection, any Error>) {
    guard case .connecting = phase else {
      if case .success(let connection) = result { connection.close() }
      return
    }
    switch result {
    case .success(let connection):
      phase = .ready(connection)
      if endings == 0 { failures = 0 }
      failure = nil
      link.tally.connectionsMade &+= 1
    case .failure(let error):
      failure = ConnectFailure.text(error)
      link.tally.connectFailures &+= 1
      failures += 1
      phase = .pausing
      pause = link.eventLoop.scheduleTask(in: TimeAmount(link.configuration.backoff.pause(after: failures))) {
        self.pause = nil
        self.phase = .idle
        self.link.subchannelChanged(self)
      }
    }
    link.subchannelChanged(self)
  }

  private func lose(_ connection: ClientConnection) {
    guard case .ready(let current) = phase, current === connection else { return }
    phase = .idle
    // A connection that ends before it served anything is as good as none: do not hurry back.
    var reason: String?
    if connection.hasServed {
      endings = 0
    } else if connection.begunCalls > 0 {
      reason = connection.lossReason.map { "the connection was lost: \($0)" }
    } else if link.hasWaiting {
      // The server may just be about to stop, with another in its place; but once is enough.
      endings += 1
      if endings > 1 { reason = "the server ended each connection before it took a call" }
    }
    if let reason {
      failure = reason
      failures += 1
      phase = .pausing
      pause = link.eventLoop.scheduleTask(in: TimeAmount(link.configuration.backoff.pause(after: failures))) {
        self.pause = nil
        self.phase = .idle
        self.link.subchannelChanged(self)
      }
    }
    link.connectionWasLost(connection)
    link.subchannelChanged(self)
  }

  /// Ends the connection once its calls are done.
  func close() {
    if case .ready(let connection) = phase { connection.close() }
    phase = .closed
    pause?.cancel()
    pause = nil
  }

  /// Ends the connection once its calls are done; another is made when it is wanted.
  func rest() {
    guard case .ready(let connection) = phase else { return }
    phase = .idle
    connection.close()
  }

  // MARK: One address

  private func attempt(_ address: SocketAddress) -> EventLoopFuture<ClientConnection> {
    let configuration = link.configuration
    let tls: TLSContext?
    do { tls = try link.tlsContext() } catch { return link.eventLoop.makeFailedFuture(error) }
    // Nothing is read before the handlers are in place.
    let bootstrap = ClientBootstrap(group: link.eventLoop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelOption(.autoRead, value: false)
    return bootstrap.connect(to: address).flatMap { channel in
      if address.pathname == nil {
        _ = channel.setOption(.tcpOption(.tcp_nodelay), value: 1)
      }
      return self.begin(on: channel, tls)
    }
  }

  /// Puts the protocols on a channel that is connected, and awaits that it is of use.
  private func begin(on channel: any Channel, _ tls: TLSContext?) -> EventLoopFuture<ClientConnection> {
    let eventLoop = link.eventLoop
    let timeout = link.configuration.connectTimeout
    do {
      let secured = eventLoop.makePromise(of: Void.self)
      let connection = try ClientConnection(
        peer: link.target.text, executor: link.executor, limits: HTTP2Limits(), keepalive: link.keepalive
      ) { [weak self] in self?.lose($0) }
      do {
        if let tls {
          try channel.pipeline.syncOperations.addHandlers([
            tls.clientHandler(serverName: link.serverName), HandshakeGate(timeout: timeout, done: secured),
          ])
        } else {
          secured.succeed()
        }
        try connection.begin(on: channel)
      } catch {
        secured.fail(error)
        connection.giveUp(error)
        throw error
      }
      link.keep(channel, connection)
      // Who accepts connections and then says nothing is no server.
      let timer = eventLoop.scheduleTask(in: TimeAmount(timeout)) {
        connection.giveUp(HandshakeFailure("the server said nothing for \(timeout)"))
      }
      return channel.setOption(.autoRead, value: true)
        .flatMap { secured.futureResult }
        .flatMap { connection.ready.futureResult }
        .map { connection }
        .always { result in
          timer.cancel()
          if case .failure(let error) = result {
            connection.giveUp(error)
            channel.close(promise: nil)
          }
        }
    } catch {
      channel.close(promise: nil)
      return eventLoop.makeFailedFuture(error)
    }
  }
}

/// Tries addresses one after another, each a little after the one before or once that has failed, and takes the first
/// that can be reached.
///
/// On the loop only.
private final class AddressRace: @unchecked Sendable {
  let winner: EventLoopFuture<ClientConnection>
  private let promise: EventLoopPromise<ClientConnection>
  private let addresses: [SocketAddress]
  private let stagger: TimeAmount
  private let eventLoop: any EventLoop
  private let attempt: (SocketAddress) -> EventLoopFuture<ClientConnection>
  private var position = 0
  private var underWay = 0
  private var isOver = false
  private var firstFailure: (any Error)?
  private var timer: Scheduled<Void>?

  init(
    _ addresses: [SocketAddress], stagger: TimeAmount, on eventLoop: any EventLoop,
    attempt: @escaping (SocketAddress) -> EventLoopFuture<ClientConnection>
  ) {
    self.addresses = addresses
    self.stagger = stagger
    self.eventLoop = eventLoop
    self.attempt = attempt
    promise = eventLoop.makePromise()
    winner = promise.futureResult
    next()
  }

  private func next() {
    timer?.cancel()
    timer = nil
    guard !isOver else { return }
    guard position < addresses.count else {
      guard underWay == 0 else { return }
      isOver = true
      return promise.fail(firstFailure ?? HandshakeFailure("it has no address"))
    }
    let address = addresses[position]
    position += 1
    underWay += 1
    if position < addresses.count { timer = eventLoop.scheduleTask(in: stagger) { self.next() } }
    attempt(address).whenComplete { result in
      self.underWay -= 1
      switch result {
      case .success(let connection):
        if self.isOver { return connection.close() }
        self.isOver = true
        self.timer?.cancel()
        self.promise.succeed(connection)
      case .failure(let error):
        self.firstFailure = self.firstFailure ?? error
        self.next()
      }
    }
  }
}

/// Words for why there is no connection.
enum ConnectFailure {
  static func text(_ error: any Error) -> String {
    switch error {
    case let error as IOError: return SystemError.text(error, doing: "connect")
    case let error as NIOConnectionError: return error.connectionErrors.first.map { text($0.error) } ?? "\(error)"
    case let error as ChannelError:
      if case .connectTimeout(let limit) = error { return "no connection within \(limit.nanoseconds / 1_000_000) ms" }
      return "\(error)"
    default: return "\(error)"
    }
  }
}
