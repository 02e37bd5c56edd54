// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The connections of a server, so that a shutdown reaches and awaits each.
final class ConnectionRegistry: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: ServerConnection] = [:]
    var isClosing = false
    var isDown = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// What becomes of a connection.
  enum Admission {
    case taken
    /// It was accepted before the listener closed, and its calls may be on their way: they are served, and no further.
    case takenToDrain
    /// There are as many as there may be, or the server is down.
    case refused
  }

  /// Takes a connection in.
  /// - Parameter limit: how many there may be.
  func add(_ connection: ServerConnection, upTo limit: Int) -> Admission {
    state.withLock { state in
      if state.isDown || state.connections.count >= limit { return .refused }
      state.connections[ObjectIdentifier(connection)] = connection
      return state.isClosing ? .takenToDrain : .taken
    }
  }

  /// Takes no connection in any more, not even to drain it.
  func shut() { state.withLock { $0.isDown = true } }

  /// Lets a connection go that is closed and whose handlers are done.
  func remove(_ connection: ServerConnection) {
    let waiting = state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = nil
      return state.connections.isEmpty ? state.waiting.takeAll() : []
    }
    for continuation in waiting { continuation.resume() }
  }

  var all: [ServerConnection] { state.withLock { Array($0.connections.values) } }

  /// From now on connections are only taken in to be drained.
  /// - Returns: those that are there.
  func close() -> [ServerConnection] {
    state.withLock { state in
      state.isClosing = true
      return Array(state.connections.values)
    }
  }

  /// Returns when no connection is left.
  func waitUntilEmpty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.connections.isEmpty { return true }
        state.waiting.append(continuation)
        return false
      }
      if isEmpty { continuation.resume() }
    }
  }

  /// Gives up on the connections that are left.
  /// - Returns: whether there were any.
  func abandon() -> Bool {
    let (hadAny, waiting) = state.withLock { state in
      let hadAny = !state.connections.isEmpty
      state.connections = [:]
      return (hadAny, state.waiting.takeAll())
    }
    for continuation in waiting { continuation.resume() }
    return hadAny
  }
}

extension Array {
  fileprivate mutating func takeAll() -> [Element] {
    defer { self = [] }
    return self
  }
}
