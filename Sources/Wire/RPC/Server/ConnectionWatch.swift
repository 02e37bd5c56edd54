// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Looks at the connections of one event loop once a second: one timer for all, and none while there are none.
final class ConnectionWatch: @unchecked Sendable {
  // Used on the event loop only.

  let eventLoop: any EventLoop
  /// What the connections counted that are gone, and those that were turned away.
  var tally = ServerTally()
  /// What runs the handlers of the connections' calls.
  let workers = CallWorkers()
  private var members: [ServerConnection] = []
  private var timer: RepeatedTask?

  private static let interval = TimeAmount.seconds(1)

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// Takes a connection in.
  func add(_ connection: ServerConnection) {
    connection.watchSlot = members.count
    members.append(connection)
    guard timer == nil else { return }
    workers.open()
    timer = eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
      let now = NIODeadline.now()
      // A look may end a connection, which then is no longer a member.
      for connection in self.members { connection.look(at: now) }
      self.workers.trim()
    }
  }

  /// What was counted here, and what is open.
  func statistics() -> (tally: ServerTally, open: [ConnectionStatistics]) {
    let now = NIODeadline.now()
    var sum = tally
    var open: [ConnectionStatistics] = []
    for connection in members {
      let tally = connection.currentTally
      sum += tally
      open.append(connection.statistics(tally, at: now))
    }
    return (sum, open)
  }

  /// Lets a connection go.
  func remove(_ connection: ServerConnection) {
    let slot = connection.watchSlot
    guard slot < members.count, members[slot] === connection else { return }
    tally += connection.currentTally
    tally.connectionsClosed &+= 1
    let last = members.removeLast()
    if last !== connection {
      members[slot] = last
      last.watchSlot = slot
    }
    guard members.isEmpty else { return }
    workers.close()
    timer?.cancel()
    timer = nil
  }
}
