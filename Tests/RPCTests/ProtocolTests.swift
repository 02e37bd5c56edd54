// SPDX-License-Identifier: Apache-2.0

import Foundation
import RPC
import Testing

/// What RFC 9113 and RFC 7541 ask of a server; `Foreign/h2spec.py` has the cases.
@Suite("The protocol, by section", .enabled(if: ForeignTools.isAvailable, "WAYMARK_TEST_PYTHON is not set"))
struct ProtocolTests {
  @Test("every case gets a reply that its section allows")
  func sections() async throws {
    try await withServer { _, target in
      let script = ForeignTools.scripts.appending(path: "h2spec.py").path
      let output = try await ForeignTools.run(ForeignTools.python, [script, target])
      print(output.text)
      let wrong = output.text.split(separator: "\n").filter { $0.contains("WRONG") }.joined(separator: "\n")
      #expect(output.status == 0, "\(wrong.isEmpty ? output.text : wrong)")
    }
  }
}
