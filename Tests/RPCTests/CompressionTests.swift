// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import RPC

/// Messages that are compressed.
@Suite("A compressed message")
struct CompressionTests {
  static let samples: [ByteBuffer] = [
    ByteBuffer(), ByteBuffer(string: "a"), ByteBuffer(repeating: 0, count: 100_000),
    ByteBuffer(bytes: (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 7) }),
  ]

  @Test("is what it was when it is decompressed", arguments: [MessageEncoding.gzip, .deflate, .identity])
  func roundTrip(encoding: MessageEncoding) throws {
    for sample in Self.samples {
      let packed = try encoding.compress(sample)
      #expect(try encoding.decompress(packed, limit: sample.readableBytes) == sample)
    }
  }

  @Test("stops at the limit, however much it would become", arguments: [MessageEncoding.gzip, .deflate])
  func bomb(encoding: MessageEncoding) throws {
    let packed = try encoding.compress(ByteBuffer(repeating: 0, count: 10_000_000))
    #expect(packed.readableBytes < 20_000)
    for limit in [0, 1, 9_999_999] {
      let error = #expect(throws: RPCError.self) { try encoding.decompress(packed, limit: limit) }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message == "a compressed message is larger than the limit of \(limit) bytes")
    }
    #expect(try encoding.decompress(packed, limit: 10_000_000).readableBytes == 10_000_000)
  }

  @Test("that is cut off, damaged, or followed by other bytes is refused", arguments: [MessageEncoding.gzip, .deflate])
  func damage(encoding: MessageEncoding) throws {
    let packed = try encoding.compress(ByteBuffer(string: String(repeating: "quality ", count: 200)))
    let bytes = Array(packed.readableBytesView)
    var cases = (0..<bytes.count).map { Array(bytes[..<$0]) }
    cases.append(bytes + [0])
    cases.append(Array("not compressed at all".utf8))
    cases.append(bytes.enumerated().map { $0.offset == bytes.count - 1 ? $0.element ^ 1 : $0.element })
    for damaged in cases {
      let error = #expect(throws: RPCError.self) {
        try encoding.decompress(ByteBuffer(bytes: damaged), limit: 1 << 20)
      }
      #expect(error?.code == .internalError, "\(damaged.count) bytes")
    }
  }

  @Test("goes as it is when compression makes it no smaller, and says so in its prefix")
  func incompressible() throws {
    let small = try MessageFrame.wrap(ByteBuffer(string: "ab"), limit: 100, encoding: .gzip)
    #expect(small == ByteBuffer(bytes: [0, 0, 0, 0, 2] + Array("ab".utf8)))
    let large = try MessageFrame.wrap(ByteBuffer(repeating: 7, count: 5000), limit: 5000, encoding: .gzip)
    #expect(large.getInteger(at: 0, as: UInt8.self) == 1 && large.readableBytes < 100)
    #expect(throws: RPCError.self) {
      try MessageFrame.wrap(ByteBuffer(repeating: 7, count: 5001), limit: 5000, encoding: .gzip)
    }
  }
}
