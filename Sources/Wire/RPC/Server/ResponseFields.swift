// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// The header and trailer sections that a server sends.
enum ResponseFields {
  static let head = StaticHeaderFields([(":status", "200"), ("content-type", "application/grpc")])
  static let ok = StaticHeaderFields([("grpc-status", "0")])
  static let unsupportedMediaType = StaticHeaderFields([(":status", "415"), ("content-length", "0")])
  static let methodNotAllowed = StaticHeaderFields([(":status", "405"), ("allow", "POST"), ("content-length", "0")])
  static let expectationFailed = StaticHeaderFields([(":status", "417"), ("content-length", "0")])

  /// The section before the first message.
  static func head(_ metadata: Metadata, encoding: MessageEncoding) throws(RPCError) -> OutgoingFields {
    if metadata.isEmpty, encoding == .identity { return .constant(head) }
    var fields = newHead()
    if encoding != .identity { fields.add("grpc-encoding", encoding.rawValue) }
    try metadata.write(to: &fields)
    return .built(fields)
  }

  /// The section behind the last message of a call that went well.
  static func trailers(_ metadata: Metadata) throws(RPCError) -> OutgoingFields {
    if metadata.isEmpty { return .constant(ok) }
    var fields = HeaderFields()
    fields.add("grpc-status", "0")
    try metadata.write(to: &fields)
    return .built(fields)
  }

  /// The section that ends a call that failed.
  /// - Parameter isOnly: nothing was sent before, so that this is header and trailer in one.
  static func status(_ failure: RPCError, metadata: Metadata, isOnly: Bool) -> OutgoingFields {
    var fields = isOnly ? newHead() : HeaderFields()
    addStatus(failure, to: &fields)
    do throws(RPCError) {
      try metadata.write(to: &fields)
      try failure.metadata.write(to: &fields)
    } catch {
      // The metadata of a failure must not hide the failure itself: tell of both.
      fields = isOnly ? newHead() : HeaderFields()
      let isTooLarge = error == .headerTooLarge
      addStatus(isTooLarge ? failure : RPCError(code: .internalError, message: error.message), to: &fields)
    }
    return .built(fields)
  }

  private static func newHead() -> HeaderFields {
    var fields = HeaderFields()
    fields.add(":status", "200")
    fields.add("content-type", "application/grpc")
    return fields
  }

  private static func addStatus(_ error: RPCError, to fields: inout HeaderFields) {
    fields.add("grpc-status", String(error.code.rawValue))
    if !error.message.isEmpty { fields.add("grpc-message", StatusMessage.encode(error.message)) }
    // The compression specification has this name what would have been taken.
    if error.code == .unimplemented { fields.add("grpc-accept-encoding", "\(MessageEncoding.accepted)") }
  }
}
