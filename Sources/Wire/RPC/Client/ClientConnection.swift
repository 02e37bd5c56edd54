// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore
import NIOSSL

/// A client's connection: carries calls until it is lost or the server asks for no more.
///
/// On the client's loop only, but for what is constant.
final class ClientConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
  // Sent to the loop by closures, used there.

  /// The server, as messages name it.
  let peer: String
  let eventLoop: any EventLoop
  let session: HTTP2Session
  /// The channel's half; `nil` once the connection is gone.
  private(set) var http2: HTTP2Connection?
  /// Succeeds once the server has shown that it speaks HTTP/2, fails with ``HandshakeFailure``.
  let ready: EventLoopPromise<Void>
  /// Whether new calls may be begun.
  var isUsable: Bool { !isRetired && session.goAway == nil && http2?.isClosed == false }
  /// How many calls were begun, and whether one was answered.
  @exclusivity(unchecked) private(set) var begunCalls = 0
  var hasServed = false
  /// What was counted here, but for what the session and the channel know.
  @exclusivity(unchecked) var traffic = TrafficCounts()
  private let id = ConnectionStatistics.nextID()
  private let began = NIODeadline.now()
  private var lastCall: NIODeadline?
  /// Why the connection is gone; `nil` while it is there.
  var lossReason: String? {
    guard let http2 else { return finalReason }
    return http2.isClosed ? reason(http2.failure) : nil
  }
  /// What the server said when it asked for no more calls.
  var goAway: HTTP2Session.GoAway? { session.goAway }

  private var isRetired = false
  private var finalReason: String?
  private var finalBytes = (sent: 0, received: 0)
  private var isReady = false
  /// Whether calls could ever be begun here.
  private(set) var wasReady = false
  private var isClosing = false
  private let keepalive: RPCClient.Keepalive?
  private let onUnusable: (ClientConnection) -> Void
  private var keepaliveTask: RepeatedTask?
  private var keepaliveTimeout: Scheduled<Void>?

  /// - Parameter onUnusable: called on the loop when no more calls should be begun here; more than once.
  init(
    peer: String, executor: LoopExecutor, limits: HTTP2Limits, keepalive: RPCClient.Keepalive?,
    onUnusable: @escaping (ClientConnection) -> Void
  ) throws {
    self.peer = peer
    self.eventLoop = executor.eventLoop
    self.keepalive = keepalive
    self.onUnusable = onUnusable
    session = try HTTP2Session(.client, limits: limits)
    ready = executor.eventLoop.makePromise()
    http2 = HTTP2Connection(session: session, executor: executor, delegate: self)
  }

  /// Takes its place at the end of a channel's pipeline.
  func begin(on channel: any Channel) throws {
    guard let http2 else { throw ChannelError.ioOnClosedChannel }
    try channel.pipeline.syncOperations.addHandler(http2)
  }

  /// Takes note that the connection will not be used.
  func giveUp(_ error: any Error) {
    guard !isReady else { return }
    isReady = true
    ready.fail(error)
    // Breaks the circle with the handler where no channel will.
    http2 = nil
  }

  /// Begins no more calls here.
  func retire() {
    isRetired = true
    onUnusable(self)
  }

  /// Ends the connection once the calls in flight are done.
  func close() {
    isRetired = true
    isClosing = true
    http2?.setNeedsFlush()
  }

  // MARK: Statistics

  /// Counts a call that begins here.
  func countCall() {
    begunCalls &+= 1
    lastCall = .now()
  }

  /// All that was counted on the connection.
  var currentTraffic: TrafficCounts {
    var counts = traffic
    counts.streamsStarted = begunCalls
    counts.bytesSent = sentBytes
    counts.bytesReceived = receivedBytes
    return counts
  }

  private var sentBytes: Int { http2?.writtenBytes ?? finalBytes.sent }
  private var receivedBytes: Int { http2?.readBytes ?? finalBytes.received }

  func statistics(of channel: any Channel, at now: NIODeadline) -> ConnectionStatistics {
    var statistics = ConnectionStatistics(
      id: id, peer: peer, age: Duration(now - began), openStreams: session.streamCount, traffic: currentTraffic)
    statistics.localAddress = channel.localAddress?.text
    statistics.remoteAddress = channel.remoteAddress?.text
    statistics.isEncrypted = (try? channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)) != nil
    statistics.sinceLastStream = lastCall.map { Duration(now - $0) }
    return statistics
  }

  // MARK: Events

  func connection(_ connection: HTTP2Connection, opened stream: HTTP2Stream) {
    // Only servers are told of streams that the other side opens; a client refuses pushes in its SETTINGS.
  }

  func connectionChanged(_ connection: HTTP2Connection) {
    if !isReady, session.hasPeerSettings {
      isReady = true
      wasReady = true
      startKeepalive()
      ready.succeed()
    }
    if !isRetired, session.goAway != nil { retire() }
    if isClosing, session.streamCount == 0 {
      isClosing = false
      connection.terminate(.noError)
    }
  }

  func connectionClosed(_ connection: HTTP2Connection, error: (any Error)?) {
    finalReason = reason(error)
    if !isReady {
      isReady = true
      ready.fail(HandshakeFailure(TransportFailure.beforeSettings(error: error, received: connection.firstBytes)))
    }
    keepaliveTask?.cancel()
    keepaliveTimeout?.cancel()
    finalBytes = (connection.writtenBytes, connection.readBytes)
    http2 = nil
    retire()
  }

  private func reason(_ error: (any Error)?) -> String {
    if let goAway, goAway.code != .noError { return "the server ended it with GOAWAY \(goAway.code)" }
    return error.map { TransportFailure.text($0) } ?? "the server closed it"
  }

  // MARK: Keepalive

  private func startKeepalive() {
    guard let keepalive else { return }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let interval = TimeAmount(keepalive.interval)
    keepaliveTask = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      bound.value.askForLife(keepalive)
    }
  }

  /// Sends a PING, and takes the server for dead if nothing comes from it in time.
  private func askForLife(_ keepalive: RPCClient.Keepalive) {
    guard let http2, keepalive.withoutCalls || session.streamCount > 0, keepaliveTimeout == nil else { return }
    let reads = http2.readCount
    traffic.keepalivesSent &+= 1
    session.submitPing()
    http2.setNeedsFlush()
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    keepaliveTimeout = eventLoop.scheduleTask(in: TimeAmount(keepalive.timeout)) {
      let connection = bound.value
      connection.keepaliveTimeout = nil
      guard let http2 = connection.http2, http2.readCount == reads else { return }
      http2.fail(HandshakeFailure("nothing came for \(keepalive.timeout) after a PING (keepalive)"))
    }
  }
}
