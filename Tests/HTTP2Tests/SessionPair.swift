// SPDX-License-Identifier: Apache-2.0

import NIOCore

@testable import HTTP2

/// A client's and a server's session that talk through buffers instead of sockets.
final class SessionPair {
  let client: HTTP2Session
  let server: HTTP2Session
  /// The streams that the server was told of, by identifier.
  private(set) var opened: [Int32: HTTP2Stream] = [:]

  init(clientLimits: HTTP2Limits = HTTP2Limits(), serverLimits: HTTP2Limits = HTTP2Limits()) throws {
    client = try HTTP2Session(.client, limits: clientLimits)
    server = try HTTP2Session(.server, limits: serverLimits)
  }

  /// Carries bytes to and fro until both sides have nothing to say.
  /// - Parameter pieceSize: how many bytes arrive at a time.
  func exchange(pieceSize: Int = .max) throws {
    while try carry(from: client, to: server, pieceSize) || carry(from: server, to: client, pieceSize) {}
  }

  private func carry(from sender: HTTP2Session, to receiver: HTTP2Session, _ pieceSize: Int) throws -> Bool {
    var buffer = ByteBuffer()
    while try sender.drain(into: &buffer, upTo: 1 << 20) {}
    let didCarry = buffer.readableBytes > 0
    while buffer.readableBytes > 0 {
      let piece = buffer.readSlice(length: min(pieceSize, buffer.readableBytes)) ?? ByteBuffer()
      try piece.withUnsafeReadableBytes { try receiver.receive($0) }
      while let stream = receiver.nextChanged() {
        if receiver.role == .server { opened[stream.id] = stream }
      }
    }
    while sender.nextChanged() != nil {}
    return didCarry
  }

  /// Opens a stream with a request for a path.
  func request(_ path: String, _ more: [(String, String)] = []) throws -> HTTP2Stream {
    var head = HeaderFields()
    head.add(":method", "POST")
    head.add(":scheme", "http")
    head.add(":path", path)
    head.add(":authority", "test")
    for (name, value) in more { head.add(name, value) }
    return try client.request(head)
  }

  /// The header of a response with status 200.
  static let ok = OutgoingFields.constant(StaticHeaderFields([(":status", "200")]))
}

/// Feeds bytes to a session.
func receive(_ bytes: some Sequence<UInt8>, _ session: HTTP2Session) throws {
  try Array(bytes).withUnsafeBytes { try session.receive($0) }
}

/// Bytes of the same value.
func bytes(_ count: Int, of byte: UInt8 = 7) -> ByteBuffer { ByteBuffer(repeating: byte, count: count) }
