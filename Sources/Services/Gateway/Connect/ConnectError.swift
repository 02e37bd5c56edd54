// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import ProtobufC
import RPC

/// An error as a Connect client reads it.
///
/// - SeeAlso: https://connectrpc.com/docs/protocol#error-end-stream
struct ConnectError: Error, Sendable {
  let error: RPCError
  /// Differs from the code's own for what is wrong with the HTTP request itself.
  let status: HTTPResponse.Status
  var headers: HTTPFields = [:]

  init(_ error: RPCError, status: HTTPResponse.Status? = nil, headers: HTTPFields = [:]) {
    self.error = error
    self.status = status ?? error.code.httpStatus
    self.headers = headers
  }

  init(_ code: RPCError.Code, _ message: String, status: HTTPResponse.Status? = nil, headers: HTTPFields = [:]) {
    self.init(RPCError(code: code, message: message), status: status, headers: headers)
  }

  /// The body: code, message and details.
  var json: String {
    var members = ["\"code\":\(JSONText.string(error.code.connectName))"]
    if !error.message.isEmpty { members.append("\"message\":\(JSONText.string(error.message))") }
    let details = (error.statusDetails?.details ?? []).map(Self.detail)
    if !details.isEmpty { members.append("\"details\":[\(details.joined(separator: ","))]") }
    return "{\(members.joined(separator: ","))}"
  }

  /// The answer.
  ///
  /// Trailing metadata of the call becomes headers with the prefix `trailer-`.
  var response: Response {
    var fields = headers
    fields[.contentType] = "application/json"
    fields.append(contentsOf: ConnectHeaders.fields(from: error.metadata, prefix: "trailer-"))
    return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
  }

  /// One detail: its type, its bytes and, for types of `google.rpc` that we know, the same as JSON for people.
  private static func detail(_ any: GoogleProtobuf.AnyMessage) -> String {
    let type = any.typeUrl.split(separator: "/").last.map(String.init) ?? any.typeUrl
    var members = [
      "\"type\":\(JSONText.string(type))", "\"value\":\(JSONText.string(Base64.unpadded(any.value)))",
    ]
    if let debug = readable[type].flatMap({ debugJSON($0, any.value) }) { members.append("\"debug\":\(debug)") }
    return "{\(members.joined(separator: ","))}"
  }

  private static let readable: [String: any Message.Type] = [
    GoogleRpc.BadRequest.descriptor.fullName: GoogleRpc.BadRequest.self,
    GoogleRpc.ErrorInfo.descriptor.fullName: GoogleRpc.ErrorInfo.self,
    GoogleRpc.RetryInfo.descriptor.fullName: GoogleRpc.RetryInfo.self,
  ]

  private static func debugJSON<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> String? {
    // A detail that cannot be read is passed on as bytes all the same; only the convenience is left out.
    try? M(serialized: bytes).json()
  }
}
