// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import HTTP2

/// Bytes that no decent client sends.
@Suite("A server's session")
struct MalformedInputTests {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// A frame: length, type, flags, stream and payload.
  private static func frame(
    _ type: UInt8, flags: UInt8 = 0, stream: UInt8 = 0, _ payload: [UInt8] = [], length: Int? = nil
  )
    -> [UInt8]
  {
    let length = length ?? payload.count
    return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags, 0, 0, 0, stream]
      + payload
  }

  @Test(
    "refuses what is not HTTP/2 at the first byte that differs",
    arguments: ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "\u{16}\u{3}\u{1}", "\0\0\0\0\0\0\0\0\0"])
  func preface(text: String) throws {
    let session = try HTTP2Session(.server)
    #expect(throws: HTTP2ConnectionError.self) { try receive(text.utf8 + Self.preface, session) }
  }

  @Test("waits for the rest of what is cut off anywhere")
  func truncated() throws {
    let whole = Self.preface + Self.frame(4) + Self.frame(1, flags: 4, stream: 1, [0x82, 0x84, 0x86])
    for length in 0..<whole.count {
      let session = try HTTP2Session(.server)
      try receive(whole.prefix(length), session)
      #expect(session.nextChanged() == nil)
      #expect(!session.isFinished)
    }
  }

  /// What is wrong with a connection, the frames that show it, and the code that RFC 9113 gives it.
  struct Offence: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let frames: [UInt8]
    let code: HTTP2ErrorCode
  }

  static let offences: [Offence] = [
    Offence(testDescription: "DATA before any HEADERS", frames: frame(0, stream: 1, [1, 2]), code: .protocolError),
    Offence(testDescription: "HEADERS on stream 0", frames: frame(1, flags: 4, [0x82]), code: .protocolError),
    Offence(
      testDescription: "HEADERS on a stream of the server's", frames: frame(1, flags: 4, stream: 2, [0x82]),
      code: .protocolError),
    Offence(
      testDescription: "a header index that does not exist", frames: frame(1, flags: 4, stream: 1, [0xFE]),
      code: .compressionError),
    Offence(
      testDescription: "a header integer without an end",
      frames: frame(1, flags: 4, stream: 1, [0xFF] + [UInt8](repeating: 0xFF, count: 12)), code: .compressionError),
    Offence(testDescription: "SETTINGS of a wrong length", frames: frame(4, [1, 2, 3]), code: .frameSizeError),
    Offence(testDescription: "a PING of a wrong length", frames: frame(6, [1]), code: .frameSizeError),
    Offence(
      testDescription: "a frame over the largest size", frames: frame(0, stream: 1, length: 1 << 20),
      code: .frameSizeError),
    Offence(
      testDescription: "a window update of nothing for the connection", frames: frame(8, [0, 0, 0, 0]),
      code: .protocolError),
    Offence(
      testDescription: "CONTINUATION without HEADERS", frames: frame(9, flags: 4, stream: 1, [0x82]),
      code: .protocolError),
    Offence(
      testDescription: "another frame inside a header",
      frames: frame(1, stream: 1, [0x82]) + frame(6, [UInt8](repeating: 0, count: 8)), code: .protocolError),
  ]

  @Test("ends a connection that breaks the rules, and says which", arguments: offences)
  func offence(_ offence: Offence) throws {
    let pair = try SessionPair()
    let session = pair.server
    // Some offences nghttp2 reports as an error besides; either way it says GOAWAY and wants no more.
    try? receive(Self.preface + Self.frame(4) + offence.frames, session)
    #expect(session.nextChanged() == nil)
    var output = ByteBuffer()
    while try session.drain(into: &output, upTo: 1 << 16) {}
    #expect(goAway(in: Array(output.readableBytesView)) == offence.code)
    #expect(session.isFinished)
  }

  @Test("opens no stream for a header without what HTTP demands")
  func missingPseudoFields() throws {
    let session = try HTTP2Session(.server)
    // Only `:method: GET`.
    try receive(Self.preface + Self.frame(4) + Self.frame(1, flags: 5, stream: 1, [0x82]), session)
    while let stream = session.nextChanged() { #expect(stream.closeCode != nil || !stream.hasHead) }
  }

  @Test("survives any bytes behind the preface")
  func anyBytes() throws {
    var generator = SplitMix(state: 2026)
    for _ in 0..<2000 {
      let session = try HTTP2Session(.server)
      let length = Int.random(in: 1...200, using: &generator)
      let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      // Half of them in frames, so that the noise gets past the length.
      let type = UInt8.random(in: 0...10, using: &generator)
      let framed = Self.frame(type, flags: noise[0], stream: noise[length - 1] & 3, noise)
      try? receive(Self.preface + Self.frame(4) + (Bool.random(using: &generator) ? noise : framed), session)
      while session.nextChanged() != nil {}
      var output = ByteBuffer()
      _ = try? session.drain(into: &output, upTo: 1 << 16)
      #expect(session.streamCount <= 1)
    }
  }

  /// The code of the GOAWAY frame among the bytes.
  private func goAway(in bytes: [UInt8]) -> HTTP2ErrorCode? {
    var position = 0
    while position + 9 <= bytes.count {
      let length = Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
      if bytes[position + 3] == 7, position + 17 <= bytes.count {
        return HTTP2ErrorCode(rawValue: bytes[(position + 13)..<(position + 17)].reduce(0) { $0 << 8 | UInt32($1) })
      }
      position += 9 + length
    }
    return nil
  }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
