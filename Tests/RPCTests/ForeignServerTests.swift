// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import RPC
import Synchronization
import Testing

/// Our client and a grpcio server.
@Suite("Our client of a grpcio server", .enabled(if: ForeignTools.isAvailable, "WAYMARK_TEST_PYTHON is not set"))
struct ForeignServerTests {
  private func withForeign(_ body: (RPCClient) async throws -> Void) async throws {
    try await ForeignTools.withServer { target in try await withClient(target, body) }
  }

  private func echo(_ client: RPCClient, _ note: Note, metadata: Metadata = [:], options: CallOptions = .default)
    async throws -> Note
  {
    try await client.unary(note, method: EchoService.echo, metadata: metadata, options: options)
  }

  @Test("gets what it sent back, small and large, one after another and all at once")
  func unary() async throws {
    try await withForeign { client in
      for size in [0, 1, 65_536, 4_000_000] {
        let note = Note(code: Int32(size), message: String(repeating: "x", count: size))
        let answer = try await echo(client, note)
        #expect(answer == note)
      }
      try await withThrowingTaskGroup(of: Int32.self) { group in
        for index in 0..<300 { group.addTask { try await echo(client, Note(code: Int32(index))).code } }
        var codes: Set<Int32> = []
        for try await code in group { codes.insert(code) }
        #expect(codes.count == 300)
      }
    }
  }

  @Test("sees every status with its description and metadata")
  func errors() async throws {
    try await withForeign { client in
      for code in RPCError.Code.allCases {
        let error = await #expect(throws: RPCError.self) {
          try await echo(client, Note(code: Int32(code.rawValue), message: "fail"))
        }
        #expect(error?.code == code)
        #expect(error?.message == "größer als 100 %\n")
        #expect(error?.metadata.first("x-why") == "asked to")
        #expect(error?.metadata.binary("x-bytes-bin") == Array(0...255))
      }
    }
  }

  @Test("reads every standard detail of an error")
  func richDetails() async throws {
    try await withForeign { client in
      let error = await #expect(throws: RPCError.self) { try await echo(client, Note(message: "rich details")) }
      let expected = try RPCError.withEveryDetail()
      #expect(error?.code == expected.code && error?.message == expected.message)
      #expect(error?.statusDetails == expected.statusDetails)
      #expect(error?.statusDetails?.details.count == 10)
    }
  }

  @Test("exchanges metadata of text and bytes")
  func metadata() async throws {
    try await withForeign { client in
      var metadata: Metadata = ["x-text": "a b"]
      metadata.add(Array(0...255), for: "x-bytes-bin")
      let response = try await client.unaryBytes(
        ByteBuffer(bytes: Note(message: "metadata").serialized()), path: EchoService.echo.path, metadata: metadata)
      for received in [response.initialMetadata, response.trailingMetadata] {
        #expect(received.first("x-text") == "a b")
        #expect(received.binary("x-bytes-bin") == Array(0...255))
      }
      #expect(try Note(serialized: Array(response.message.readableBytesView)).message == "metadata")
    }
  }

  @Test("tells the server its deadline, and keeps it")
  func deadline() async throws {
    try await withForeign { client in
      let told = try await echo(client, Note(message: "deadline"), options: CallOptions(timeout: .seconds(3600)))
      #expect((3500...3600).contains(told.code))
      let untold = try await echo(client, Note(message: "deadline"))
      #expect(untold.code == -1)
      let error = await #expect(throws: RPCError.self) {
        try await echo(client, Note(message: "wait"), options: CallOptions(timeout: .milliseconds(100)))
      }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test("streams requests, and is told when the server has had enough of them")
  func clientStreaming() async throws {
    try await withForeign { client in
      let joined: Note = try await client.clientStreaming(method: EchoService.join) {
        (requests: RequestWriter<Note>) in
        for index in 0..<2000 { try await requests.write(Note(message: "\(index),")) }
      }
      #expect(joined.code == 2000)
      #expect(joined.message == (0..<2000).map { "\($0)," }.joined())
      let error = await #expect(throws: RPCError.self) {
        let _: Note = try await client.clientStreaming(method: EchoService.join) { (requests: RequestWriter<Note>) in
          try await requests.write(Note(message: "stop"))
          while true { try await requests.write(Note(message: String(repeating: "x", count: 10_000))) }
        }
      }
      #expect(error?.code == .aborted)
      #expect(error?.message == "told to stop")
    }
  }

  @Test("streams responses, with metadata before and behind, and a status that is not OK")
  func serverStreaming() async throws {
    try await withForeign { client in
      try await client.serverStreaming(Note(code: 3000, message: "part"), method: EchoService.split) {
        (responses: ResponseStream<Note>) in
        #expect(try await responses.initialMetadata.first("x-first") == "yes")
        var expected: Int32 = 0
        for try await response in responses {
          #expect(response == Note(code: expected, message: "part"))
          expected += 1
        }
        #expect(expected == 3000)
        #expect(await responses.trailingMetadata.first("x-last") == "yes")
      }
      let received = Mutex(0)
      let error = await #expect(throws: RPCError.self) {
        try await client.serverStreaming(Note(code: 3, message: "fail"), method: EchoService.split) {
          (responses: ResponseStream<Note>) in
          for try await _ in responses { received.withLock { $0 += 1 } }
        }
      }
      #expect(error?.code == .dataLoss && error?.metadata.first("x-last") == "yes")
      #expect(received.withLock { $0 } == 3)
    }
  }

  @Test("takes turns with it on streams in both directions")
  func bidirectional() async throws {
    try await withForeign { client in
      let turns = try await client.bidirectional(method: EchoService.chat) {
        (requests: RequestWriter<Note>, responses: ResponseStream<Note>) in
        var iterator = responses.makeAsyncIterator()
        for turn in 0..<50 {
          try await requests.write(Note(code: Int32(turn)))
          #expect(try await iterator.next()?.code == Int32(turn))
        }
        requests.finish()
        #expect(try await iterator.next() == nil)
        return 50
      }
      #expect(turns == 50)
    }
  }

  @Test("compresses what it sends and reads what was compressed", arguments: [MessageEncoding.gzip, .deflate])
  func compression(encoding: MessageEncoding) async throws {
    try await ForeignTools.withServer(["gzip"]) { target in
      try await withClient(target) { client in
        let note = Note(code: 1, message: String(repeating: "waiting list ", count: 20_000))
        let answer = try await echo(client, note, options: CallOptions(compression: encoding))
        #expect(answer == note)
        let joined: Note = try await client.clientStreaming(
          method: EchoService.join, options: CallOptions(compression: encoding)
        ) { (requests: RequestWriter<Note>) in
          for index in 0..<10 { try await requests.write(note, compressed: index.isMultiple(of: 2)) }
        }
        #expect(joined == Note(code: 10, message: String(repeating: note.message, count: 10)))
      }
    }
  }
}
