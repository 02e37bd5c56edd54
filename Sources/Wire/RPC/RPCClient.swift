// SPDX-License-Identifier: Apache-2.0

import HTTP2
public import Logging
public import NIOCore
public import ProtobufC

/// Makes gRPC calls to one server.
///
/// Connects when the first call needs it, carries all calls over one connection, and connects again after a loss.
/// May be used from any number of tasks. Generated clients wrap it:
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
  /// How a client behaves.
  public struct Configuration: Sendable {
    /// The largest message in bytes, received or sent.
    public var maximumMessageSize: Int
    /// How long an attempt to connect may take.
    public var connectTimeout: Duration
    /// Where changes of the connection go.
    public var logger: Logger
    /// Has the connection encrypted, and the server prove who it is; `nil` for plain HTTP/2.
    public var tls: ClientTLS?

    public init(
      maximumMessageSize: Int = 4 << 20, connectTimeout: Duration = .seconds(5), logger: Logger = Logger(label: "rpc")
    ) {
      self.maximumMessageSize = maximumMessageSize
      self.connectTimeout = connectTimeout
      self.logger = logger
    }
  }

  /// The server: `host:port`, `[v6 address]:port` or `unix:/path`.
  public let target: String
  private let configuration: Configuration
  private let link: ClientLink
  /// What is the same in the header of all requests: before the `:path`, and behind it.
  private let pseudoFields: HeaderFields
  private let commonFields: HeaderFields

  /// A client of the server at `target`; nothing is sent yet.
  /// - Parameter target: `host:port`, `[v6 address]:port` or `unix:/path`.
  public init(target: String, configuration: Configuration = Configuration()) {
    self.target = target
    self.configuration = configuration
    link = ClientLink(target: target, configuration: configuration)
    var pseudo = HeaderFields()
    pseudo.add(":method", "POST")
    pseudo.add(":scheme", configuration.tls == nil ? "http" : "https")
    pseudo.add(":authority", configuration.tls?.serverName ?? ClientTarget(target)?.authority ?? target)
    pseudoFields = pseudo
    var fields = HeaderFields()
    fields.add("te", "trailers")
    fields.add("content-type", "application/grpc")
    fields.add("user-agent", "grpc-swift-waymark/1")
    commonFields = fields
  }

  deinit { link.close() }

  /// Calls a method with one request and one response.
  public func unary<Request: Message, Response: Message>(
    _ request: Request, method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default
  ) async throws -> Response {
    let frame = try MessageFrame.encode(request, limit: configuration.maximumMessageSize)
    return try await MessageFrame.decode(call(frame, path: method.path, metadata, options).message, as: Response.self)
  }

  /// Calls a method with a stream of requests and one response.
  /// - Parameter produce: writes the requests. The stream ends when it returns. When it throws, the call is cancelled
  ///   and throws the same.
  public func clientStreaming<Request: Message, Response: Message>(
    method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .default,
    _ produce: @Sendable (RequestWriter<Request>) async throws -> Void
  ) async throws -> Response {
    let head = try header(method.path, metadata)
    let deadline = options.timeout.map { Deadline(after: $0) }
    let connection = try await link.connection(deadline: deadline)
    let call = ClientCall(
      on: connection, head: head, deadline: deadline, messageLimit: configuration.maximumMessageSize)
    do {
      try await produce(RequestWriter(call))
    } catch {
      // The server may have ended the call while requests were still being written: then its status counts.
      switch await call.outcomeSoFar() {
      case .success(let response): return try MessageFrame.decode(response.message, as: Response.self)
      case .failure(let failure): throw failure.status
      case nil:
        call.cancel()
        if error is CancellationError { throw RPCError(code: .cancelled, message: "the call was cancelled") }
        throw error
      }
    }
    do {
      return try await MessageFrame.decode(call.finish().message, as: Response.self)
    } catch let failure as ClientCall.Failure {
      throw failure.status
    }
  }

  /// Calls a method with one request and one response that are encoded already, such as those a gateway passes on.
  /// - Parameter path: the method as on the wire, such as `/waymark.projects.v1.ProjectService/GetProject`.
  public func unaryBytes(
    _ request: ByteBuffer, path: String, metadata: Metadata = [:], options: CallOptions = .default
  ) async throws -> UnaryResponse<ByteBuffer> {
    try await call(
      MessageFrame.wrap(request, limit: configuration.maximumMessageSize), path: path, metadata, options)
  }

  /// Ends the connection once the calls in flight are done; later calls throw `UNAVAILABLE`.
  public func close() async {
    for closed in link.close() {
      // Fails only when the loop is gone, and the connection with it.
      try? await closed.get()
    }
  }

  private func call(
    _ frame: ByteBuffer, path: String, _ metadata: Metadata, _ options: CallOptions
  ) async throws -> UnaryResponse<ByteBuffer> {
    let head = try header(path, metadata)
    let deadline = options.timeout.map { Deadline(after: $0) }
    var mayRetry = true
    while true {
      let connection = try await link.connection(deadline: deadline)
      let call = ClientCall(
        on: connection, head: head, deadline: deadline, messageLimit: configuration.maximumMessageSize)
      do {
        return try await call.send(only: frame)
      } catch let failure as ClientCall.Failure {
        guard failure.isUnprocessed, mayRetry else { throw failure.status }
        // The server never looked at it, such as when it began to shut down: once more, on another connection.
        mayRetry = false
      }
    }
  }

  private func header(_ path: String, _ metadata: Metadata) throws(RPCError) -> HeaderFields {
    var fields = pseudoFields
    fields.add(":path", path)
    fields.add(contentsOf: commonFields)
    try metadata.write(to: &fields)
    return fields
  }
}

/// What came back from a call with one response.
public struct UnaryResponse<Message: Sendable>: Sendable {
  /// The response.
  public let message: Message
  /// Metadata that came before it.
  public let initialMetadata: Metadata
  /// Metadata that came with the status.
  public let trailingMetadata: Metadata
}
