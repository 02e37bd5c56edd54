// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Stands between a client and a server on this machine, and at some point stops passing on what it hears.
final class Interceptor: Sendable {
  enum Fault: Sendable {
    case none
    /// Passes on what has the text, keeps the answer to itself, and ends the connection when the server is done.
    case afterPassing(String)
    /// Ends the connection instead of passing on what has the text.
    case insteadOfPassing(String)
    /// Passes on what has the text, and keeps everything that the server says to itself from then on.
    case silentAfterPassing(String)
    /// Changes one in so many bytes of what the server says, by chance.
    case changing(one: Int, seed: UInt64)
  }

  let listener: LocalListener

  init(to port: UInt16, _ fault: Fault) throws {
    listener = try LocalListener { Interceptor.serve($0, to: port, fault) }
  }

  private final class Gag: Sendable { let isOn = Atomic(false) }

  private struct Changes {
    private let one: Int
    private var generator: SplitMix

    init(_ fault: Fault) {
      if case .changing(let one, let seed) = fault {
        (self.one, generator) = (one, SplitMix(state: seed))
      } else {
        (one, generator) = (0, SplitMix(state: 0))
      }
    }

    mutating func made(to bytes: [UInt8]) -> [UInt8] {
      guard one > 0 else { return bytes }
      var bytes = bytes
      for place in bytes.indices where Int.random(in: 0..<one, using: &generator) == 0 {
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
      return bytes
    }
  }

  private static func serve(_ client: LocalSocket, to port: UInt16, _ fault: Fault) {
    guard let server = try? LocalSocket(port: port) else { return client.end() }
    let gag = Gag()
    Thread.detachNewThread {
      var changes = Changes(fault)
      while let bytes = server.read() {
        if !gag.isOn.load(ordering: .sequentiallyConsistent) { client.write(changes.made(to: bytes)) }
      }
      client.end()
    }
    while let bytes = client.read() {
      let heard = String(decoding: bytes, as: UTF8.self)
      switch fault {
      case .insteadOfPassing(let text) where heard.contains(text): return server.end()
      case .afterPassing(let text) where heard.contains(text):
        gag.isOn.store(true, ordering: .sequentiallyConsistent)
        server.write(bytes)
        // The server does what it was asked before it sees that its client has no more to say.
        server.endWriting()
      case .silentAfterPassing(let text) where heard.contains(text):
        gag.isOn.store(true, ordering: .sequentiallyConsistent)
        server.write(bytes)
      default: server.write(bytes)
      }
    }
    server.end()
  }
}
