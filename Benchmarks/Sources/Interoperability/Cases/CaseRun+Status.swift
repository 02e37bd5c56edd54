// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import RPC

/// What goes around messages: metadata, status and time.
extension CaseRun {
  private static let initialValue = "test_initial_metadata_value"
  private static let trailingValue: [UInt8] = [0xab, 0xab, 0xab]

  func customMetadata() async throws {
    var metadata: Metadata = [MetadataEcho.initialName: .text(Self.initialValue)]
    metadata.add(Self.trailingValue, for: MetadataEcho.trailingName)
    let unary: UnaryResponse<GrpcTesting.SimpleResponse> = try await client.unaryResponse(
      Self.largeRequestMessage, method: GrpcTesting.TestServiceMethods.unaryCall, metadata: metadata, options: options)
    try Self.check(unary.message.payload, size: Self.largeResponse, "the response")
    try Self.checkEcho(initial: unary.initialMetadata, trailing: unary.trailingMetadata)

    let (initial, trailing) = try await test.fullDuplexCall(metadata: metadata, options: options) {
      requests, responses in
      try await requests.write(Self.request(Self.largeRequest, wants: Self.largeResponse))
      requests.finish()
      for try await response in responses {
        try Self.check(response.payload, size: Self.largeResponse, "the response of the stream")
      }
      return (try await responses.initialMetadata, await responses.trailingMetadata)
    }
    try Self.checkEcho(initial: initial, trailing: trailing)
  }

  private static func checkEcho(initial: Metadata, trailing: Metadata) throws {
    try expect(initial.all(MetadataEcho.initialName), [initialValue], "\(MetadataEcho.initialName) in the header")
    try expect(
      trailing.allBinary(MetadataEcho.trailingName), [trailingValue], "\(MetadataEcho.trailingName) in the trailers")
    guard trailing.first(MetadataEcho.initialName) == nil, initial.binary(MetadataEcho.trailingName) == nil else {
      throw CheckFailure("metadata came back in the header and in the trailers; it has one place")
    }
  }

  func statusCodeAndMessage() async throws {
    let status = GrpcTesting.EchoStatus(code: 2, message: "test status message")
    var error = try await Self.expectFailure(.unknown, of: "the call") {
      try await test.unaryCall(.init(responseStatus: status), options: options)
    }
    try Self.expect(error.message, status.message, "the message of the status")
    error = try await Self.expectFailure(.unknown, of: "the stream") {
      try await test.fullDuplexCall(options: options) { requests, responses in
        try await requests.write(.init(responseStatus: status))
        for try await _ in responses { throw CheckFailure("a response came, and only a status was asked for") }
      }
    }
    try Self.expect(error.message, status.message, "the message of the status of the stream")
  }

  func specialStatusMessage() async throws {
    let message = "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n"
    let error = try await Self.expectFailure(.unknown, of: "the call") {
      try await test.unaryCall(.init(responseStatus: .init(code: 2, message: message)), options: options)
    }
    // By bytes: strings that are written differently may be the same to Swift.
    try Self.expect(Array(error.message.utf8), Array(message.utf8), "the message of the status")
  }

  func unimplementedMethod() async throws {
    try await Self.expectFailure(.unimplemented, of: "the call") {
      try await test.unimplementedCall(.init(), options: options)
    }
  }

  func unimplementedService() async throws {
    try await Self.expectFailure(.unimplemented, of: "the call") {
      try await GrpcTesting.UnimplementedServiceClient(client).unimplementedCall(.init(), options: options)
    }
  }

  func timeoutOnSleepingServer() async throws {
    try await expectSameConnection {
      try await Self.expectFailure(.deadlineExceeded, of: "the call") {
        try await test.fullDuplexCall(options: CallOptions(timeout: .milliseconds(1))) { requests, responses in
          try await requests.write(Self.request(27182, wants: nil))
          for try await _ in responses { throw CheckFailure("a response came, and none was asked for") }
        }
      }
    }
  }
}
