// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// Connects without being a client: sends the beginning of a call, or something else, and goes, often half at first.
struct RawPeer {
  let server: SoakServer
  let tally: Tally
  let end: ContinuousClock.Instant

  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  func run() async {
    while ContinuousClock.now < end {
      do {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .channelOption(.allowRemoteHalfClosure, value: true)
          .connect(host: "127.0.0.1", port: server.port).get()
        // What fails from here on is the server closing the connection, as it may.
        try? await channel.writeAndFlush(ByteBuffer(bytes: Self.bytes)).get()
        if Bool.random() { try? await channel.close(mode: .output).get() }
        if Bool.random() { try await Task.sleep(for: .milliseconds(Int.random(in: 0...50))) }
        try? await channel.close().get()
        tally.note("connections of no client")
      } catch {
        tally.fail("cannot connect: \(error)")
      }
    }
  }

  private static var bytes: [UInt8] {
    if Int.random(in: 0..<8) == 0 { return (0..<Int.random(in: 1...500)).map { _ in UInt8.random(in: .min ... .max) } }
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    let message = frame(type: 0, flags: UInt8.random(in: 0...1), [0, 0, 0, 0, UInt8.random(in: 0...20)])
    let whole = preface + settings + frame(type: 1, flags: 4, header) + message
    return Bool.random() ? whole : Array(whole.prefix(Int.random(in: 0...whole.count)))
  }

  /// A frame of stream 1.
  private static func frame(type: UInt8, flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags, 0, 0, 0, 1] + payload
  }

  /// The header of a call, each field as it is, without compression.
  private static var header: [UInt8] {
    let method = ["UnaryCall", "FullDuplexCall", "StreamingInputCall", "Nothing"].randomElement() ?? ""
    let fields = [
      (":method", "POST"), (":scheme", "http"), (":path", "/grpc.testing.TestService/\(method)"),
      (":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc"),
    ]
    var bytes: [UInt8] = []
    for (name, value) in fields {
      bytes.append(0)
      for text in [name, value] {
        bytes.append(UInt8(text.utf8.count))
        bytes += Array(text.utf8)
      }
    }
    return bytes
  }
}
