// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import ProtobufC
import RPC

/// Serves every public method with one request and one response as a plain POST, in JSON or in the binary format.
///
/// ```
/// curl -d '{"query":"waits"}' -H 'content-type: application/json' \
///   http://127.0.0.1:8080/waymark.projects.v1.ProjectService/ListProjects
/// ```
/// - SeeAlso: https://connectrpc.com/docs/protocol#unary-rpcs
struct ConnectDoor: Sendable {
  /// The most bytes of a request, as on the gRPC door.
  static let largestRequest = 4 << 20

  /// How a method may be asked for.
  private static let methods = "POST, OPTIONS"

  let dispatch: MethodDispatch
  /// How long a call may take whose caller sets no timeout.
  let defaultTimeout: Duration
  /// Are told of each call.
  var reporters: [any CallReporter] = []

  /// Whether a path is meant for this door: `/package.Service/Method`.
  ///
  /// No page has a dot in its first segment.
  static func isMethod(_ path: String) -> Bool {
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return segments.count == 2 && segments[0].contains(".")
  }

  /// Answers a request; errors are answers too.
  ///
  /// - Parameter isHTTP1: whether the request came over HTTP/1.1.
  func respond(to request: Request, peer: String, isHTTP1: Bool = false) async -> Response {
    let report = reporters.isEmpty ? nil : ConnectReport(request.uri.path, peer: peer, reporters: reporters)
    if let foreign = ForeignProtocol(contentType: request.headers[.contentType], isHTTP1: isHTTP1) {
      report?.end(ConnectError(foreign.error))
      return foreign.response
    }
    do {
      let response = try await call(request, peer: peer, report)
      report?.end(nil)
      return response
    } catch {
      let error = Self.connectError(error)
      report?.end(error)
      return error.response
    }
  }

  private static func connectError(_ error: any Error) -> ConnectError {
    // Whatever it was that failed: it failed because nobody waits for it.
    if Task.isCancelled || ClientGone.isMeant(by: error) { return ConnectError(.cancelled, "The client went away.") }
    return switch error {
    case let error as ConnectError: error
    case let error as RPCError: ConnectError(error)
    case let refusal as HTTP1Refusal: ConnectError(.invalidArgument, refusal.sentence)
    case is CancellationError: ConnectError(.cancelled, "The call was given up.")
    default: ConnectError(.internalError, "\(error)")
    }
  }

  private func call(_ request: Request, peer: String, _ report: ConnectReport?) async throws -> Response {
    let path = request.uri.path
    guard let method = ContractRegistry.methods[path], dispatch.serves(method.descriptor.service) else {
      throw ConnectError(.unimplemented, "There is no method \(path).", status: .notFound)
    }
    if request.method == .options { return Response(status: .noContent, headers: [.allow: Self.methods]) }
    guard request.method == .post else {
      throw ConnectError(
        .unimplemented, "\(path) is called with POST.", status: .methodNotAllowed, headers: [.allow: Self.methods])
    }
    guard method.descriptor.kind == .unary else {
      throw ConnectError(.unimplemented, "\(path) is a stream; call it by gRPC.")
    }
    let codec = try ConnectCodec(contentType: request.headers[.contentType])
    try ConnectHeaders.checkVersion(request.headers)
    let coding = try ContentCoding(of: request.headers)
    let deadline = Deadline(after: try ConnectHeaders.timeout(from: request.headers) ?? defaultTimeout)
    let body = try await coding.decoded(body(of: request), limit: Self.largestRequest)
    report?.received = body.readableBytes
    let answer = try await dispatch.call(
      path, codec.request(body, for: method), metadata: ConnectHeaders.metadata(from: request.headers),
      deadline: deadline, peer: peer)
    var headers = ConnectHeaders.fields(from: answer.initialMetadata)
    headers.append(contentsOf: ConnectHeaders.fields(from: answer.trailingMetadata, prefix: "trailer-"))
    headers[.contentType] = codec.contentType
    headers[.cacheControl] = "no-store"
    let response = try codec.response(answer.message, for: method)
    report?.sent = response.readableBytes
    let sent = try await ContentCoding(acceptedBy: request.headers).encoded(response, &headers)
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: sent))
  }

  private func body(of request: Request) async throws -> ByteBuffer {
    let tooLarge = ConnectError(.resourceExhausted, "The request is larger than \(Self.largestRequest) bytes.")
    if let length = request.headers[.contentLength].flatMap(Int.init), length > Self.largestRequest { throw tooLarge }
    do {
      return try await request.body.collect(upTo: Self.largestRequest)
    } catch is NIOTooManyBytesError {
      throw tooLarge
    }
  }
}

/// How the messages of a Connect call are written.
enum ConnectCodec: Sendable, Hashable {
  case json
  case binary

  init(contentType: String?) throws(ConnectError) {
    let type = contentType.flatMap(HeaderParameters.init)
    let charset = type?.parameters["charset"]?.lowercased() ?? "utf-8"
    switch type?.value {
    case "application/json" where charset == "utf-8": self = .json
    case "application/proto": self = .binary
    default:
      throw ConnectError(
        .unimplemented, "Content-Type is “\(contentType ?? "")”; application/json and application/proto are taken.",
        status: .unsupportedMediaType, headers: [ConnectHeaders.acceptPost: "application/json, application/proto"])
    }
  }

  var contentType: String {
    switch self {
    case .json: "application/json"
    case .binary: "application/proto"
    }
  }

  /// The request as an encoded message.
  func request(_ body: ByteBuffer, for method: ContractMethod) throws -> ByteBuffer {
    guard self == .json else { return body }
    do {
      return try Self.encoded(method.input, json: Array(Self.withoutMark(body).readableBytesView))
    } catch let error as JSONDecodingError {
      guard !error.field.isEmpty else { throw RPCError(code: .invalidArgument, message: "\(error)") }
      throw RPCError.refusal(
        .invalidArgument, message: "\(error)",
        [FieldViolation(field: error.field, description: "\(error.problem); \(error.accepted)")])
    }
  }

  /// The text without the mark that some editors and tools put before UTF-8 (RFC 8259, section 8.1 has readers ignore it).
  private static func withoutMark(_ body: ByteBuffer) -> ByteBuffer {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard body.readableBytesView.starts(with: mark) else { return body }
    var body = body
    body.moveReaderIndex(forwardBy: mark.count)
    return body
  }

  /// An encoded message as the body of the answer.
  func response(_ message: ByteBuffer, for method: ContractMethod) throws -> ByteBuffer {
    guard self == .json else { return message }
    return try Self.json(method.output, encoded: message)
  }

  private static func encoded<M: Message>(_ type: M.Type, json: [UInt8]) throws -> ByteBuffer {
    ByteBuffer(bytes: try M(json: json).serialized())
  }

  private static func json<M: Message>(_ type: M.Type, encoded: ByteBuffer) throws -> ByteBuffer {
    ByteBuffer(bytes: try encoded.withUnsafeReadableBytes { try M(serialized: $0) }.jsonBytes())
  }
}
