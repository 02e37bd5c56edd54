// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// One run of one case: who calls, and what all cases ask for.
struct CaseRun {
  let client: RPCClient
  let test: GrpcTesting.TestServiceClient
  /// Enough for any call, so that a server that does not answer fails the case rather than holding it up.
  let options = CallOptions(timeout: .seconds(60))

  /// The sizes of the large call, in bytes.
  static let largeRequest = 271_828
  static let largeResponse = 314_159

  init(_ client: RPCClient) {
    self.client = client
    test = GrpcTesting.TestServiceClient(client)
  }

  /// Zeros.
  static func payload(_ size: Int) -> GrpcTesting.Payload {
    GrpcTesting.Payload(body: Array(repeating: 0, count: size))
  }

  static var largeRequestMessage: GrpcTesting.SimpleRequest {
    GrpcTesting.SimpleRequest(responseSize: Int32(largeResponse), payload: payload(largeRequest))
  }

  /// A request of a stream that asks for one response, or for none.
  static func request(_ size: Int, wants response: Int?) -> GrpcTesting.StreamingOutputCallRequest {
    GrpcTesting.StreamingOutputCallRequest(
      responseParameters: response.map { [GrpcTesting.ResponseParameters(size: Int32($0))] } ?? [],
      payload: payload(size))
  }

  /// Has a payload be so many zeros.
  static func check(_ payload: GrpcTesting.Payload?, size: Int, _ what: String) throws {
    guard let payload else { throw CheckFailure("\(what) has no payload; it has to have \(size) bytes") }
    try expect(payload.body.count, size, "the size of the payload of \(what)")
    try expect(payload.type, .compressable, "the type of the payload of \(what)")
    guard payload.body.allSatisfy({ $0 == 0 }) else { throw CheckFailure("the payload of \(what) is not all zero") }
  }

  /// Has two values be the same.
  static func expect<Value: Equatable>(_ actual: Value, _ expected: Value, _ what: String) throws {
    guard actual == expected else { throw CheckFailure("\(what) is \(actual); it has to be \(expected)") }
  }

  /// Has a call fail with a code, and gives the status.
  @discardableResult
  static func expectFailure(
    _ code: RPCError.Code, of what: String, _ call: () async throws -> some Sendable
  ) async throws -> RPCError {
    do {
      _ = try await call()
    } catch let error as RPCError {
      guard error.code == code else { throw CheckFailure("\(what) ended with \(error); it has to be \(code.name)") }
      return error
    }
    throw CheckFailure("\(what) ended with OK; it has to be \(code.name)")
  }

  /// Has the connections that a body starts with be there, and be enough, after it.
  func expectSameConnection(_ body: () async throws -> Void) async throws {
    try await emptyUnary()
    let before = await client.statistics().connectionsMade
    try await body()
    try await emptyUnary()
    let after = await client.statistics().connectionsMade
    try Self.expect(after, before, "the number of connections made, after the call")
  }
}

/// A server did something else than the case demands.
public struct CheckFailure: Error, CustomStringConvertible {
  /// What it did, and what it should have done.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// A case that is left to servers was left out.
public struct CaseSkipped: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
