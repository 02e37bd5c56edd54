// SPDX-License-Identifier: Apache-2.0

public import BenchContracts
public import RPC

/// `grpc.testing.TestService`: what gRPC's implementations test one another with.
public struct TestHandler: GrpcTesting.TestServiceProtocol {
  /// The largest payload that is given, in bytes.
  ///
  /// Well above the 4 MiB that clients take, so that they may try what larger ones do, and far below what would hurt.
  public static let largestPayload = 64 << 20
  /// How many responses a half-duplex call may ask for before it gives the first.
  static let mostHeldBack = 100_000

  private let serverID: String

  /// - Parameter serverID: what the server calls itself to those who ask.
  public init(serverID: String) { self.serverID = serverID }

  public func emptyCall(_ request: GrpcTesting.Empty, context: ServerContext) async throws -> GrpcTesting.Empty {
    GrpcTesting.Empty()
  }

  public func unaryCall(
    _ request: GrpcTesting.SimpleRequest, context: ServerContext
  ) async throws -> GrpcTesting.SimpleResponse {
    try check(request.expectCompressed, context)
    if let status = request.responseStatus {
      try end(with: status)
      return GrpcTesting.SimpleResponse()
    }
    if let wanted = request.responseCompressed {
      context.compressResponses(with: wanted.value ? context.acceptedEncodings.first ?? .identity : .identity)
    }
    var response = GrpcTesting.SimpleResponse()
    response.payload = try payload(request.responseType, size: request.responseSize, field: "response_size")
    if request.fillServerID { response.serverID = serverID }
    if request.fillUsername { response.username = context.peerIdentity?.dnsNames.first ?? "" }
    return response
  }

  public func cacheableUnaryCall(
    _ request: GrpcTesting.SimpleRequest, context: ServerContext
  ) async throws -> GrpcTesting.SimpleResponse {
    context.addInitialMetadata(["cache-control": "max-age=60, public"])
    return GrpcTesting.SimpleResponse(payload: .init(body: Array("\(WallClock.nanoseconds)".utf8)))
  }

  public func streamingOutputCall(
    _ request: GrpcTesting.StreamingOutputCallRequest,
    responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    allowCompression(context)
    if let status = request.responseStatus { return try end(with: status) }
    for wanted in request.responseParameters { try await answer(wanted, request.responseType, responses) }
  }

  public func streamingInputCall(
    _ requests: RequestStream<GrpcTesting.StreamingInputCallRequest>, context: ServerContext
  ) async throws -> GrpcTesting.StreamingInputCallResponse {
    var sum = 0
    for try await request in requests {
      try check(request.expectCompressed, context)
      sum += request.payload?.body.count ?? 0
    }
    guard let total = Int32(exactly: sum) else {
      throw RPCError(code: .outOfRange, message: "the payloads have \(sum) bytes, more than the answer can hold")
    }
    return GrpcTesting.StreamingInputCallResponse(aggregatedPayloadSize: total)
  }

  public func fullDuplexCall(
    _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
    responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    allowCompression(context)
    for try await request in requests {
      if let status = request.responseStatus { return try end(with: status) }
      for wanted in request.responseParameters { try await answer(wanted, request.responseType, responses) }
    }
  }

  public func halfDuplexCall(
    _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
    responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    allowCompression(context)
    var wanted: [(GrpcTesting.ResponseParameters, GrpcTesting.PayloadType)] = []
    for try await request in requests {
      if let status = request.responseStatus { return try end(with: status) }
      guard wanted.count + request.responseParameters.count <= Self.mostHeldBack else {
        throw RPCError(
          code: .resourceExhausted, message: "a half-duplex call gives at most \(Self.mostHeldBack) responses")
      }
      for parameters in request.responseParameters { wanted.append((parameters, request.responseType)) }
    }
    for (parameters, type) in wanted { try await answer(parameters, type, responses) }
  }

  public func unimplementedCall(
    _ request: GrpcTesting.Empty, context: ServerContext
  ) async throws -> GrpcTesting.Empty {
    throw RPCError(code: .unimplemented, message: "\(context.method.path) is not implemented, as its name says")
  }

  // MARK: Parts

  /// Gives one response of a stream.
  private func answer(
    _ wanted: GrpcTesting.ResponseParameters, _ type: GrpcTesting.PayloadType,
    _ responses: ResponseWriter<GrpcTesting.StreamingOutputCallResponse>
  ) async throws {
    guard wanted.intervalUs >= 0 else {
      throw RPCError(
        code: .invalidArgument, message: "interval_us is \(wanted.intervalUs); it is 0 or more microseconds")
    }
    let payload = try payload(type, size: wanted.size, field: "size")
    if wanted.intervalUs > 0 { try await Task.sleep(for: .microseconds(wanted.intervalUs)) }
    try await responses.write(.init(payload: payload), compressed: wanted.compressed?.value ?? false)
  }

  /// Names an encoding in the header, so that each response may be compressed or not.
  private func allowCompression(_ context: ServerContext) {
    if let encoding = context.acceptedEncodings.first { context.compressResponses(with: encoding) }
  }

  private func payload(
    _ type: GrpcTesting.PayloadType, size: Int32, field: String
  ) throws -> GrpcTesting.Payload {
    guard type == .compressable else {
      throw RPCError(
        code: .invalidArgument, message: "response_type is \(type.rawValue); there is only 0, COMPRESSABLE")
    }
    guard size >= 0 else {
      throw RPCError(code: .invalidArgument, message: "\(field) is \(size); it is 0 or more bytes")
    }
    guard size <= Self.largestPayload else {
      throw RPCError(
        code: .resourceExhausted, message: "\(field) is \(size); the largest is \(Self.largestPayload) bytes")
    }
    return GrpcTesting.Payload(type: type, body: Array(repeating: 0, count: Int(size)))
  }

  /// Compares how the last request came with how it should have come.
  private func check(_ expected: GrpcTesting.BoolValue?, _ context: ServerContext) throws {
    guard let expected, expected.value != context.isLastRequestCompressed else { return }
    throw RPCError(
      code: .invalidArgument,
      message: expected.value
        ? "expect_compressed is true, and the message came uncompressed"
        : "expect_compressed is false, and the message came compressed")
  }

  /// Ends the call as the caller wants it.
  private func end(with status: GrpcTesting.EchoStatus) throws {
    if status.code == 0 { return }
    // A number that is no code of gRPC stands for UNKNOWN, as it does to whoever receives one.
    throw RPCError(code: RPCError.Code(rawValue: Int(status.code)) ?? .unknown, message: status.message)
  }
}
