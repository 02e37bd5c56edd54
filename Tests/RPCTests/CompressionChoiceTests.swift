// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import RPC
import Testing

/// Compression as callers and handlers choose it, message by message.
@Suite("Compression that somebody asked for")
struct CompressionChoiceTests {
  /// Compresses responses, all or those of even codes, however small they are.
  struct Service: RegistrableService {
    static let one = MethodDescriptor(service: "waymark.test.v1.Choice", method: "One", kind: .unary)
    static let join = MethodDescriptor(service: "waymark.test.v1.Choice", method: "Join", kind: .clientStreaming)
    static let many = MethodDescriptor(service: "waymark.test.v1.Choice", method: "Many", kind: .serverStreaming)

    func registerMethods(with router: inout RPCRouter) {
      router.register(unary: Self.one) { (request: Note, context: ServerContext) -> Note in
        if let encoding = MessageEncoding(rawValue: request.message) { context.compressResponses(with: encoding) }
        return Note(message: context.acceptedEncodings.map(\.rawValue).joined(separator: ","))
      }
      router.register(clientStreaming: Self.join) {
        (requests: RequestStream<Note>, context: ServerContext) -> Note in
        var flags = Note()
        for try await _ in requests { flags.message += context.isLastRequestCompressed ? "1" : "0" }
        return flags
      }
      router.register(serverStreaming: Self.many) {
        (request: Note, responses: ResponseWriter<Note>, context: ServerContext) in
        context.compressResponses(with: .deflate)
        for code in 0..<request.code { try await responses.write(Note(code: code), compressed: code % 3 == 0) }
      }
    }
  }

  @Test("makes even a response that it makes larger a compressed one", arguments: ["gzip", "deflate", "identity", ""])
  func onlyResponse(encoding: String) async throws {
    try await withServer([Service()]) { _, target in
      try await withClient(target) { client in
        let response: UnaryResponse<Note> = try await client.unaryResponse(
          Note(message: encoding), method: Service.one)
        #expect(response.message.message == "deflate,gzip")
        #expect(response.wasCompressed == ["gzip", "deflate"].contains(encoding))
      }
    }
  }

  @Test("is seen for each response of a stream, in batches and out of them")
  func responses() async throws {
    try await withServer([Service()]) { _, target in
      try await withClient(target) { client in
        let flags = try await client.serverStreaming(Note(code: 1000), method: Service.many) {
          (responses: ResponseStream<Note>) in
          var iterator = responses.makeAsyncIterator()
          var flags: [Bool] = []
          while let response = try await iterator.next() {
            #expect(Int(response.code) == flags.count)
            flags.append(iterator.wasCompressed)
          }
          return flags
        }
        #expect(flags == (0..<1000).map { $0 % 3 == 0 })
      }
    }
  }

  @Test("holds for each request, however small, and is left out where it makes one larger and nobody insists")
  func requests() async throws {
    try await withServer([Service()]) { _, target in
      try await withClient(target) { client in
        let flags: Note = try await client.clientStreaming(
          method: Service.join, options: CallOptions(compression: .gzip)
        ) { (requests: RequestWriter<Note>) in
          for choice in [true, false, nil] { try await requests.write(Note(code: 1), compressed: choice) }
          let long = Note(message: String(repeating: "quality ", count: 100))
          for choice in [true, false, nil] { try await requests.write(long, compressed: choice) }
        }
        #expect(flags.message == "100101")
      }
    }
  }
}
