// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Looks at the connections of one event loop once a second: one timer for all, and none while there are none.
final class ConnectionWatch: @unchecked Sendable {
  // Used on the event loop only.

  private let eventLoop: any EventLoop
  private var members: [ServerConnection] = []
  private var timer: RepeatedTask?

  private static let interval = TimeAmount.seconds(1)

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Takes a connection in.
  func add(_ connection: ServerConnection) {
    connection.watchSlot = members.count
    members.append(connection)
    guard timer == nil else { return }
    timer = eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
      let now = NIODeadline.now()
      // A look may end a connection, which then is no longer a member.
      for connection in self.members { connection.look(at: now) }
    }
  }

  /// Lets a connection go.
  func remove(_ connection: ServerConnection) {
    let slot = connection.watchSlot
    guard slot < members.count, members[slot] === connection else { return }
    let last = members.removeLast()
    if last !== connection {
      members[slot] = last
      last.watchSlot = slot
    }
    guard members.isEmpty else { return }
    timer?.cancel()
    timer = nil
  }
}
