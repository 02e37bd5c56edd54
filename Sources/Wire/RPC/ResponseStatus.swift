// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// Reads how a call ended from what a server sent.
enum ResponseStatus {
  /// What is wrong with the header of a response; `nil` for one of gRPC.
  static func problem(with head: HeaderBlock) -> RPCError? {
    if head.isTooLarge {
      return RPCError(code: .resourceExhausted, message: "the header of the response is too large")
    }
    let status = head.first(":status") ?? ""
    guard status == "200" else {
      // A proxy or server that does not speak gRPC.
      return RPCError(code: code(ofHTTP: status), message: "the server answered with HTTP status \(status)")
    }
    guard head.first("content-type")?.hasPrefix("application/grpc") == true else {
      return RPCError(
        code: .unknown,
        message: "the answer is not gRPC: its content-type is \(head.first("content-type") ?? "missing")")
    }
    return nil
  }

  /// What messages with the compressed flag are compressed with.
  /// - Throws: `INTERNAL` for an encoding that was not offered.
  static func encoding(in head: HeaderBlock) throws(RPCError) -> MessageEncoding {
    guard let name = head.first("grpc-encoding") else { return .identity }
    guard let encoding = MessageEncoding(rawValue: name) else {
      throw RPCError(
        code: .internalError, message: "the response is compressed with \(name), which was not offered")
    }
    return encoding
  }

  /// The status in a trailer section; `nil` for OK.
  static func error(in trailers: HeaderBlock) -> RPCError? {
    guard let text = trailers.first("grpc-status"), let number = Int(text) else {
      return RPCError(code: .unknown, message: "the server sent no grpc-status")
    }
    if number == 0 { return nil }
    return RPCError(
      // A code that gRPC adds some day is unknown to us.
      code: RPCError.Code(rawValue: number) ?? .unknown,
      message: StatusMessage.decode(trailers.first("grpc-message") ?? ""), metadata: Metadata(trailers))
  }

  /// The code that stands for an HTTP status of something that is no gRPC server (gRPC's `http-grpc-status-mapping`).
  private static func code(ofHTTP status: String) -> RPCError.Code {
    switch status {
    case "400": .internalError
    case "401": .unauthenticated
    case "403": .permissionDenied
    case "404": .unimplemented
    case "429", "502", "503", "504": .unavailable
    default: .unknown
    }
  }
}
