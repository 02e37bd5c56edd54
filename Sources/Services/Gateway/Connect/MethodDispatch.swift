// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import RPC

/// Finds who serves a method: the gateway itself, or the service behind it that owns it.
///
/// Requests and responses are encoded messages; for a method of another service they are passed on as they are.
struct MethodDispatch: Sendable {
  typealias LocalMethod = @Sendable (ByteBuffer, ServerContext) async throws -> ByteBuffer

  /// What came back.
  struct Answer: Sendable {
    let message: ByteBuffer
    var initialMetadata: Metadata = [:]
    var trailingMetadata: Metadata = [:]
  }

  let backends: Backends
  private var local: [String: LocalMethod] = [:]

  init(backends: Backends) {
    self.backends = backends
  }

  /// Adds a method that the gateway serves itself.
  mutating func serve<Request: Message, Response: Message>(
    _ method: MethodDescriptor, _ handler: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) {
    local[method.path] = { bytes, context in
      let request: Request
      do {
        request = try bytes.withUnsafeReadableBytes { try Request(serialized: $0) }
      } catch {
        throw RPCError(code: .invalidArgument, message: "\(error)")
      }
      return try await ByteBuffer(bytes: handler(request, context).serialized())
    }
  }

  /// Calls the method.
  /// - Throws: ``RPCError``; `UNIMPLEMENTED` for what is no public method with one request and one response.
  func call(
    _ path: String, _ request: ByteBuffer, metadata: Metadata, deadline: Deadline?, peer: String
  ) async throws -> Answer {
    guard let method = ContractRegistry.methods[path]?.descriptor else {
      throw RPCError(code: .unimplemented, message: "There is no method \(path).")
    }
    guard method.kind == .unary else {
      throw RPCError(code: .unimplemented, message: "\(path) is a stream, which this door does not serve.")
    }
    if let handler = local[path] {
      let context = ServerContext(method: method, metadata: metadata, deadline: deadline, peer: peer)
      return Answer(message: try await handler(request, context))
    }
    guard let owner = backends.owner(of: method.service) else {
      throw RPCError(code: .unimplemented, message: "There is no method \(path) here.")
    }
    let answer = try await backends.shielded(owner) {
      try await owner.client.unaryBytes(
        request, path: path, metadata: metadata, options: CallOptions(deadline: deadline))
    }
    return Answer(
      message: answer.message, initialMetadata: answer.initialMetadata, trailingMetadata: answer.trailingMetadata)
  }

  /// Whether a service of the contracts can be called here.
  func serves(_ service: String) -> Bool {
    backends.owner(of: service) != nil || local.keys.contains { $0.hasPrefix("/\(service)/") }
  }
}
