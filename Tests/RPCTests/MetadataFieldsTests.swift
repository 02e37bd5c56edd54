// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import Testing

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
}
