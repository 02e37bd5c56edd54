// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import RPC

/// The headers of Connect, and which others go on to the services.
///
/// - SeeAlso: https://connectrpc.com/docs/protocol#unary-request
enum ConnectHeaders {
  static let protocolVersion = HTTPField.Name("Connect-Protocol-Version") ?? .via
  static let timeout = HTTPField.Name("Connect-Timeout-Ms") ?? .via
  static let acceptPost = HTTPField.Name("Accept-Post") ?? .via

  /// Headers that are handed on to the owning service as metadata.
  ///
  /// All others stay here: what a caller can set must not be taken for something that the gateway said.
  static let forwarded: Set<String> = ["authorization", "traceparent", "tracestate", "accept-language", "x-request-id"]

  /// The request's metadata for the service.
  static func metadata(from fields: HTTPFields) -> Metadata {
    var metadata = Metadata()
    for field in fields where forwarded.contains(field.name.canonicalName) {
      metadata.add(field.value, for: field.name.canonicalName)
    }
    return metadata
  }

  /// The metadata of a gRPC call that goes on to the service.
  static func metadata(from metadata: Metadata) -> Metadata {
    var kept = Metadata()
    for name in forwarded.sorted() {
      for value in metadata.all(name) { kept.add(value, for: name) }
    }
    return kept
  }

  /// The caller's timeout; `nil` when there is none.
  static func timeout(from fields: HTTPFields) throws(ConnectError) -> Duration? {
    guard let text = fields[timeout] else { return nil }
    let isWellFormed = (1...10).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard isWellFormed, let milliseconds = Int64(text), milliseconds > 0 else {
      throw ConnectError(
        .invalidArgument, "Connect-Timeout-Ms is “\(text)”; it takes 1 to 9999999999 milliseconds as digits.")
    }
    return .milliseconds(milliseconds)
  }

  /// Refuses a version of the protocol other than the one there is.
  ///
  /// A call without the header is fine, so that a plain `curl` needs to know less.
  static func checkVersion(_ fields: HTTPFields) throws(ConnectError) {
    guard let version = fields[protocolVersion], version != "1" else { return }
    throw ConnectError(.invalidArgument, "Connect-Protocol-Version is “\(version)”; this gateway speaks version 1.")
  }

  /// Metadata of an answer as headers, without those of the protocols themselves.
  ///
  /// Bytes are written in base64.
  /// - Parameter prefix: `trailer-` for metadata that came with the status.
  static func fields(from metadata: Metadata, prefix: String = "") -> HTTPFields {
    var fields = HTTPFields()
    for entry in metadata.entries {
      let isReserved = ["grpc-", "connect-", "trailer-", "content-", ":"].contains { entry.name.hasPrefix($0) }
      guard !isReserved, let name = HTTPField.Name(prefix + entry.name) else { continue }
      switch entry.value {
      case .text(let text): fields.append(HTTPField(name: name, value: text))
      case .binary(let bytes): fields.append(HTTPField(name: name, value: Base64.unpadded(bytes)))
      }
    }
    return fields
  }
}
