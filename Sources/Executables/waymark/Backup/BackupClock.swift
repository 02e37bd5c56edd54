// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The clocks of a schedule.
struct BackupClock: Sendable {
  /// What time it is, which somebody may correct in either direction.
  var now: @Sendable () -> Date
  /// Time that only ever passes, also while the machine sleeps.
  var passed: @Sendable () -> Duration
  var sleep: @Sendable (Duration) async throws -> Void

  static let system: BackupClock = {
    let start = ContinuousClock.now
    return BackupClock(
      now: { Date() }, passed: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) })
  }()
}
