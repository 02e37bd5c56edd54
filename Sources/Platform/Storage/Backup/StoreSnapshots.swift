// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Several stores as they were at one moment.
final class StoreSnapshots {
  private var snapshots: [StoreSnapshot] = []

  /// How long to wait for a second or later store while writers of the ones before it are kept waiting.
  private static let longestHold = Duration.milliseconds(100)

  /// Opens the stores; the order is that in which they are locked.
  init(_ stores: [(service: String, path: String)]) throws {
    do {
      for store in stores { snapshots.append(try StoreSnapshot(service: store.service, path: store.path)) }
    } catch {
      close()
      throw error
    }
  }

  /// Begins to look at all stores, at one moment.
  ///
  /// All writers are kept out of all stores, then each is looked at, then writers may go on. A service that is in the
  /// middle of a long write is waited for with nothing locked.
  ///
  /// - Returns: how long writers of any store were kept out by the attempt that succeeded.
  /// - Throws: ``BackupError/busy(path:seconds:)`` when `patience` was not enough.
  func hold(within patience: Duration, _ interruption: Interruption) throws -> Duration {
    let deadline = ContinuousClock.now.advanced(by: patience)
    while true {
      try interruption.check()
      let (busy, held) = try attempt(until: deadline)
      guard let busy else { return held }
      // Its writer is let through before the next attempt, in which it may well be another one that is busy.
      let wait = ContinuousClock.now.duration(to: deadline)
      guard wait > .zero, try busy.keepWritersOut(within: wait) else {
        throw BackupError.busy(path: busy.path, seconds: Int(patience.components.seconds))
      }
      busy.letWritersIn()
    }
  }

  /// Tries once; tells which store stood in the way.
  private func attempt(until deadline: ContinuousClock.Instant) throws -> (busy: StoreSnapshot?, held: Duration) {
    var began = ContinuousClock.now
    defer { for snapshot in snapshots { snapshot.letWritersIn() } }
    for (index, snapshot) in snapshots.enumerated() {
      let rest = ContinuousClock.now.duration(to: deadline)
      guard try snapshot.keepWritersOut(within: index == 0 ? rest : min(rest, Self.longestHold)) else {
        return (snapshot, .zero)
      }
      if index == 0 { began = .now }
    }
    for snapshot in snapshots { try snapshot.hold() }
    for snapshot in snapshots { snapshot.letWritersIn() }
    return (nil, began.duration(to: .now))
  }

  /// The bytes of all stores together.
  func length() throws -> Int64 {
    try snapshots.reduce(0) { $0 + (try $1.length()) }
  }

  /// Runs `body` for each store, and closes it.
  func each<Result>(_ body: (StoreSnapshot) throws -> Result) throws -> [Result] {
    try snapshots.map { snapshot in
      defer { snapshot.close() }
      return try body(snapshot)
    }
  }

  func close() {
    for snapshot in snapshots { snapshot.close() }
  }
}
