// SPDX-License-Identifier: Apache-2.0

/// How long to wait before starting a child again: longer after each failure in a row, short again once it stayed up.
struct Backoff: Sendable {
  /// The pause after the first failure; each further one doubles it.
  var first: Duration = .milliseconds(200)
  /// No pause is longer than this.
  var longest: Duration = .seconds(30)
  /// A child that ran for this long was well: its next failure counts as the first.
  var stayedUp: Duration = .seconds(10)

  private var failuresInARow = 0

  init(first: Duration = .milliseconds(200), longest: Duration = .seconds(30), stayedUp: Duration = .seconds(10)) {
    self.first = first
    self.longest = longest
    self.stayedUp = stayedUp
  }

  /// The pause before the next start, of a child that has just ended after running for `uptime`.
  mutating func pause(afterRunningFor uptime: Duration) -> Duration {
    if uptime >= stayedUp { failuresInARow = 0 }
    let doublings = min(failuresInARow, 20)
    failuresInARow += 1
    return min(first * (1 << doublings), longest)
  }
}
