// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL
import NIOTLS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Stands behind the TLS handler until the handshake is over: sees to it that a protocol was agreed on that is spoken
/// here, and that the handshake does not take for ever.
final class HandshakeGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let timeout: Duration
  private let protocols: [String]
  private let isALPNRequired: Bool
  private let done: EventLoopPromise<Void>
  private var timer: Scheduled<Void>?
  private var isDone = false

  /// - Parameters:
  ///   - protocols: what may be agreed on.
  ///   - isALPNRequired: whether something has to be; gRPC wants it.
  ///   - done: succeeds once it was, and fails with ``HandshakeFailure``.
  init(
    timeout: Duration, protocols: [String] = ["h2"], isALPNRequired: Bool = true, done: EventLoopPromise<Void>
  ) {
    self.timeout = timeout
    self.protocols = protocols
    self.isALPNRequired = isALPNRequired
    self.done = done
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
      let (gate, context) = bound.value
      gate.fail(HandshakeFailure("the TLS handshake took longer than \(gate.timeout)"), context)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish(.failure(HandshakeFailure("the connection was closed during the TLS handshake")))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent {
      guard negotiated.map(protocols.contains) ?? !isALPNRequired else {
        let what = negotiated.map { "agreed on \($0)" } ?? "agreed on no protocol"
        return fail(HandshakeFailure("the other side speaks TLS, but not HTTP/2: it \(what) (ALPN)"), context)
      }
      finish(.success(()))
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.failure(HandshakeFailure("the other side closed the connection during the TLS handshake")))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if isDone { return context.fireErrorCaught(error) }
    fail(HandshakeFailure(error, peer: certificate(context)), context)
  }

  private func certificate(_ context: ChannelHandlerContext) -> NIOSSLCertificate? {
    (try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self))?.peerCertificate
  }

  private func fail(_ error: HandshakeFailure, _ context: ChannelHandlerContext) {
    finish(.failure(error))
    context.close(promise: nil)
  }

  private func finish(_ result: Result<Void, any Error>) {
    guard !isDone else { return }
    isDone = true
    timer?.cancel()
    timer = nil
    done.completeWith(result)
  }
}

/// Why a TLS handshake failed, in words.
struct HandshakeFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What the TLS library's error means.
  /// - Parameter peer: the certificate of the other side, if it came so far.
  init(_ error: any Error, peer: NIOSSLCertificate?) {
    description = Self.text("\(error)", error, peer)
  }

  private static func text(_ text: String, _ error: any Error, _ peer: NIOSSLCertificate?) -> String {
    if let extra = error as? NIOSSLExtraError, extra == .failedToValidateHostname {
      return "the server's certificate is not for this name (\(extra))"
    }
    if let error = error as? NIOSSLError, case .uncleanShutdown = error {
      return "the other side closed the connection during the TLS handshake"
    }
    let meanings = [
      ("WRONG_VERSION_NUMBER", "the server does not speak TLS on this port"),
      ("HTTP_REQUEST", "a client spoke plain HTTP to a TLS port"),
      ("ALERT_UNKNOWN_CA", "the server does not trust the authority of our certificate"),
      ("ALERT_CERTIFICATE_EXPIRED", "the server says that our certificate has expired"),
      ("ALERT_BAD_CERTIFICATE", "the server refuses our certificate"),
      ("CERTIFICATE_REQUIRED", "the server asks for a client certificate"),
      ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "the client showed no certificate"),
      ("NO_APPLICATION_PROTOCOL", "the server speaks TLS, but not HTTP/2"),
    ]
    if let meaning = meanings.first(where: { text.contains($0.0) }) { return meaning.1 }
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      if let peer {
        let now = time(nil)
        if peer.notValidAfter < now { return "the other side's certificate has expired" }
        if peer.notValidBefore > now { return "the other side's certificate is not valid yet" }
      }
      return "the other side's certificate does not come from an authority that is trusted here"
    }
    return "the TLS handshake failed: \(text)"
  }
}
