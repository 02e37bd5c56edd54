// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

@Suite("Telling HTTP/2 from HTTP/1.1 by the first bytes")
struct ProtocolDetectionTests {
  @Test("the preface is HTTP/2 wherever it is cut into two", arguments: 0...24)
  func prefaceInTwoPieces(cut: Int) {
    var detection = ProtocolDetection()
    let (head, tail) = (ProtocolDetection.preface.prefix(cut), ProtocolDetection.preface.dropFirst(cut))
    let early = detection.inspect(head)
    #expect(early == (cut == 24 ? .http2 : nil))
    if early == nil { #expect(detection.inspect(tail) == .http2) }
  }

  @Test("byte by byte, the preface is HTTP/2 with its last byte and not before")
  func prefaceByteByByte() {
    var detection = ProtocolDetection()
    for (index, byte) in ProtocolDetection.preface.enumerated() {
      #expect(detection.inspect([byte]) == (index == 23 ? .http2 : nil))
    }
  }

  @Test(
    "what is not the preface is HTTP/1.1 at the first byte that differs",
    arguments: [
      ("G", true), ("P", false), ("PO", true), ("PR", false), ("PROPFIND / HTTP/1.1\r\n", true), ("PUT", true),
      ("PRI", false), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", false), ("PRI * HTTP/1.1\r\n", true), ("\u{16}\u{3}", true),
      ("", false),
    ])
  func others(text: String, isHTTP1: Bool) {
    var detection = ProtocolDetection()
    #expect(detection.inspect(text.utf8) == (isHTTP1 ? .http1 : nil))
  }

  /// Runs the handler on an embedded channel, with the bytes in the given pieces.
  private func outcome(of pieces: [String]) throws -> (WireProtocol?, String) {
    let channel = EmbeddedChannel()
    let promise = channel.eventLoop.makePromise(of: WireProtocol.self)
    let decided = Decided()
    promise.futureResult.assumeIsolated().whenSuccess { decided.wire = $0 }
    let handler = ProtocolDetectionHandler(promise: promise, timeout: .seconds(10)) { wire in
      channel.eventLoop.makeSucceededFuture(wire)
    }
    try channel.pipeline.syncOperations.addHandler(handler)
    channel.pipeline.fireChannelActive()
    for piece in pieces { try channel.writeInbound(ByteBuffer(string: piece)) }
    var text = ""
    while let bytes = try channel.readInbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
    _ = try? channel.finish()
    return (decided.wire, text)
  }

  private final class Decided { var wire: WireProtocol? }

  @Test("the bytes that were held back come through, in order and once")
  func nothingIsLost() throws {
    let preface = String(decoding: ProtocolDetection.preface, as: UTF8.self)
    let (http2, held) = try outcome(of: ["PRI * HT", "TP/2.0\r\n\r\nSM\r\n", "\r\nrest"])
    #expect(http2 == .http2)
    #expect(held == preface + "rest")
    let (http1, request) = try outcome(of: ["P", "OST / HTTP/1.1\r\n", "\r\n"])
    #expect(http1 == .http1)
    #expect(request == "POST / HTTP/1.1\r\n\r\n")
  }

  @Test("nothing comes through while it is not clear, and the wait has an end")
  func undecided() throws {
    let channel = EmbeddedChannel()
    let promise = channel.eventLoop.makePromise(of: WireProtocol.self)
    let handler = ProtocolDetectionHandler(promise: promise, timeout: .seconds(10)) { wire in
      channel.eventLoop.makeSucceededFuture(wire)
    }
    try channel.pipeline.syncOperations.addHandler(handler)
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.writeInbound(ByteBuffer(string: "PRI *"))
    #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
    channel.embeddedEventLoop.advanceTime(by: .seconds(11))
    #expect(!channel.isActive)
    #expect(throws: ChannelError.eof) { try promise.futureResult.wait() }
  }
}
