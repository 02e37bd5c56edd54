// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore
import Synchronization

/// A client's connection: carries its calls until it is lost or the server asks for no more.
final class ClientConnection: HTTP2ConnectionDelegate, @unchecked Sendable {
  // `http2` and `isClosing` are used on the event loop only; everything else is constant or atomic.

  let target: String
  let eventLoop: any EventLoop
  private let takesCalls = Atomic(true)
  /// The protocol half.
  ///
  /// On the loop only.
  private(set) var http2: HTTP2Connection?
  private var isClosing = false
  /// Succeeds once the server has shown that it speaks HTTP/2, fails with ``HandshakeFailure``.
  let ready: EventLoopPromise<Void>
  private var isReady = false
  private let onUnusable: @Sendable (ClientConnection) -> Void

  /// - Parameter onUnusable: called on the loop when no more calls should be begun here; more than once.
  init(target: String, eventLoop: any EventLoop, onUnusable: @escaping @Sendable (ClientConnection) -> Void) {
    self.target = target
    self.eventLoop = eventLoop
    self.onUnusable = onUnusable
    ready = eventLoop.makePromise()
  }

  /// Whether new calls may be begun.
  var isUsable: Bool { takesCalls.load(ordering: .acquiring) }

  /// Why the connection is gone; `nil` while it is there.
  ///
  /// On the loop only.
  var lossReason: String? {
    guard let http2, http2.isClosed else { return nil }
    return http2.failure.map { TransportFailure.text($0) } ?? "the server closed it"
  }

  /// Takes its place at the end of a channel's pipeline.
  ///
  /// On the loop only.
  func begin(on channel: any Channel, limits: HTTP2Limits) throws {
    let session = try HTTP2Session(.client, limits: limits)
    let http2 = HTTP2Connection(session: session, executor: LoopExecutor(eventLoop), delegate: self)
    try channel.pipeline.syncOperations.addHandler(http2)
    self.http2 = http2
  }

  /// Takes note that the connection will not be used.
  ///
  /// On the loop only.
  func giveUp(_ error: any Error) {
    guard !isReady else { return }
    isReady = true
    ready.fail(error)
  }

  /// Begins no more calls here.
  func retire() {
    takesCalls.store(false, ordering: .releasing)
    onUnusable(self)
  }

  /// Ends the connection once the calls in flight are done.
  func close() {
    takesCalls.store(false, ordering: .releasing)
    eventLoop.execute {
      self.isClosing = true
      self.http2?.setNeedsFlush()
    }
  }

  func connection(_ connection: HTTP2Connection, opened stream: HTTP2Stream) {
    // Only servers are told of streams that the other side opens; a client refuses pushes in its SETTINGS.
  }

  func connectionChanged(_ connection: HTTP2Connection) {
    if !isReady, connection.session.hasPeerSettings {
      isReady = true
      ready.succeed()
    }
    if connection.session.goAway != nil, isUsable { retire() }
    if isClosing, connection.session.streamCount == 0 {
      isClosing = false
      connection.terminate(.noError)
    }
  }

  func connectionClosed(_ connection: HTTP2Connection, error: (any Error)?) {
    if !isReady {
      isReady = true
      ready.fail(
        HandshakeFailure(TransportFailure.beforeSettings(error: error, received: connection.firstBytes)))
    }
    http2 = nil
    retire()
  }
}
