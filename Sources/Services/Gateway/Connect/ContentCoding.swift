// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOPosix
import RPC

/// How the body of a Connect call with one request and one answer is compressed: the fields `content-encoding` and
/// `accept-encoding`.
///
/// - SeeAlso: https://connectrpc.com/docs/protocol#unary-request; RFC 9110, sections 8.4 and 12.5.3.
enum ContentCoding: Sendable, Hashable {
  case identity
  case gzip

  /// What is taken, as an error says it.
  static let accepted = "gzip, identity"

  /// Below this many bytes an answer is not compressed: it fits a packet as it is.
  private static let smallest = 256
  /// From this many bytes on, the work leaves the event loop.
  private static let large = 64 << 10

  /// The coding of a request.
  /// - Throws: `unimplemented` with what would be taken.
  init(of fields: HTTPFields) throws(ConnectError) {
    let text = fields[.contentEncoding] ?? ""
    switch text.lowercased() {
    case "", "identity": self = .identity
    // The second is the same by RFC 9110, section 8.4.1.3.
    case "gzip", "x-gzip": self = .gzip
    default:
      throw ConnectError(
        .unimplemented, "Content-Encoding is “\(text)”; \(Self.accepted) are taken.",
        headers: [.acceptEncoding: Self.accepted])
    }
  }

  /// The coding that an answer may have.
  init(acceptedBy fields: HTTPFields) {
    guard let list = fields[.acceptEncoding] else {
      self = .identity
      return
    }
    var (gzip, any): (Bool?, Bool?) = (nil, nil)
    for part in list.split(separator: ",") {
      let pieces = part.split(separator: ";", omittingEmptySubsequences: false)
      let isWanted = !pieces.dropFirst().contains(where: Self.isZero)
      switch pieces.first.map({ String($0).trimmedBlanks }) {
      case .some(let name) where name.isSame("gzip") || name.isSame("x-gzip"): gzip = isWanted
      case .some(let name) where name.isSame("*"): any = isWanted
      default: break
      }
    }
    self = gzip ?? any ?? false ? .gzip : .identity
  }

  /// Whether a parameter of an encoding says that it is not acceptable: `q=0`, `q=0.000`.
  private static func isZero(_ parameter: Substring) -> Bool {
    let text = String(parameter).lowercased().filter { $0 != " " && $0 != "\t" }
    guard text.hasPrefix("q=0") else { return false }
    return text.dropFirst(3).allSatisfy { $0 == "0" || $0 == "." }
  }

  /// The body of a request as it was before it was compressed.
  /// - Parameter limit: the most bytes; no more are made, however many there would be.
  func decoded(_ body: ByteBuffer, limit: Int) async throws -> ByteBuffer {
    // As other servers have it: nothing at all stands for an empty message.
    guard self == .gzip, body.readableBytes > 0 else { return body }
    do {
      return try await Self.offload(body) { try MessageEncoding.gzip.decompress($0, limit: limit) }
    } catch let error as RPCError where error.code == .internalError {
      throw ConnectError(.invalidArgument, "The request is said to be gzip: \(error.message).")
    } catch let error as RPCError where error.code == .resourceExhausted {
      throw ConnectError(.resourceExhausted, "The request is larger than \(limit) bytes once it is decompressed.")
    }
  }

  /// The body of an answer as it is sent, with the header fields that say so.
  func encoded(_ body: ByteBuffer, _ headers: inout HTTPFields) async throws -> ByteBuffer {
    guard self == .gzip, body.readableBytes >= Self.smallest else { return body }
    headers[.contentEncoding] = "gzip"
    headers[.vary] = "Accept-Encoding"
    return try await Self.offload(body) { try MessageEncoding.gzip.compress($0) }
  }

  private static func offload(
    _ bytes: ByteBuffer, _ work: @escaping @Sendable (ByteBuffer) throws -> ByteBuffer
  ) async throws -> ByteBuffer {
    guard bytes.readableBytes >= large else { return try work(bytes) }
    return try await NIOThreadPool.singleton.runIfActive { try work(bytes) }
  }
}
