// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WaymarkMain

@Suite("Lines from bytes") struct LineBufferTests {
  @Test(
    "lines come out the same however the bytes are cut",
    arguments: [
      ("one\ntwo\n", ["one", "two"]),
      ("one\r\ntwo", ["one", "two"]),
      ("\n\nx\n", ["", "", "x"]),
      ("größer\n", ["größer"]),
      ("", []),
    ])
  func cuts(text: String, lines: [String]) {
    let bytes = Array(text.utf8)
    for size in 1...max(1, bytes.count) {
      var buffer = LineBuffer()
      var found: [String] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        found += buffer.append(bytes[start..<min(start + size, bytes.count)])
      }
      if let last = buffer.finish() { found.append(last) }
      #expect(found == lines, "in pieces of \(size)")
    }
  }

  @Test("a line that never ends comes in pieces")
  func endless() {
    var buffer = LineBuffer(limit: 10)
    #expect(buffer.append(repeatElement(UInt8(ascii: "x"), count: 25)) == ["xxxxxxxxxx", "xxxxxxxxxx"])
    #expect(buffer.finish() == "xxxxx")
  }

  @Test("bytes that are not UTF-8 are shown as such, not dropped")
  func notText() {
    var buffer = LineBuffer()
    #expect(buffer.append([0x61, 0xFF, 0x62, 0x0A]) == ["a\u{FFFD}b"])
  }
}
