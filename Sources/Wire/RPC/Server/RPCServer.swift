// SPDX-License-Identifier: Apache-2.0

public import HTTP2
public import Logging
public import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

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
    /// The largest message in bytes, once decompressed.
    public var maximumMessageSize: Int
    /// The largest message in bytes that is sent, before compression; `nil` for the same as is received.
    public var maximumSendSize: Int?
    /// What a client may have open and unread at a time.
    public var limits: HTTP2Limits
    /// How long calls in flight may go on after a graceful shutdown began; they are cancelled then.
    public var gracePeriod: Duration
    /// Where failures go that callers are not told.
    public var logger: Logger
    /// Serves requests whose content type is not gRPC's; without it they are answered with status 415.
    public var plainHandler: PlainHandler?
    /// Stand around the handler of every call; the first is outermost.
    public var interceptors: [any ServerInterceptor] = []
    /// Are told of every call.
    public var reporters: [any CallReporter] = []
    /// How responses are compressed for clients that say they take it, unless a handler chooses otherwise.
    public var compression = MessageEncoding.identity
    /// Has connections encrypted, and callers prove who they are; `nil` for plain HTTP/2.
    ///
    /// Concerns ``RPCServer/bind(host:port:)``; a channel that is attached brings its own.
    public var tls: ServerTLS?

    /// Whom a call comes from, by its metadata and the address of the connection, where a proxy that is trusted passes
    /// calls on; `nil` for the address of the connection.
    public var caller: (@Sendable (_ metadata: Metadata, _ peer: String) -> String)?
    /// How long connections may live and do nothing, and how many there may be.
    public var connections = ConnectionLimits()

    public init(
      eventLoops: Int = min(2, System.coreCount), maximumMessageSize: Int = 4 << 20,
      limits: HTTP2Limits = .server,
      gracePeriod: Duration = .seconds(10), logger: Logger = Logger(label: "rpc"), plainHandler: PlainHandler? = nil
    ) {
      self.eventLoops = eventLoops
      self.maximumMessageSize = maximumMessageSize
      self.limits = limits
      self.gracePeriod = gracePeriod
      self.logger = logger
      self.plainHandler = plainHandler
    }

    /// The shortest time between PINGs of a client; one that keeps sending them earlier is sent GOAWAY `too_many_pings`.
    public var leastPingInterval: Duration? {
      get { limits.pings.map { Duration($0.minimumInterval) } }
      set { limits.pings = newValue.map { HTTP2PingPolicy(minimumInterval: TimeAmount($0)) } }
    }
  }

  private let router: RPCRouter
  private let configuration: Configuration
  private let connections = ConnectionRegistry()
  private let state = Mutex(State())

  private struct State {
    var listeners: [any Channel] = []
    var group: MultiThreadedEventLoopGroup?
    var executors: [ObjectIdentifier: LoopExecutor] = [:]
    var watches: [ObjectIdentifier: ConnectionWatch] = [:]
    var isShuttingDown = false
    var isDown = false
    /// How many look at the event loops just now, and who waits for them to be done.
    var onlookers = 0
    var lastOnlooker: CheckedContinuation<Void, Never>?
    /// What there was to see when the event loops were about to end.
    var lastStatistics: ServerStatistics?
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// A server of the methods in the router.
  ///
  /// It begins with ``bind(host:port:)`` or ``attach(to:)``.
  public init(router: RPCRouter, configuration: Configuration = Configuration()) {
    self.router = router
    self.configuration = configuration
  }

  /// Starts to listen.
  /// - Parameters:
  ///   - host: an address or name of this machine, such as `127.0.0.1`, or `unix:` and a path.
  ///   - port: 0 for any that is free.
  /// - Returns: where it listens.
  /// - Throws: ``RPCBindError`` that says which of the usual reasons it was; ``TLSFileError`` for a file that TLS cannot
  ///   use.
  public func bind(host: String, port: Int) async throws -> SocketAddress {
    let group = state.withLock { state in
      if let group = state.group { return group }
      let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoops))
      state.group = group
      return group
    }
    let tls = try configuration.tls.map { try TLSContext(server: $0, logger: configuration.logger) }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { listener in
        listener.eventLoop.makeCompletedFuture {
          try listener.pipeline.syncOperations.addHandler(ListenerClosing(), position: .first)
        }
      }
      // Begins small, as every connection keeps the buffer it last read into, and grows with what comes.
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 64 << 10)
      )
      .childChannelInitializer { self.accept($0, tls) }
    do {
      let listener: any Channel
      if host.hasPrefix("unix:") {
        listener = try await bootstrap.bind(unixDomainSocketPath: String(host.dropFirst("unix:".count))).get()
      } else {
        listener = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
          .bind(host: host, port: port).get()
      }
      state.withLock { $0.listeners.append(listener) }
      guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
      return address
    } catch {
      throw RPCBindError(host: host, port: port, error: error)
    }
  }

  private func accept(_ channel: any Channel, _ tls: TLSContext?) -> EventLoopFuture<Void> {
    guard let tls, let timeout = configuration.tls?.handshakeTimeout else { return attach(to: channel) }
    return channel.eventLoop.makeCompletedFuture {
      let done = channel.eventLoop.makePromise(of: Void.self)
      done.futureResult.whenFailure { error in
        self.configuration.logger.debug(
          "a TLS handshake failed", metadata: ["peer": "\(Self.text(channel))", "error": "\(error)"])
      }
      try channel.pipeline.syncOperations.addHandlers([
        PlaintextRefusal(), NIOSSLServerHandler(context: tls.current), HandshakeGate(timeout: timeout, done: done),
      ])
    }.flatMap { self.attach(to: channel) }
  }

  private static func text(_ channel: any Channel) -> String { channel.remoteAddress?.text ?? "unknown" }

  /// Serves until a graceful shutdown is done.
  ///
  /// Cancelling the task begins one.
  public func run() async throws {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDown = state.withLock { state in
          if !state.isDown { state.waiting.append(continuation) }
          return state.isDown
        }
        if isDown { continuation.resume() }
      }
    } onCancel: {
      Task { await self.shutdownGracefully() }
    }
  }

  /// Stops to listen, tells clients to open no more calls, and returns when the calls in flight are done.
  ///
  /// Calls that are not done after the configuration's grace period are cancelled; their callers see `UNAVAILABLE`.
  public func shutdownGracefully() async {
    let (isFirst, listeners) = state.withLock { state in
      defer { state.isShuttingDown = true }
      return (!state.isShuttingDown, state.listeners)
    }
    guard isFirst else { return await waitUntilDown() }
    for listener in listeners {
      // Fails if it is closed already, which is what is wanted.
      try? await listener.close().get()
    }
    // Connections that were accepted last are there then, with their calls.
    if let group = state.withLock({ $0.group }) { await settle(group) }
    for connection in connections.close() { connection.drain() }
    let connections = connections
    let gracePeriod = configuration.gracePeriod
    let guillotine = Task {
      try await Task.sleep(for: gracePeriod)
      for connection in connections.all { connection.abort() }
      // Handlers that do not heed their cancellation for a second more are left behind.
      try await Task.sleep(for: .seconds(1))
      return connections.abandon()
    }
    await connections.waitUntilEmpty()
    guillotine.cancel()
    // Those that somebody else accepts have event loops that go on, and are still drained as they come.
    if !listeners.isEmpty { connections.shut() }
    let hasStragglers = (try? await guillotine.value) ?? false
    let group = state.withLock { $0.group.take() }
    if hasStragglers {
      // The loops go on, and one that a handler holds would not answer.
      configuration.logger.warning("handlers ignored their cancellation; their threads are left running")
    } else {
      await keepStatistics()
      if let group { await settle(group) }
      // Fails only if somebody else has shut the loops down, and they are nobody else's.
      try? await group?.shutdownGracefully()
    }
    let waiting = state.withLock { state in
      state.isDown = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Lets the event loops finish with connections that were accepted just before the listeners closed.
  ///
  /// Such a connection is prepared on its own loop, which then tells the listener's; that one must not have ended. Three
  /// rounds: preparing takes two turns of the loop, and the news another.
  private func settle(_ group: MultiThreadedEventLoopGroup) async {
    for _ in 0..<3 {
      for loop in group.makeIterator() {
        // Fails only for a loop that somebody else has shut down.
        try? await loop.submit {}.get()
      }
    }
  }

  // MARK: Statistics

  /// What the server has done so far, and its connections.
  ///
  /// The figures are counted as calls go by; asking for them takes each event loop a moment.
  public func statistics() async -> ServerStatistics {
    let watches = state.withLock { state -> [ConnectionWatch]? in
      guard state.lastStatistics == nil else { return nil }
      state.onlookers += 1
      return Array(state.watches.values)
    }
    guard let watches else { return state.withLock { $0.lastStatistics } ?? ServerStatistics() }
    let statistics = await look(at: watches)
    let continuation = state.withLock { state in
      state.onlookers -= 1
      return state.onlookers == 0 ? state.lastOnlooker.take() : nil
    }
    continuation?.resume()
    return statistics
  }

  private func look(at watches: [ConnectionWatch]) async -> ServerStatistics {
    var statistics = ServerStatistics()
    statistics.listeners = state.withLock { $0.listeners.compactMap { $0.isActive ? $0.localAddress?.text : nil } }
    for watch in watches {
      // Fails only for a loop that somebody else has shut down.
      guard let seen = try? await watch.eventLoop.submit({ watch.statistics() }).get() else { continue }
      statistics.add(seen.tally, open: seen.open)
    }
    statistics.connections.sort { $0.id < $1.id }
    return statistics
  }

  /// Looks for the last time, and waits for the others who look: event loops that have ended answer nobody.
  private func keepStatistics() async {
    let last = await look(at: state.withLock { Array($0.watches.values) })
    await withCheckedContinuation { continuation in
      let isAlone = state.withLock { state in
        state.lastStatistics = last
        if state.onlookers > 0 { state.lastOnlooker = continuation }
        return state.onlookers == 0
      }
      if isAlone { continuation.resume() }
    }
  }

  // MARK: Shutdown

  private func waitUntilDown() async {
    await withCheckedContinuation { continuation in
      let isDown = state.withLock { state in
        if !state.isDown { state.waiting.append(continuation) }
        return state.isDown
      }
      if isDown { continuation.resume() }
    }
  }

  /// Serves HTTP/2 on a connection that somebody else accepted, such as a gateway that has seen the first bytes of
  /// HTTP/2 on a port that speaks HTTP/1.1 too.
  ///
  /// ```swift
  /// // On the channel's event loop, in the handler that looked at the first bytes:
  /// rpcServer.attach(to: context.channel).whenSuccess {
  ///   context.pipeline.syncOperations.removeHandler(context: context)   // hands on the bytes it kept back
  /// }
  /// ```
  ///
  /// The connection is added behind the handlers that are in the pipeline. It needs no call of ``bind(host:port:)``,
  /// and is part of ``shutdownGracefully()`` as any other.
  /// - Returns: done when the pipeline is ready for the bytes of the client, beginning with the preface.
  public func attach(to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.submit {
      let connection = ServerConnection(
        router: self.router, configuration: self.configuration, registry: self.connections,
        peer: Self.text(channel), eventLoop: channel.eventLoop, watch: self.watch(for: channel.eventLoop))
      try connection.begin(on: channel, executor: self.executor(for: channel.eventLoop))
    }
  }

  private func executor(for eventLoop: any EventLoop) -> LoopExecutor {
    state.withLock { state in
      if let executor = state.executors[ObjectIdentifier(eventLoop)] { return executor }
      let executor = LoopExecutor(eventLoop)
      state.executors[ObjectIdentifier(eventLoop)] = executor
      return executor
    }
  }

  private func watch(for eventLoop: any EventLoop) -> ConnectionWatch {
    state.withLock { state in
      if let watch = state.watches[ObjectIdentifier(eventLoop)] { return watch }
      let watch = ConnectionWatch(eventLoop: eventLoop)
      state.watches[ObjectIdentifier(eventLoop)] = watch
      return watch
    }
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

    init(_ error: any Error) {
      switch (error as? IOError)?.errnoCode {
      case EADDRINUSE: self = .addressInUse
      case EACCES, EPERM: self = .notPermitted
      case EADDRNOTAVAIL: self = .addressNotAvailable
      default: self = .other((error as? IOError).map { SystemError.text($0, doing: "bind") } ?? "\(error)")
      }
    }
  }

  public let host: String
  public let port: Int
  public let reason: Reason

  /// - Parameter error: what the attempt to listen threw.
  public init(host: String, port: Int, error: any Error) {
    self.host = host
    self.port = port
    reason = Reason(error)
  }

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
