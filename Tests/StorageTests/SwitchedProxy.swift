// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

@testable import Storage

/// Stands between a store and its PostgreSQL: can make it unreachable, and cut connections when they commit.
final class SwitchedProxy: Sendable {
  /// What happens to a connection that is about to commit.
  enum Cut: Sendable, CaseIterable {
    /// The server does not hear of it.
    case before
    /// The server does it, and its answer is lost.
    case after
    /// The server does it, its answer is lost, and so is the next connection.
    case afterAndMore
  }

  private struct State {
    var isOn = true
    var cuts: [Cut] = []
    /// So many new connections are ended at once.
    var refusals = 0
    var connections: [LocalSocket] = []
  }

  private final class Shared: Sendable { let state = Mutex(State()) }

  private let shared: Shared
  private let listener: LocalListener

  init() throws {
    let shared = Shared()
    self.shared = shared
    let port = UInt16(URLComponents(string: PostgresScratch.url)?.port ?? 5432)
    listener = try LocalListener { SwitchedProxy.serve($0, to: port, shared) }
  }

  /// How many connections were asked for.
  var attempts: Int { listener.count }

  /// The URL of a store's place over this way.
  func place(_ place: String) -> String {
    guard var parts = URLComponents(string: place) else { return "" }
    parts.port = Int(listener.port)
    parts.query = "sslmode=disable"
    return parts.string ?? ""
  }

  /// Ends all connections, and each new one at once.
  func turnOff() {
    let connections = shared.state.withLock { state in
      state.isOn = false
      defer { state.connections = [] }
      return state.connections
    }
    for connection in connections { connection.end() }
  }

  /// Lets connections through from now on.
  func turnOn() { shared.state.withLock { $0.isOn = true } }

  /// Cuts the next connections that commit.
  func cut(_ cuts: Cut...) { shared.state.withLock { $0.cuts += cuts } }

  /// Whether all cuts have been made.
  var hasCut: Bool { shared.state.withLock { $0.cuts.isEmpty } }

  private static func serve(_ client: LocalSocket, to port: UInt16, _ shared: Shared) {
    let isLetThrough = shared.state.withLock { state in
      guard state.isOn, state.refusals == 0 else {
        state.refusals = max(0, state.refusals - 1)
        return false
      }
      state.connections.append(client)
      return true
    }
    guard isLetThrough, let server = try? LocalSocket(port: port) else { return client.end() }
    let gag = Gag()
    Thread.detachNewThread {
      while let bytes = server.read() {
        if !gag.isOn.load(ordering: .sequentiallyConsistent) { client.write(bytes) }
      }
      client.end()
    }
    var commit = CommitFinder()
    while let bytes = client.read() {
      guard commit.isIn(bytes), let cut = shared.state.withLock({ $0.cuts.isEmpty ? nil : $0.cuts.removeFirst() })
      else {
        server.write(bytes)
        continue
      }
      if cut == .before { return server.end() }
      if cut == .afterAndMore { shared.state.withLock { $0.refusals = 1 } }
      gag.isOn.store(true, ordering: .sequentiallyConsistent)
      server.write(bytes)
      // The server does what it was asked before it sees that its client has no more to say.
      server.endWriting()
    }
    server.end()
  }

  private final class Gag: Sendable { let isOn = Atomic(false) }

  /// Finds commits in what a client says: statements are told by their names once the server knows them.
  private struct CommitFinder {
    private var name: [UInt8]?

    mutating func isIn(_ bytes: [UInt8]) -> Bool {
      if let text = bytes.firstRange(of: Array("\0COMMIT\0".utf8)) {
        name = Array(bytes[..<text.lowerBound].reversed().prefix { $0 >= UInt8(ascii: "0") }.reversed())
        return true
      }
      return name.map { !bytes.ranges(of: [0] + $0 + [0]).isEmpty } ?? false
    }
  }
}
