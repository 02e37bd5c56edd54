// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import ProtobufC

/// Which handler serves which method.
///
/// Services register themselves (generated code does it); a server is made with the finished router.
///
/// ```swift
/// var router = RPCRouter()
/// router.register(ProjectHandler(...))
/// let server = RPCServer(router: router)
/// ```
public struct RPCRouter: Sendable {
  /// Serves a call of one request and one response; both are encoded messages without their prefix.
  ///
  /// Any path may be asked for; throw `UNIMPLEMENTED` for those that nothing serves.
  public typealias Fallback =
    @Sendable (_ path: String, _ request: ByteBuffer, _ context: ServerContext) async throws
    -> ByteBuffer

  typealias UnaryHandler = @Sendable (ByteBuffer, any MessageSink, ServerContext) async throws -> ByteBuffer

  /// How a method is served.
  enum Route: Sendable {
    /// Takes the only request without its prefix; gives the only response with it.
    case unary(UnaryHandler)
    case streaming(@Sendable (any MessageSource, any MessageSink, ServerContext) async throws -> Void)
  }

  /// A method's names, shared by all of its calls.
  final class Method: Sendable {
    let descriptor: MethodDescriptor

    init(_ descriptor: MethodDescriptor) { self.descriptor = descriptor }
  }

  /// A method and how it is served.
  final class Entry: Sendable {
    let method: Method
    let route: Route

    init(method: MethodDescriptor, route: Route) {
      self.method = Method(method)
      self.route = route
    }
  }

  private(set) var entries: [String: Entry] = [:]
  private(set) var fallback: Fallback?

  /// A router without methods.
  public init() {}

  /// The methods that have a handler, sorted by path.
  public var methods: [MethodDescriptor] { entries.values.map(\.method.descriptor).sorted { $0.path < $1.path } }

  /// The full names of the services of which at least one method has a handler, sorted.
  public var services: [String] { Set(entries.values.map(\.method.descriptor.service)).sorted() }

  /// Registers all methods of a service.
  public mutating func register(_ service: some RegistrableService) {
    service.registerMethods(with: &self)
  }

  /// Registers the handler of a method with one request and one response.
  public mutating func register<Request: Message, Response: Message>(
    unary method: MethodDescriptor,
    _ handler: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) {
    add(
      method, .unary,
      .unary { bytes, sink, context in
        let response = try await handler(MessageFrame.decode(bytes, as: Request.self), context)
        return try MessageFrame.encode(
          response, limit: sink.sendLimit, encoding: sink.encoding(compressed: nil), always: context.choseEncoding)
      })
  }

  /// Registers the handler of a method with a stream of requests and one response.
  public mutating func register<Request: Message, Response: Message>(
    clientStreaming method: MethodDescriptor,
    _ handler: @escaping @Sendable (RequestStream<Request>, ServerContext) async throws -> Response
  ) {
    add(
      method, .clientStreaming,
      .streaming { source, sink, context in
        let response = try await handler(RequestStream(source), context)
        try await sink.send(
          MessageFrame.encode(
            response, limit: sink.sendLimit, encoding: sink.encoding(compressed: nil), always: context.choseEncoding))
      })
  }

  /// Registers the handler of a method with one request and a stream of responses.
  public mutating func register<Request: Message, Response: Message>(
    serverStreaming method: MethodDescriptor,
    _ handler: @escaping @Sendable (Request, ResponseWriter<Response>, ServerContext) async throws -> Void
  ) {
    add(
      method, .serverStreaming,
      .streaming { source, sink, context in
        let request = try await MessageFrame.decode(source.onlyMessage(), as: Request.self)
        try await handler(request, ResponseWriter(sink), context)
      })
  }

  /// Registers the handler of a method with streams in both directions.
  public mutating func register<Request: Message, Response: Message>(
    bidirectional method: MethodDescriptor,
    _ handler:
      @escaping @Sendable (RequestStream<Request>, ResponseWriter<Response>, ServerContext) async throws -> Void
  ) {
    add(
      method, .bidirectional,
      .streaming { source, sink, context in
        try await handler(RequestStream(source), ResponseWriter(sink), context)
      })
  }

  /// Sets what serves the methods that have no handler of their own: one request, one response, as encoded bytes.
  ///
  /// A gateway passes calls on with it without decoding them:
  ///
  /// ```swift
  /// router.registerFallback { path, request, context in
  ///   let owner = try owners.client(for: path)      // throws UNIMPLEMENTED for what nobody serves
  ///   let response = try await owner.unaryBytes(
  ///     request, path: path, metadata: context.metadata, options: CallOptions(deadline: context.deadline))
  ///   return response.message
  /// }
  /// ```
  public mutating func registerFallback(_ handler: @escaping Fallback) {
    fallback = handler
  }

  /// What serves a path; `nil` if nothing does.
  func entry(for path: String) -> Entry? {
    if let entry = entries[path] { return entry }
    guard let fallback, let method = MethodDescriptor(path: path, kind: .unary) else { return nil }
    return Entry(
      method: method,
      route: .unary { request, sink, context in
        let response = try await fallback(path, request, context)
        return try MessageFrame.wrap(response, limit: sink.sendLimit, encoding: sink.encoding(compressed: nil))
      })
  }

  private mutating func add(_ method: MethodDescriptor, _ kind: CallKind, _ route: Route) {
    precondition(method.kind == kind, "\(method.path) is \(method.kind) and was registered as \(kind)")
    precondition(entries[method.path] == nil, "\(method.path) was registered twice")
    entries[method.path] = Entry(method: method, route: route)
  }
}
