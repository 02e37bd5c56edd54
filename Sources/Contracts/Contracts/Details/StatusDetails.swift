// SPDX-License-Identifier: Apache-2.0

public import ProtobufC
public import RPC

// The richer error model of gRPC: `google.rpc.Status` in the trailing metadata `grpc-status-details-bin`.

extension RPCError {
  private static let detailsKey = "grpc-status-details-bin"

  /// An error that says more than its code and message.
  /// - Parameter details: messages of `google/rpc/error_details.proto` or others, in the order they are to be read.
  /// - Throws: ``EncodingError`` for a detail with a NUL in a string, which cannot travel.
  public init(code: Code, message: String, details: [any Message]) throws(EncodingError) {
    var packed: [GoogleProtobuf.AnyMessage] = []
    for detail in details { packed.append(try GoogleProtobuf.AnyMessage(packing: detail)) }
    self.init(code: code, message: message)
    let status = GoogleRpc.Status(code: Int32(code.rawValue), message: message.withoutNUL, details: packed)
    metadata.add(try status.serialized(), for: Self.detailsKey)
  }

  /// An error with a detail of which every text is free of NULs; should it not be, the message says so.
  private static func make(_ code: Code, _ message: String, _ detail: any Message) -> RPCError {
    do {
      return try RPCError(code: code, message: message, details: [detail])
    } catch {
      return RPCError(code: code, message: "\(message) (without its details: \(error))")
    }
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
    return refusal(.invalidArgument, message: message, violations)
  }

  /// An error with what is wrong with a request, field by field, and a message of its own.
  public static func refusal(_ code: Code, message: String, _ violations: [FieldViolation]) -> RPCError {
    make(
      code, message,
      GoogleRpc.BadRequest(
        fieldViolations: violations.map { .init(field: $0.field.withoutNUL, description: $0.description.withoutNUL) }))
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
    return make(code, message, info)
  }

  /// The details that came with the error; nil when there are none, they cannot be read, or they are those of another
  /// code, which a proxy on the way may have replaced.
  public var statusDetails: GoogleRpc.Status? {
    metadata.binary(Self.detailsKey).flatMap { try? GoogleRpc.Status(serialized: $0) }
      .flatMap { $0.code == Int32(code.rawValue) ? $0 : nil }
  }

  /// The first detail of a type.
  public func detail<Detail: Message>(_ type: Detail.Type) -> Detail? {
    statusDetails?.details.lazy.compactMap { $0.unpacked(as: type) }.first
  }

  /// What is wrong with the request, field by field; empty when the error does not say.
  public var fieldViolations: [GoogleRpc.BadRequest.FieldViolation] {
    statusDetails?.details.flatMap { $0.unpacked(as: GoogleRpc.BadRequest.self)?.fieldViolations ?? [] } ?? []
  }

  /// How long the server asks the caller to wait before the next attempt; nil when the error does not say.
  public var retryDelay: Duration? { detail(GoogleRpc.RetryInfo.self)?.retryDelay?.duration }

  /// The reason that programs can tell apart; nil when the error has none.
  public var reason: String? { detail(GoogleRpc.ErrorInfo.self)?.reason }
}

extension GoogleProtobuf.AnyMessage {
  private static let prefix = "type.googleapis.com/"

  /// Wraps a message with its type.
  /// - Throws: ``EncodingError`` for one with a NUL in a string.
  public init(packing message: any Message) throws(EncodingError) {
    self.init(typeUrl: Self.prefix + type(of: message).descriptor.fullName, value: try message.serialized())
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
