// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage

/// Makes a backup each time an interval has passed, and keeps the newest of them.
///
/// When the first one is due is told by the newest set in the folder, so that restarts neither delay backups nor make
/// more of them. From then on only time that passed counts, not what the clock says. A newest set that is of the future
/// shows that the clock was set back since: how old it is cannot be known, and a backup is due.
struct ScheduledBackups: Sendable {
  let plan: BackupPlan
  var clock = BackupClock.system
  /// Makes one set in a folder.
  let make: @Sendable (_ place: String, _ time: Date, _ ordinal: Int) async throws -> Backup.Report
  let log: @Sendable (String) -> Void

  /// Timers may be late by as long as the machine slept: so often it is looked how much has passed.
  private static let longestSleep = Duration.seconds(60)
  /// Pauses before further tries after failures; a success makes the next one the first again.
  private static let pauses = Backoff(first: .seconds(60), longest: .seconds(3600))

  private var shelf: BackupShelf { BackupShelf(folder: plan.folder) }
  private var every: Duration { plan.every.duration }

  /// Makes backups until the task is cancelled.
  func run() async {
    for name in shelf.unfinished() {
      log("warning: \(plan.folder)/\(name) has no manifest: it is not a backup, and may be removed")
    }
    var planned = clock.passed() + untilFirst()
    var next = planned
    var pauses = Self.pauses
    do {
      while true {
        try await sleep(until: next)
        if let pause = try await makeOne(&pauses) {
          next = clock.passed() + pause
        } else {
          // Times stay those of the first, however long backups take; those that have passed meanwhile are left out.
          repeat { planned += every } while planned < clock.passed()
          next = planned
          pauses = Self.pauses
          removeOld()
        }
      }
    } catch {
      // Nothing but the end of the task comes here: a failure is told, and tried again.
      return
    }
  }

  /// How long until the first backup is due.
  func untilFirst() -> Duration {
    guard let newest = shelf.sets().last?.manifest.time else { return .zero }
    let age = clock.now().timeIntervalSince(newest)
    // Sets have whole seconds.
    guard age > -1 else { return .zero }
    return max(.zero, every - .seconds(age))
  }

  private func sleep(until due: Duration) async throws {
    try Task.checkCancellation()
    while true {
      let rest = due - clock.passed()
      guard rest > .zero else { return }
      try await clock.sleep(min(rest, Self.longestSleep))
    }
  }

  /// Makes a backup.
  ///
  /// - Returns: how long to wait for the next try when it failed; nil when it was made.
  /// - Throws: `CancellationError`.
  private func makeOne(_ pauses: inout Backoff) async throws -> Duration? {
    let time = clock.now()
    let place = shelf.place(at: time)
    do {
      let report = try await make(place, time, shelf.nextOrdinal())
      log("backup in \(place): \(report.inWords)")
      return nil
    } catch let error as CancellationError {
      throw error
    } catch {
      // The task may have ended while something else failed because of that.
      try Task.checkCancellation()
      let pause = min(pauses.pause(afterRunningFor: .zero), every)
      log("error: no backup was made: \(error) Trying again in \(pause.inSeconds).")
      return pause
    }
  }

  private func removeOld() {
    let removed = shelf.keep(plan.keep) { set, error in
      log("error: the old backup \(set.folder) could not be removed: \(error)")
    }
    for folder in removed { log("old backup \(folder) removed") }
  }
}
