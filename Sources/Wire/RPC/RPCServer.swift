// SPDX-License-Identifier: Apache-2.0

public import HTTP2
public import Logging
public import NIOCore

/// Serves gRPC calls, and optionally plain HTTP requests, over HTTP/2.
///
/// ```swift
/// var router = RPCRouter()
/// router.register(ProjectHandler(...))
/// let server = RPCServer(router: router)
/// let address = try await server.bind(host: "127.0.0.1", port: 0)
/// try await server.run()                  // until shutdownGracefully() is called, or the task is cancelled
/// ```
///
/// A handler runs as a task on the event loop of its connection. What computes for long belongs in
/// ``ServerContext/offload(_:)``.
public final class RPCServer: Sendable {
  /// Serves requests whose content type is not gRPC's.
  public typealias PlainHandler = @Sendable (HTTP2Request) async -> HTTP2Response

  /// How a server behaves.
  public struct Configuration: Sendable {
    /// How many event loops (threads) serve connections; at least 1.
    public var eventLoops: Int
    /// The largest message in bytes, received or sent.
    public var maximumMessageSize: Int
    /// How long calls in flight may go on after a graceful shutdown began; they are cancelled then.
    public var gracePeriod: Duration
    /// Where failures go that callers are not told.
    public var logger: Logger
    /// Serves requests whose content type is not gRPC's; without it they are answered with status 415.
    public var plainHandler: PlainHandler?

    public init(
      eventLoops: Int = 2, maximumMessageSize: Int = 4 << 20, gracePeriod: Duration = .seconds(10),
      logger: Logger = Logger(label: "rpc"), plainHandler: PlainHandler? = nil
    ) {
      self.eventLoops = eventLoops
      self.maximumMessageSize = maximumMessageSize
      self.gracePeriod = gracePeriod
      self.logger = logger
      self.plainHandler = plainHandler
    }
  }

  private let router: RPCRouter
  private let configuration: Configuration

  public init(router: RPCRouter, configuration: Configuration = Configuration()) {
    self.router = router
    self.configuration = configuration
  }

  /// Starts to listen.
  /// - Parameters:
  ///   - host: an address or name of this machine, such as `127.0.0.1`, or `unix:` and a path.
  ///   - port: 0 for any that is free.
  /// - Returns: where it listens.
  /// - Throws: ``RPCBindError`` that says which of the usual reasons it was.
  public func bind(host: String, port: Int) async throws -> SocketAddress {
    throw RPCBindError(host: host, port: port, reason: .other("the server cannot listen yet"))
  }

  /// Serves until a graceful shutdown is done. Cancelling the task begins one.
  public func run() async throws {}

  /// Stops to listen, tells clients to open no more calls, and returns when the calls in flight are done.
  public func shutdownGracefully() async {}

  /// Serves HTTP/2 on a connection that somebody else accepted, such as a gateway that has seen the first bytes of
  /// HTTP/2 on a port that speaks HTTP/1.1 too.
  ///
  /// ```swift
  /// // On the channel's event loop, in the handler that looked at the first bytes:
  /// rpcServer.attach(to: context.channel).whenSuccess {
  ///   context.pipeline.syncOperations.removeHandler(context: context)   // hands on the bytes it kept back
  /// }
  /// ```
  /// - Returns: done when the pipeline is ready for the bytes of the client, beginning with the preface.
  public func attach(to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeSucceededVoidFuture()
  }
}

/// A server could not listen.
public struct RPCBindError: Error, Sendable, CustomStringConvertible {
  /// Why not.
  public enum Reason: Sendable, Hashable {
    case addressInUse
    case notPermitted
    case addressNotAvailable
    case other(String)
  }

  public let host: String
  public let port: Int
  public let reason: Reason

  /// One sentence that names the address and the remedy.
  public var description: String {
    switch reason {
    case .addressInUse: "cannot listen on \(host):\(port): another program uses this port; stop it or choose another"
    case .notPermitted: "cannot listen on \(host):\(port): not permitted; choose a port from 1024 up"
    case .addressNotAvailable: "cannot listen on \(host):\(port): this machine has no such address"
    case .other(let text): "cannot listen on \(host):\(port): \(text)"
    }
  }
}
