// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import RPC

/// Protocols of calls that come where they are not served: each is answered in its own words, which its clients show to
/// people, instead of in a status of HTTP, which they show as a riddle.
enum ForeignProtocol: Sendable, Hashable {
  /// gRPC over HTTP/1.1: what a proxy makes of it that speaks HTTP/2 to its clients only.
  case grpcByHTTP1
  /// gRPC with messages in an encoding other than protobuf.
  case grpcCodec(String)
  /// gRPC-Web; `isText` for its variant in base64.
  case grpcWeb(contentType: String, isText: Bool)
  /// Connect's protocol for streams.
  case connectStream(contentType: String)

  /// - Returns: `nil` for what is served, or not known at all.
  init?(contentType: String?, isHTTP1: Bool) {
    guard let contentType,
      contentType.utf8.prefix(Self.grpc.utf8CodeUnitCount).isSame(Self.grpc)
        || contentType.utf8.prefix(Self.connect.utf8CodeUnitCount).isSame(Self.connect)
    else { return nil }
    let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
    let base = type.prefix { $0 != "+" }
    switch base {
    case "application/connect": self = .connectStream(contentType: type)
    case "application/grpc-web": self = .grpcWeb(contentType: type, isText: false)
    case "application/grpc-web-text": self = .grpcWeb(contentType: type, isText: true)
    case "application/grpc": self = isHTTP1 ? .grpcByHTTP1 : .grpcCodec(type)
    default: return nil
    }
  }

  private static let grpc: StaticString = "application/grpc"
  private static let connect: StaticString = "application/connect"

  /// What the caller is told.
  var error: RPCError {
    switch self {
    case .grpcByHTTP1:
      RPCError(
        code: .internalError,
        message: "This gRPC call arrived over HTTP/1.1: the proxy before the gateway has to speak HTTP/2 to it "
          + "(h2c, or h2 over TLS), for example grpc_pass in nginx, proto h2 in HAProxy, h2c:// in Caddy and traefik.")
    case .grpcCodec(let type):
      RPCError(
        code: .unimplemented,
        message: "Content-Type is “\(type)”; application/grpc and application/grpc+proto are taken.")
    case .grpcWeb(let type, _):
      RPCError(
        code: .unimplemented,
        message:
          "gRPC-Web (“\(type)”) is not served here: call by gRPC over HTTP/2, or by Connect with application/json "
          + "or application/proto.")
    case .connectStream(let type):
      RPCError(
        code: .unimplemented,
        message:
          "Streams by Connect (“\(type)”) are not served here: call methods that stream by gRPC over HTTP/2, and "
          + "all others with application/json or application/proto.")
    }
  }

  /// The answer, which has the status 200 as each of these protocols has it.
  var response: Response {
    let error = error
    var headers: HTTPFields = [.cacheControl: "no-store"]
    var body = ByteBuffer()
    switch self {
    case .grpcByHTTP1, .grpcCodec:
      headers[.contentType] = "application/grpc"
      for (name, value) in Self.status(error) {
        if let name = HTTPField.Name(name) { headers[name] = value }
      }
      // A stream's requests may go on for ever: nobody waits for their end.
      headers[.connection] = "close"
    case .grpcWeb(let type, let isText):
      headers[.contentType] = type
      let trailers = Self.status(error).map { "\($0): \($1)\r\n" }.joined()
      let frame = Self.envelope(flags: 0x80, trailers)
      body = isText ? ByteBuffer(string: Base64.encoded(Array(frame.readableBytesView))) : frame
    case .connectStream(let type):
      headers[.contentType] = type
      body = Self.envelope(flags: 0x02, "{\"error\":\(ConnectError(error).json)}")
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
  }

  private static func status(_ error: RPCError) -> [(String, String)] {
    [("grpc-status", String(error.code.rawValue)), ("grpc-message", StatusMessage.encode(error.message))]
  }

  /// A message with its flags and length before it.
  private static func envelope(flags: UInt8, _ text: String) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeInteger(flags)
    bytes.writeInteger(UInt32(clamping: text.utf8.count))
    bytes.writeString(text)
    return bytes
  }
}
