// SPDX-License-Identifier: Apache-2.0

import Contracts
import Testing

@testable import RPC

@Suite("Metadata on the wire")
struct MetadataFieldsTests {
  @Test(
    "goes without the spaces around a value, which HTTP/2 refuses",
    arguments: [
      ("plain", "plain"), (" before", "before"), ("after  ", "after"), ("  in the middle ", "in the middle"),
      ("  ", ""),
      ("", ""),
    ])
  func outerSpaces(value: String, sent: String) async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let answer: Note = try await client.unary(
          Note(message: "metadata"), method: EchoService.echo, metadata: ["x-many": .text(value)])
        #expect(answer.message == sent)
      }
    }
  }

  @Test("more of it than a header may have is refused at once, and the next call is served")
  func tooLarge() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        for (bytes, isSent) in [(60_000, true), (64_900, true), (65_536, false), (70_000, false), (1_000_000, false)] {
          let metadata: Metadata = ["x-many": .text(String(repeating: "x", count: bytes))]
          // No retries and no deadline: who went on trying would never end.
          let call = Task {
            try await client.unary(Note(message: "metadata"), method: EchoService.echo, metadata: metadata) as Note
          }
          switch await call.result {
          case .success(let answer): #expect(isSent && answer.message.utf8.count == bytes, "\(bytes)")
          case .failure(let error):
            let error = try #require(error as? RPCError)
            #expect(!isSent && error.code == .resourceExhausted && error.message.contains("65536 bytes"), "\(error)")
          }
          let after: Note = try await client.unary(Note(message: "after"), method: EchoService.echo)
          #expect(after.message == "after")
        }
      }
    }
  }

  @Test("what of an answer is too large to be sent becomes an error that says so", arguments: [60_000, 70_000])
  func tooLargeAnswer(bytes: Int32) async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        for what in ["large head", "large trailers"] {
          let call = Task {
            try await client.unary(Note(code: bytes, message: what), method: EchoService.echo) as Note
          }
          switch await call.result {
          case .success: #expect(bytes == 60_000)
          case .failure(let error):
            #expect(bytes == 70_000 && (error as? RPCError)?.code == .resourceExhausted, "\(error)")
          }
        }
        // A failure stays what it is, with as much of its message as can be told.
        let failure = await #expect(throws: RPCError.self) {
          let _: Note = try await client.unary(
            Note(code: bytes, message: "large failure"), method: EchoService.echo)
        }
        #expect(failure?.code == .notFound && failure?.metadata.isEmpty == (bytes == 70_000))
        #expect(failure?.message == String(repeating: "x", count: 4093) + "...")
      }
    }
  }

  @Test("a message is shortened between characters")
  func shortened() {
    for before in 0..<5 {
      let long = String(repeating: "a", count: before) + String(repeating: "👩‍⚕️", count: 400)
      let sent = StatusMessage.decode(StatusMessage.encode(long))
      #expect(sent.hasSuffix("👩‍⚕️...") && sent.utf8.count <= 4096 && long.hasPrefix(sent.dropLast(3)), "\(sent)")
    }
    #expect(StatusMessage.encode(String(repeating: "x", count: 4096)).utf8.count == 4096)
  }
}
