// SPDX-License-Identifier: Apache-2.0

import Contracts
import ProtobufC
import RPC
import Testing

@Suite("Error details")
struct DetailsTests {
  @Test("field violations travel with the error")
  func violations() throws {
    let error = RPCError.invalidArgument([
      FieldViolation(field: "by_when", description: "is no day").within("project.aim"),
      FieldViolation(field: "title", description: "quotes \0 something"),
    ])
    #expect(error.code == .invalidArgument)
    #expect(error.message.hasPrefix("project.aim.by_when: is no day; title: quotes"))
    #expect(error.fieldViolations.map(\.field) == ["project.aim.by_when", "title"])
    #expect(error.fieldViolations.last?.description == "quotes ? something")
    let status = try #require(error.statusDetails)
    #expect(status.code == 3)
    #expect(status.details.first?.typeUrl == "type.googleapis.com/google.rpc.BadRequest")
  }

  @Test("a reason for programs travels with the error")
  func reason() {
    let error = RPCError.failure(.aborted, reason: "ETAG_MISMATCH", message: "changed", facts: ["id": "7"])
    #expect(error.reason == "ETAG_MISMATCH")
    #expect(error.detail(GoogleRpc.ErrorInfo.self)?.metadata == [.init(key: "id", value: "7")])
    #expect(error.fieldViolations.isEmpty)
    #expect(RPCError(code: .unknown, message: "x").statusDetails == nil)
  }

  @Test("every detail of google.rpc travels with an error, in order")
  func all() throws {
    let details: [any Message] = [
      GoogleRpc.ErrorInfo(reason: "R", domain: "d"),
      GoogleRpc.RetryInfo(retryDelay: .init(seconds: 2, nanos: 500_000_000)),
      GoogleRpc.DebugInfo(stackEntries: ["a", "b"], detail: "c"),
      GoogleRpc.QuotaFailure(violations: [.init(subject: "organisation:north", description: "too many")]),
      GoogleRpc.PreconditionFailure(violations: [.init(type: "STATE", subject: "projects/7", description: "closed")]),
      GoogleRpc.BadRequest(fieldViolations: [.init(field: "title", description: "is empty")]),
      GoogleRpc.RequestInfo(requestID: "r", servingData: "s"),
      GoogleRpc.ResourceInfo(resourceType: "t", resourceName: "n", owner: "o", description: "gone"),
      GoogleRpc.Help(links: [.init(description: "manual", url: "https://waymark.example/help")]),
      GoogleRpc.LocalizedMessage(locale: "cy", message: "Dim prosiect"),
    ]
    let error = try RPCError(code: .failedPrecondition, message: "Größe 5 % \u{1F600}", details: details)
    let status = try #require(error.statusDetails)
    #expect(status.message == error.message)
    #expect(status.details.map(\.typeUrl) == details.map { "type.googleapis.com/" + type(of: $0).descriptor.fullName })
    #expect(error.retryDelay == .milliseconds(2500))
    #expect(error.detail(GoogleRpc.QuotaFailure.self)?.violations.first?.subject == "organisation:north")
    #expect(error.detail(GoogleRpc.PreconditionFailure.self)?.violations.first?.type == "STATE")
    #expect(error.detail(GoogleRpc.ResourceInfo.self)?.owner == "o")
    #expect(error.detail(GoogleRpc.Help.self)?.links.first?.url == "https://waymark.example/help")
    #expect(error.detail(GoogleRpc.LocalizedMessage.self)?.locale == "cy")
    #expect(error.detail(GoogleRpc.DebugInfo.self)?.stackEntries == ["a", "b"])
    #expect(error.detail(GoogleRpc.RequestInfo.self)?.requestID == "r")
  }

  @Test("a detail that cannot be encoded is an error, and not left out")
  func unencodable() {
    #expect(throws: EncodingError.self) {
      try RPCError(code: .notFound, message: "x", details: [GoogleRpc.ErrorInfo(reason: "a\0b")])
    }
  }

  @Test("details of another code than the error's count as none")
  func otherCode() throws {
    var error = try RPCError(code: .notFound, message: "x", details: [GoogleRpc.ErrorInfo(reason: "R")])
    #expect(error.reason == "R")
    error.code = .unavailable
    #expect(error.statusDetails == nil && error.reason == nil)
  }

  @Test("details that cannot be read count as none")
  func unreadable() {
    let error = RPCError(code: .unknown, message: "x", metadata: ["grpc-status-details-bin": .binary([0xff])])
    #expect(error.statusDetails == nil)
    #expect(error.fieldViolations.isEmpty)
  }
}

@Suite("Dates and times")
struct TimesTests {
  @Test(
    "a date is one of the Gregorian calendar",
    arguments: [
      (2024, 2, 29, true), (2023, 2, 29, false), (1900, 2, 29, false), (2000, 2, 29, true), (2023, 12, 31, true),
      (2023, 13, 1, false), (2023, 0, 1, false), (2023, 4, 31, false), (0, 1, 1, false), (10000, 1, 1, false),
      (2023, 1, 0, false), (Int32.max, Int32.max, Int32.max, false), (Int32.min, 1, 1, false),
    ] as [(Int32, Int32, Int32, Bool)])
  func dates(_ year: Int32, _ month: Int32, _ day: Int32, _ isValid: Bool) {
    #expect(CommonV1.Date(year: year, month: month, day: day).isValid == isValid)
  }

  @Test("times before 1970 have positive nanoseconds")
  func nanoseconds() {
    #expect(GoogleProtobuf.Timestamp(nanosecondsSinceEpoch: -1) == .init(seconds: -1, nanos: 999_999_999))
    #expect(GoogleProtobuf.Timestamp(nanosecondsSinceEpoch: 1_500_000_000) == .init(seconds: 1, nanos: 500_000_000))
    #expect(GoogleProtobuf.Timestamp(nanosecondsSinceEpoch: .min).isValid)
    #expect(GoogleProtobuf.Timestamp.now.isValid)
    #expect(!GoogleProtobuf.Timestamp(seconds: 0, nanos: -1).isValid)
    #expect(GoogleProtobuf.Duration(.milliseconds(-1500)) == .init(seconds: -1, nanos: -500_000_000))
    #expect(GoogleProtobuf.Duration(seconds: 1, nanos: 5).duration == .nanoseconds(1_000_000_005))
  }
}
