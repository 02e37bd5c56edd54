// SPDX-License-Identifier: Apache-2.0

public import Logging
public import NIOCore
import NIOSSL

/// TLS for connections that somebody else accepts, such as a gateway whose port speaks HTTP/1.1 too.
///
/// ```swift
/// let tls = try TLSPort(ServerTLS(certificateChain: "web.pem", privateKey: "web-key.pem"), logger: logger)
/// // On the channel's event loop, before any other handler is added:
/// try tls.begin(on: channel)
/// ```
///
/// Replaced files are used as ``ServerTLS`` has it.
public final class TLSPort: Sendable {
  private let context: TLSContext
  private let protocols: [String]
  private let timeout: Duration
  private let logger: Logger

  /// - Parameter protocols: what is offered to clients that ask (ALPN), the best first; one that does not ask may speak
  ///   any of them.
  /// - Throws: ``TLSFileError`` that names the file.
  public init(_ configuration: ServerTLS, protocols: [String] = ["h2", "http/1.1"], logger: Logger) throws {
    context = try TLSContext(server: configuration, protocols: protocols, logger: logger)
    self.protocols = protocols
    self.timeout = configuration.handshakeTimeout
    self.logger = logger
  }

  /// Puts TLS in front of the handlers that are added from here on.
  ///
  /// A connection whose handshake fails, or takes longer than ``ServerTLS/handshakeTimeout``, is closed. To be called on
  /// the channel's event loop.
  public func begin(on channel: any Channel) throws {
    let done = channel.eventLoop.makePromise(of: Void.self)
    done.futureResult.whenFailure { [logger] error in
      let peer = channel.remoteAddress?.text ?? "unknown"
      logger.debug("a TLS handshake failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
    }
    do {
      try channel.pipeline.syncOperations.addHandlers([
        PlaintextRefusal(), NIOSSLServerHandler(context: context.current),
        HandshakeGate(timeout: timeout, protocols: protocols, isALPNRequired: false, done: done),
      ])
    } catch {
      done.fail(error)
      throw error
    }
  }
}
