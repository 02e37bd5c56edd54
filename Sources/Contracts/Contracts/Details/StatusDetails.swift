// SPDX-License-Identifier: Apache-2.0

public import ProtobufC
public import RPC

// The richer error model of gRPC: `google.rpc.Status` in the trailing metadata `grpc-status-details-bin`.

extension RPCError {
  private static let detailsKey = "grpc-status-details-bin"

  /// An error that says more than its code and message.
  /// - Parameter details: messages of `google/rpc/error_details.proto`, in the order they are to be read.
  public init(code: Code, message: String, details: [any Message]) {
    self.init(code: code, message: message)
    let status = GoogleRpc.Status(
      code: Int32(code.rawValue), message: message.withoutNUL,
      details: details.compactMap(GoogleProtobuf.AnyMessage.init))
    // Only a NUL in a string cannot be encoded, and there is none.
    if let bytes = try? status.serialized() { metadata.add(bytes, for: Self.detailsKey) }
  }

  /// `INVALID_ARGUMENT` with everything that is wrong with a request, field by field.
  ///
  /// ```swift
  /// guard violations.isEmpty else { throw RPCError.invalidArgument(violations) }
  /// ```
  public static func invalidArgument(_ violations: [FieldViolation]) -> RPCError {
    let message =
      violations.isEmpty
      ? "the request is not valid" : violations.map { "\($0.field): \($0.description)" }.joined(separator: "; ")
    let badRequest = GoogleRpc.BadRequest(
      fieldViolations: violations.map { .init(field: $0.field.withoutNUL, description: $0.description.withoutNUL) })
    return RPCError(code: .invalidArgument, message: message, details: [badRequest])
  }

  /// `INVALID_ARGUMENT` with one thing that is wrong.
  public static func invalidArgument(field: String, _ description: String) -> RPCError {
    invalidArgument([FieldViolation(field: field, description: description)])
  }

  /// An error with a reason that programs can tell apart.
  /// - Parameters:
  ///   - reason: a constant in UPPER_SNAKE_CASE, such as `ETAG_MISMATCH`; unique within Waymark.
  ///   - facts: what a program needs to know of the failure, such as the id that was not found.
  public static func failure(
    _ code: Code, reason: String, message: String, facts: KeyValuePairs<String, String> = [:]
  ) -> RPCError {
    let info = GoogleRpc.ErrorInfo(
      reason: reason.withoutNUL, domain: "waymark",
      metadata: facts.map { .init(key: $0.key.withoutNUL, value: $0.value.withoutNUL) })
    return RPCError(code: code, message: message, details: [info])
  }

  /// The details that came with the error; nil when there are none or they cannot be read.
  public var statusDetails: GoogleRpc.Status? {
    metadata.binary(Self.detailsKey).flatMap { try? GoogleRpc.Status(serialized: $0) }
  }

  /// The first detail of a type.
  public func detail<Detail: Message>(_ type: Detail.Type) -> Detail? {
    statusDetails?.details.lazy.compactMap { $0.unpacked(as: type) }.first
  }

  /// What is wrong with the request, field by field; empty when the error does not say.
  public var fieldViolations: [GoogleRpc.BadRequest.FieldViolation] {
    statusDetails?.details.flatMap { $0.unpacked(as: GoogleRpc.BadRequest.self)?.fieldViolations ?? [] } ?? []
  }

  /// The reason that programs can tell apart; nil when the error has none.
  public var reason: String? { detail(GoogleRpc.ErrorInfo.self)?.reason }
}

extension GoogleProtobuf.AnyMessage {
  private static let prefix = "type.googleapis.com/"

  /// Wraps a message with its type; nil for one that cannot be encoded, see ``EncodingError``.
  public init?(_ message: any Message) {
    guard let value = try? message.serialized() else { return nil }
    self.init(typeUrl: Self.prefix + type(of: message).descriptor.fullName, value: value)
  }

  /// The message, or nil when it has another type or its bytes cannot be read.
  public func unpacked<Wrapped: Message>(as type: Wrapped.Type) -> Wrapped? {
    guard typeUrl.split(separator: "/").last.map(String.init) == type.descriptor.fullName else { return nil }
    return try? Wrapped(serialized: value)
  }
}

extension String {
  /// Messages cannot carry a NUL character; texts that quote what somebody sent may have one.
  fileprivate var withoutNUL: String {
    utf8.contains(0) ? String(decoding: utf8.map { $0 == 0 ? UInt8(ascii: "?") : $0 }, as: UTF8.self) : self
  }
}
