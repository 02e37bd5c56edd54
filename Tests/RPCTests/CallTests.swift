// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import ProtobufC
import RPC
import Testing

/// Our client and our server, over a real connection.
@Suite("A call")
struct CallTests {
  private func echo(_ client: RPCClient, _ note: Note, metadata: Metadata = [:], options: CallOptions = .default)
    async throws -> Note
  {
    try await client.unary(note, method: EchoService.echo, metadata: metadata, options: options)
  }

  @Test("of one request is answered with one response")
  func unary() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let answer = try await echo(client, Note(code: 7, message: "hello"))
        #expect(answer == Note(code: 7, message: "hello"))
      }
    }
  }

  @Test("many at a time share a connection and are not mixed up")
  func concurrent() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for index in 0..<500 {
            group.addTask {
              let note = Note(code: Int32(index), message: "note \(index)")
              return try await echo(client, note) == note
            }
          }
          for try await isRight in group { #expect(isRight) }
        }
      }
    }
  }

  @Test("with a message of several windows arrives whole in both directions", arguments: [0, 1, 100_000, 4_000_000])
  func large(size: Int) async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let note = Note(message: String(repeating: "x", count: size))
        let answer = try await echo(client, note)
        #expect(answer == note)
      }
    }
  }

  @Test("with large requests take turns on a connection, and all arrive")
  func largeTogether() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let note = Note(message: String(repeating: "x", count: 3_000_000))
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<12 { group.addTask { try await echo(client, note) == note } }
          for try await isRight in group { #expect(isRight) }
        }
      }
    }
  }
}
