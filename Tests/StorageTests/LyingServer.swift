// SPDX-License-Identifier: Apache-2.0

@testable import Storage

/// A server that begins as PostgreSQL does, and then does something else.
final class LyingServer: Sendable {
  enum Lie: Sendable, CaseIterable {
    /// Says nothing from the start.
    case muteAtOnce
    /// Says something that is no PostgreSQL from the start.
    case garbageAtOnce
    /// Ends the connection at once.
    case closedAtOnce
    /// Asks for a password and then says nothing.
    case muteAfterPassword
    /// Says nothing once it is asked something.
    case mute
    /// Says something that is no answer.
    case garbage
    /// Ends the connection in the middle of an answer.
    case closedInAnswer
    /// Says half of an answer.
    case stalled
    /// Announces an answer of two gigabytes.
    case huge
    /// Answers what was not asked.
    case tooMuch
    /// Rows without their columns.
    case withoutColumns
    /// Rows with fewer values than columns.
    case fewerValues
    /// Values of other lengths than their types have.
    case oddLengths
    /// Asks for rows instead of answering.
    case copy
    /// Answers everything with nothing.
    case empty
  }

  let listener: LocalListener

  init(_ lie: Lie) throws { listener = try LocalListener { LyingServer.serve($0, lie) } }

  var url: String { "postgres://waymark:secret@127.0.0.1:\(listener.port)/waymark?sslmode=disable" }

  private static func serve(_ socket: LocalSocket, _ lie: Lie) {
    switch lie {
    case .muteAtOnce: return socket.waitForEnd()
    case .garbageAtOnce:
      socket.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
      return socket.end()
    case .closedAtOnce: return socket.end()
    default: break
    }
    guard let head = socket.read(4), socket.read(length(head) - 4) != nil else { return }
    if lie == .muteAfterPassword {
      socket.write(message("R", [0, 0, 0, 3]))
      return socket.waitForEnd()
    }
    socket.write(welcome)
    // The first questions are the settings of the connection.
    var questions = 0
    while let head = socket.read(5), socket.read(length(Array(head.dropFirst())) - 4) != nil {
      if questions < 1 || lie == .empty {
        socket.write(answer(to: head[0]))
      } else if head[0] == UInt8(ascii: "S") {
        guard tell(lie, socket) else { return }
      }
      if head[0] == UInt8(ascii: "S") { questions += 1 }
    }
  }

  /// - Returns: whether the conversation goes on.
  private static func tell(_ lie: Lie, _ socket: LocalSocket) -> Bool {
    let columns = message(
      "T", [0, 1] + Array("value\0".utf8) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 8, 255, 255, 255, 255, 0, 1])
    let begun = message("1", []) + message("2", [])
    let done = message("C", Array("SELECT 1\0".utf8)) + message("Z", [UInt8(ascii: "I")])
    let row = message("D", [0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1])
    switch lie {
    case .garbage: return socket.write((0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) })
    case .closedInAnswer:
      socket.write(begun + columns + row.dropLast(3))
      socket.end()
      return false
    case .stalled: return socket.write(begun + columns + row.dropLast(3))
    case .huge: return socket.write(begun + columns + [UInt8(ascii: "D"), 0x7F, 0xFF, 0xFF, 0xF0, 0, 1])
    case .tooMuch: return socket.write(begun + columns + row + done + done + done + columns + row + done)
    case .withoutColumns: return socket.write(begun + row + row + done)
    case .fewerValues: return socket.write(begun + columns + message("D", [0, 0]) + done)
    case .oddLengths: return socket.write(begun + columns + message("D", [0, 1, 0, 0, 0, 3, 1, 2, 3]) + done)
    case .copy: return socket.write(begun + message("G", [0, 0, 0]))
    default:
      socket.waitForEnd()
      return false
    }
  }

  private static var welcome: [UInt8] {
    let settings = ["server_encoding", "UTF8", "client_encoding", "UTF8", "server_version", "15.0"]
    return message("R", [0, 0, 0, 0])
      + stride(from: 0, to: settings.count, by: 2).flatMap { place in
        message("S", Array("\(settings[place])\0\(settings[place + 1])\0".utf8))
      } + message("K", [0, 0, 0, 1, 0, 0, 0, 2]) + message("Z", [UInt8(ascii: "I")])
  }

  /// An answer without rows.
  private static func answer(to kind: UInt8) -> [UInt8] {
    switch kind {
    case UInt8(ascii: "P"): message("1", [])
    case UInt8(ascii: "B"): message("2", [])
    case UInt8(ascii: "D"): message("n", [])
    case UInt8(ascii: "E"): message("C", Array("SELECT 0\0".utf8))
    case UInt8(ascii: "S"): message("Z", [UInt8(ascii: "I")])
    default: []
    }
  }

  private static func message(_ kind: Unicode.Scalar, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(body.count + 4)
    return [UInt8(ascii: kind)] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + body
  }

  private static func length(_ bytes: [UInt8]) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
