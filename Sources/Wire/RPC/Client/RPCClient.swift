// SPDX-License-Identifier: Apache-2.0

import HTTP2
public import Logging
public import NIOCore
public import ProtobufC

/// Makes gRPC calls to a server, or to several that serve the same.
///
/// Connects when the first call needs it, carries all calls over one connection (or one for each address, in turn), and
/// connects again after a loss. May be used from any number of tasks. Generated clients wrap it:
///
/// ```swift
/// let client = RPCClient(target: "127.0.0.1:50052")
/// let projects = ProjectsV1.ProjectServiceClient(client)
/// let project = try await projects.getProject(.init(id: id), options: CallOptions(timeout: .seconds(2)))
/// ```
///
/// Every call throws ``RPCError``: the status it was answered, `UNAVAILABLE` naming the target when there is no
/// connection, `DEADLINE_EXCEEDED` when its time is up, `CANCELLED` when its task is cancelled.
public final class RPCClient: Sendable {
  /// How a client finds out that its server has gone without a word.
  public struct Keepalive: Sendable, Hashable {
    /// How often a PING is sent.
    ///
    /// A server may take offence at less than five minutes, and end the connection with GOAWAY ENHANCE_YOUR_CALM; the
    /// client is then half as curious.
    public var interval: Duration
    /// How long the server has to send anything before the connection counts as lost.
    public var timeout: Duration
    /// Whether PINGs are sent while there are no calls.
    public var withoutCalls: Bool

    public init(interval: Duration, timeout: Duration = .seconds(20), withoutCalls: Bool = false) {
      self.interval = interval
      self.timeout = timeout
      self.withoutCalls = withoutCalls
    }
  }

  /// How a client behaves.
  public struct Configuration: Sendable {
    /// The largest message in bytes, once decompressed.
    public var maximumMessageSize: Int
    /// The largest message in bytes that is sent, before compression; `nil` for the same as is received.
    public var maximumSendSize: Int?
    /// How long an attempt to connect may take, TLS and the server's first frame included.
    public var connectTimeout: Duration
    /// Where changes of the connection go.
    public var logger: Logger
    /// Has the connection encrypted, and the server prove who it is; `nil` for plain HTTP/2.
    public var tls: ClientTLS?
    /// How long to pause between attempts to connect.
    public var backoff = Backoff()
    /// After so long without a call the connections are closed, until the next call; `nil` keeps them.
    public var idleTimeout: Duration? = .seconds(30 * 60)
    /// How a server that is gone without a word is found out; `nil` leaves it to the calls' deadlines.
    public var keepalive: Keepalive?
    /// How calls are repeated, timed and spread over addresses.
    public var serviceConfig = ServiceConfig()
    /// Stand around every call; the first is outermost.
    public var interceptors: [any ClientInterceptor] = []
    /// Are told of every call.
    public var reporters: [any CallReporter] = []
    /// What the server is called in `:authority`; `nil` for the target's name.
    public var authority: String?
    /// The loop that the connections live on; `nil` for one of those that the process shares.
    public var eventLoop: (any EventLoop)?

    public init(
      maximumMessageSize: Int = 4 << 20, connectTimeout: Duration = .seconds(5), logger: Logger = Logger(label: "rpc")
    ) {
      self.maximumMessageSize = maximumMessageSize
      self.connectTimeout = connectTimeout
      self.logger = logger
    }
  }

  /// The server, as it was given.
  public let target: String
  private let configuration: Configuration
  /// `nil` when the target is none.
  private let link: ClientLink?
  /// What is the same in the header of all requests: before the `:path`, and behind it.
  private let pseudoFields: HeaderFields
  private let commonFields: HeaderFields

  /// A client of the server at `target`; nothing is sent yet.
  /// - Parameter target: one of
  ///   - `host:port` or `dns:///host:port`: all addresses of the name, looked up again after a failure;
  ///   - `ipv4:address:port` or `ipv6:[address]:port`, several behind commas;
  ///   - `unix:/path`.
  ///
  ///   Calls of a client whose target is none of these throw `UNAVAILABLE`.
  public init(target: String, configuration: Configuration = Configuration()) {
    self.target = target
    self.configuration = configuration
    let parsed = ClientTarget(target)
    link = parsed.map { ClientLink(target: $0, configuration: configuration) }
    var pseudo = HeaderFields()
    pseudo.add(":method", "POST")
    pseudo.add(":scheme", configuration.tls == nil ? "http" : "https")
    pseudo.add(
      ":authority", configuration.authority ?? configuration.tls?.serverName ?? parsed?.authority ?? target)
    pseudoFields = pseudo
    var fields = HeaderFields()
    fields.add("te", "trailers")
    fields.add("content-type", "application/grpc")
    fields.add("grpc-accept-encoding", "\(MessageEncoding.accepted)")
    fields.add("user-agent", "grpc-swift-waymark/1")
    commonFields = fields
  }

  deinit { link?.close() }

  /// Runs tasks where the client's connections live.
  ///
  /// A task that prefers it (`withTaskExecutorPreference`) makes its calls without changing threads; it must not compute
  /// for long or block there. `nil` for a client without a target.
  public var executor: (any TaskExecutor)? { link?.executor }

  /// Ends the connections once the calls in flight are done; later calls throw `UNAVAILABLE`.
  public func close() async {
    // Fails only when the loop is gone, and the connections with it.
    try? await link?.close().get()
  }

  /// What the client has done so far, and its connections.
  ///
  /// The figures are counted as calls go by; asking for them takes the client's event loop a moment.
  public func statistics() async -> ClientStatistics {
    guard let link else { return ClientStatistics(target: target, state: .transientFailure) }
    let loop = link.eventLoop
    // Fails only when the loop is gone, and the connections with it.
    return (try? await loop.submit { link.statistics() }.get()) ?? ClientStatistics(target: target, state: .shutdown)
  }

  // MARK: Messages

  /// Calls a method with one request and one response.
  public func unary<Request: Message, Response: Message>(
    _ request: Request, method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default
  ) async throws -> Response {
    try await intercepted(method, metadata, options) { context in
      try await MessageFrame.decode(self.answer(to: request, context).message, as: Response.self)
    }
  }

  /// Calls a method with one request and one response, and gives what came around the response as well.
  public func unaryResponse<Request: Message, Response: Message>(
    _ request: Request, method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default
  ) async throws -> UnaryResponse<Response> {
    try await intercepted(method, metadata, options) { context in
      let answer = try await self.answer(to: request, context)
      var response = try UnaryResponse(
        message: MessageFrame.decode(answer.message, as: Response.self), initialMetadata: Metadata(answer.head),
        trailingMetadata: Metadata(answer.trailers))
      response.wasCompressed = answer.wasCompressed
      return response
    }
  }

  private func answer<Request: Message>(to request: Request, _ context: ClientContext) async throws -> ClientCall.Answer
  {
    let frame = try MessageFrame.encode(
      request, limit: sendLimit(context.options), encoding: context.options.compression)
    return try await call(context, context.method.path, hasOneResponse: true).response(to: frame)
  }

  /// Calls a method with a stream of requests and one response.
  /// - Parameter produce: writes the requests. The stream ends when it returns. When it throws, the call is cancelled
  ///   and throws the same.
  public func clientStreaming<Request: Message, Response: Message>(
    method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default,
    _ produce: @Sendable (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    try await withoutActuallyEscaping(produce) { produce in
      try await intercepted(method, metadata, options) { context in
        let call = try self.call(context, method.path, hasOneResponse: true)
        do {
          try await produce(RequestWriter(call))
        } catch {
          // The server may have ended the call while requests were still being written: then its status counts.
          guard let outcome = await call.outcomeSoFar() else {
            call.cancel()
            if error is CancellationError { throw RPCError(code: .cancelled, message: "the call was cancelled") }
            throw error
          }
          if case .failure(let status) = outcome { throw status }
        }
        return try await MessageFrame.decode(call.response().message, as: Response.self)
      }
    }
  }

  /// Calls a method with one request and a stream of responses.
  ///
  /// ```swift
  /// let names = try await client.serverStreaming(request, method: method) { (responses: ResponseStream<Team>) in
  ///   try await responses.reduce(into: []) { $0.append($1.name) }
  /// }
  /// ```
  /// - Parameter consume: reads the responses. When it leaves before their end, the call is cancelled.
  /// - Returns: what the closure returns.
  public func serverStreaming<Request: Message, Response: Message, Result: Sendable>(
    _ request: Request, method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default,
    _ consume: @Sendable (ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    try await withoutActuallyEscaping(consume) { consume in
      try await intercepted(method, metadata, options) { context in
        let frame = try MessageFrame.encode(
          request, limit: self.sendLimit(context.options), encoding: context.options.compression)
        let call = try self.call(context, method.path, hasOneResponse: false)
        return try await self.streaming(call) {
          call.begin(only: frame)
          return try await consume(ResponseStream(call))
        }
      }
    }
  }

  /// Calls a method with streams in both directions.
  ///
  /// - Parameter body: writes requests, and says with ``RequestWriter/finish()`` that there are no more; reads responses.
  ///   Both may be done at once, in tasks of a group. When it leaves before the end of the responses, the call is
  ///   cancelled.
  /// - Returns: what the closure returns.
  public func bidirectional<Request: Message, Response: Message, Result: Sendable>(
    method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default,
    _ body: @Sendable (RequestWriter<Request>, ResponseStream<Response>) async throws -> Result
  ) async throws -> Result {
    try await withoutActuallyEscaping(body) { body in
      try await intercepted(method, metadata, options) { context in
        let call = try self.call(context, method.path, hasOneResponse: false)
        return try await self.streaming(call) { try await body(RequestWriter(call), ResponseStream(call)) }
      }
    }
  }

  // MARK: Bytes

  /// Calls a method with one request and one response that are encoded already, such as those a gateway passes on.
  /// - Parameter path: the method as on the wire, such as `/waymark.projects.v1.ProjectService/GetProject`.
  public func unaryBytes(
    _ request: ByteBuffer, path: String, metadata: Metadata = [:], options: CallOptions = .default
  ) async throws -> UnaryResponse<ByteBuffer> {
    try await intercepted(try descriptor(path, .unary), metadata, options) { context in
      let frame = try MessageFrame.wrap(
        request, limit: self.sendLimit(context.options), encoding: context.options.compression)
      let answer = try await self.call(context, path, hasOneResponse: true).response(to: frame)
      var response = UnaryResponse(
        message: answer.message, initialMetadata: Metadata(answer.head), trailingMetadata: Metadata(answer.trailers))
      response.wasCompressed = answer.wasCompressed
      return response
    }
  }

  /// Calls a method of any kind with messages that are encoded already.
  /// - Parameters:
  ///   - path: the method as on the wire.
  ///   - body: writes requests and reads responses, as in ``bidirectional(method:metadata:options:_:)``.
  public func streamBytes<Result: Sendable>(
    path: String, metadata: Metadata = [:], options: CallOptions = .default,
    _ body: @Sendable (RequestWriter<ByteBuffer>, ResponseStream<ByteBuffer>) async throws -> Result
  ) async throws -> Result {
    try await withoutActuallyEscaping(body) { body in
      try await intercepted(try descriptor(path, .bidirectional), metadata, options) { context in
        let call = try self.call(context, path, hasOneResponse: false)
        return try await self.streaming(call) {
          try await body(RequestWriter(bytesTo: call), ResponseStream(bytesOf: call))
        }
      }
    }
  }

  private func descriptor(_ path: String, _ kind: CallKind) throws(RPCError) -> MethodDescriptor {
    guard let method = MethodDescriptor(path: path, kind: kind) else {
      throw RPCError(code: .internalError, message: "\"\(path)\" is no path of a method: it has to be /service/method")
    }
    return method
  }

  // MARK: Calls

  /// Runs the body of a streaming call, and ends the call with it.
  private func streaming<Result>(_ call: ClientCall, _ body: () async throws -> Result) async throws -> Result {
    do {
      let result = try await body()
      call.cancel()
      return result
    } catch {
      call.cancel()
      if error is CancellationError { throw RPCError(code: .cancelled, message: "the call was cancelled") }
      throw error
    }
  }

  private func intercepted<Result: Sendable>(
    _ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions,
    _ body: @Sendable (ClientContext) async throws -> Result
  ) async throws -> Result {
    let context = ClientContext(method: method, target: target, metadata: metadata, options: options)
    if configuration.interceptors.isEmpty { return try await body(context) }
    return try await intercept(configuration.interceptors[...], context, body)
  }

  private func intercept<Result: Sendable>(
    _ interceptors: ArraySlice<any ClientInterceptor>, _ context: ClientContext,
    _ body: @Sendable (ClientContext) async throws -> Result
  ) async throws -> Result {
    guard let first = interceptors.first else { return try await body(context) }
    return try await first.intercept(context) { context in
      try await self.intercept(interceptors.dropFirst(), context, body)
    }
  }

  private func sendLimit(_ options: CallOptions) -> Int {
    options.maximumSendSize ?? configuration.maximumSendSize ?? configuration.maximumMessageSize
  }

  /// Decides how a call is made.
  private func call(_ context: ClientContext, _ path: String, hasOneResponse: Bool) throws -> ClientCall {
    guard let link else {
      throw RPCError(
        code: .unavailable, message: "\"\(target)\" is not a target; it has to be one of \(ClientTarget.forms)")
    }
    let options = context.options
    let rule = configuration.serviceConfig.rule(for: context.method)
    var fields = pseudoFields
    fields.add(":path", path)
    fields.add(contentsOf: commonFields)
    if options.compression != .identity { fields.add("grpc-encoding", options.compression.rawValue) }
    try context.metadata.write(to: &fields)
    let plan = CallPlan(
      method: context.method, path: path, head: fields, deadline: deadline(options.timeout, rule?.timeout),
      waitsForReady: options.waitForReady ?? rule?.waitForReady ?? false, encoding: options.compression,
      receiveLimit: options.maximumReceiveSize ?? configuration.maximumMessageSize, sendLimit: sendLimit(options),
      retry: rule?.retry, hasOneResponse: hasOneResponse,
      traceID: configuration.reporters.isEmpty ? nil : context.traceID)
    return ClientCall(plan, link: link)
  }

  /// The earliest of what the call, the service config and the call that this one is part of allow.
  private func deadline(_ own: Duration?, _ configured: Duration?) -> Deadline? {
    var deadline: Deadline?
    if let timeout = own.map({ own in configured.map { min(own, $0) } ?? own }) ?? configured {
      deadline = Deadline(after: timeout)
    }
    guard let current = Deadline.current else { return deadline }
    guard let deadline, deadline.instant < current.instant else { return current }
    return deadline
  }
}
