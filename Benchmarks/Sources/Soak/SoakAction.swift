// SPDX-License-Identifier: Apache-2.0

import BenchContracts
import Interoperability
import RPC

/// Something that a caller does; each draws its own sizes and moments.
enum SoakAction: CaseIterable {
  case unary, compressedUnary, manyUnary, clientStream, serverStream, slowReader, pingPong, halfDuplex, bothWays
  case interopCase, failure
  case cancelledUnary, cancelledUpload, cancelledDownload, abandonedStream, abandonedUpload, deadline

  /// Statuses that are no failure of the soak.
  ///
  /// Whatever was given up may have been done before.
  var mayEndWith: Set<RPCError.Code> {
    switch self {
    case .cancelledUnary, .cancelledUpload, .cancelledDownload: [.cancelled]
    case .abandonedUpload: [.cancelled, .aborted]
    case .deadline: [.deadlineExceeded]
    case .failure: [.aborted, .unimplemented, .invalidArgument]
    default: []
    }
  }

  private static let options = CallOptions(timeout: .seconds(60))

  private static func payload(_ size: Int) -> GrpcTesting.Payload { .init(body: Array(repeating: 0, count: size)) }

  private static var anySize: Int { Bool.random() ? Int.random(in: 0...200) : Int.random(in: 0...300_000) }

  func run(over client: RPCClient) async throws {
    let test = GrpcTesting.TestServiceClient(client)
    switch self {
    case .unary: try await Self.unary(test, Self.options)
    case .compressedUnary:
      try await Self.unary(test, CallOptions(timeout: .seconds(60), compression: Bool.random() ? .gzip : .deflate))
    case .manyUnary:
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Int.random(in: 2...40) { group.addTask { try await Self.unary(test, Self.options) } }
        try await group.waitForAll()
      }
    case .clientStream: try await Self.upload(test, sizes: Self.sizes(most: 30))
    case .serverStream: try await Self.download(test, sizes: Self.sizes(most: 60), pause: nil)
    case .slowReader: try await Self.download(test, sizes: Self.sizes(most: 60), pause: .milliseconds(2))
    case .pingPong: try await Self.pingPong(test)
    case .halfDuplex: try await Self.halfDuplex(test)
    case .bothWays: try await Self.bothWays(test)
    case .interopCase: try await Self.cases.randomElement()?.run(over: client)
    case .failure: try await Self.fail(test)
    case .cancelledUnary: try await Self.cancelSoon { try await Self.unary(test, Self.options) }
    case .cancelledUpload: try await Self.cancelSoon { try await Self.upload(test, sizes: Self.sizes(most: 100)) }
    case .cancelledDownload:
      try await Self.cancelSoon { try await Self.download(test, sizes: Self.sizes(most: 100), pause: .milliseconds(1)) }
    case .abandonedStream: try await Self.abandon(test)
    case .abandonedUpload: try await Self.abandonUpload(test)
    case .deadline: try await Self.deadline(test)
    }
  }

  /// Those that do not count connections, which come and go here, and are not made of thousands of calls.
  private static let cases: [InteropCase] = InteropCase.allCases.filter {
    switch $0 {
    case .cancelAfterBegin, .cancelAfterFirstResponse, .timeoutOnSleepingServer, .concurrentLargeUnary, .rpcSoak: false
    default: true
    }
  }

  private static func sizes(most: Int) -> [Int] {
    (0..<Int.random(in: 0...most)).map { _ in Int.random(in: 0...30_000) }
  }

  // MARK: Whole calls

  private static func unary(_ test: GrpcTesting.TestServiceClient, _ options: CallOptions) async throws {
    let size = anySize
    var request = GrpcTesting.SimpleRequest(responseSize: Int32(size), payload: payload(anySize))
    if Bool.random() { request.responseCompressed = .init(value: Bool.random()) }
    let response = try await test.unaryCall(request, options: options)
    try check(response.payload?.body.count, size)
  }

  private static func upload(_ test: GrpcTesting.TestServiceClient, sizes: [Int]) async throws {
    let response = try await test.streamingInputCall(options: options) { requests in
      for size in sizes { try await requests.write(.init(payload: payload(size))) }
    }
    try check(Int(response.aggregatedPayloadSize), sizes.reduce(0, +))
  }

  private static func download(
    _ test: GrpcTesting.TestServiceClient, sizes: [Int], pause: Duration?
  ) async throws {
    let request = GrpcTesting.StreamingOutputCallRequest(
      responseParameters: sizes.map { .init(size: Int32($0), compressed: .init(value: Bool.random())) })
    try await test.streamingOutputCall(request, options: options) { responses in
      var count = 0
      for try await response in responses {
        try check(response.payload?.body.count, count < sizes.count ? sizes[count] : nil)
        count += 1
        if let pause { try await Task.sleep(for: pause) }
      }
      try check(count, sizes.count)
    }
  }

  private static func pingPong(_ test: GrpcTesting.TestServiceClient) async throws {
    try await test.fullDuplexCall(options: options) { requests, responses in
      var iterator = responses.makeAsyncIterator()
      for size in sizes(most: 20) {
        try await requests.write(.init(responseParameters: [.init(size: Int32(size))], payload: payload(anySize)))
        try check(try await iterator.next()?.payload?.body.count, size)
      }
      requests.finish()
      try check(try await iterator.next()?.payload?.body.count, nil)
    }
  }

  private static func halfDuplex(_ test: GrpcTesting.TestServiceClient) async throws {
    let sizes = sizes(most: 20)
    try await test.halfDuplexCall(options: options) { requests, responses in
      for size in sizes { try await requests.write(.init(responseParameters: [.init(size: Int32(size))])) }
      requests.finish()
      try check(try await responses.reduce(into: []) { $0.append($1.payload?.body.count ?? -1) }, sizes)
    }
  }

  /// Writes and reads in two tasks, at their own pace.
  private static func bothWays(_ test: GrpcTesting.TestServiceClient) async throws {
    let sizes = sizes(most: 60)
    try await test.fullDuplexCall(options: options) { requests, responses in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for size in sizes {
            try await requests.write(.init(responseParameters: [.init(size: Int32(size))], payload: payload(size)))
          }
          requests.finish()
        }
        group.addTask {
          try check(try await responses.reduce(into: []) { $0.append($1.payload?.body.count ?? -1) }, sizes)
        }
        try await group.waitForAll()
      }
    }
  }

  private static func fail(_ test: GrpcTesting.TestServiceClient) async throws {
    let status = GrpcTesting.EchoStatus(code: Int32(RPCError.Code.aborted.rawValue), message: "wörtlich \u{1F608}\n")
    switch Int.random(in: 0..<4) {
    case 0: _ = try await test.unaryCall(.init(responseStatus: status), options: options)
    case 1:
      try await test.fullDuplexCall(options: options) { requests, responses in
        try await requests.write(.init(responseParameters: [.init(size: 9)]))
        try await requests.write(.init(responseStatus: status))
        for try await _ in responses {}
      }
    case 2: _ = try await test.unimplementedCall(.init(), options: options)
    default: _ = try await test.unaryCall(.init(responseSize: -1), options: options)
    }
    throw SoakFailure("a call that had to fail did not")
  }

  // MARK: Calls that are broken off

  /// Cancels the task of the call at some moment, which may be before it begins or after it ends.
  private static func cancelSoon(_ call: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await call() }
    if Bool.random() { try await Task.sleep(for: .microseconds(Int.random(in: 0...5000))) }
    task.cancel()
    try await task.value
  }

  /// Leaves the responses before their end.
  private static func abandon(_ test: GrpcTesting.TestServiceClient) async throws {
    let request = GrpcTesting.StreamingOutputCallRequest(
      responseParameters: Array(repeating: .init(size: 20_000), count: 100))
    let patience = Int.random(in: 0...20)
    try await test.streamingOutputCall(request, options: options) { responses in
      var iterator = responses.makeAsyncIterator()
      for _ in 0..<patience { try check(try await iterator.next()?.payload?.body.count, 20_000) }
    }
  }

  /// The server ends the call, or the caller leaves, while requests are being written.
  private static func abandonUpload(_ test: GrpcTesting.TestServiceClient) async throws {
    let isServer = Bool.random()
    try await test.fullDuplexCall(options: options) { requests, responses in
      if isServer {
        try await requests.write(.init(responseStatus: .init(code: Int32(RPCError.Code.aborted.rawValue))))
      }
      for _ in 0..<Int.random(in: 1...50) { try await requests.write(.init(payload: payload(10_000))) }
      if isServer { for try await _ in responses {} }
    }
  }

  private static func deadline(_ test: GrpcTesting.TestServiceClient) async throws {
    let options = CallOptions(timeout: .microseconds(Int.random(in: 0...20_000)))
    try await test.fullDuplexCall(options: options) { requests, responses in
      try await requests.write(
        .init(responseParameters: [.init(size: 9), .init(size: 9, intervalUs: Int32.random(in: 0...20_000))]))
      requests.finish()
      for try await _ in responses {}
    }
  }

  private static func check<Value: Equatable>(_ actual: Value, _ expected: Value) throws {
    guard actual == expected else { throw SoakFailure("an answer is \(actual); it has to be \(expected)") }
  }
}

/// An answer that is wrong.
struct SoakFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
