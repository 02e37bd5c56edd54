// SPDX-License-Identifier: Apache-2.0

/// How long to pause after failures in a row: longer after each, up to a maximum, and never quite the same, so that
/// many clients do not come back at once.
///
/// The scheme of gRPC's `connection-backoff.md`.
public struct Backoff: Sendable, Hashable {
  /// The pause after the first failure.
  public var initial: Duration
  /// How much longer each pause is than the one before; at least 1.
  public var multiplier: Double
  /// How long a pause is at the most.
  public var maximum: Duration
  /// By which share of itself a pause may be longer or shorter; 0 to 1.
  public var jitter: Double

  /// 100 ms at first, where gRPC has a second, so that a service that restarts is found again at once.
  public init(
    initial: Duration = .milliseconds(100), multiplier: Double = 1.6, maximum: Duration = .seconds(120),
    jitter: Double = 0.2
  ) {
    self.initial = initial
    self.multiplier = multiplier
    self.maximum = maximum
    self.jitter = jitter
  }

  /// The pause after so many failures in a row.
  /// - Parameter position: where in the range of the jitter it lies, from -1 to 1.
  func pause(after failures: Int, jitter position: Double = .random(in: -1...1)) -> Duration {
    let limit = maximum.seconds
    var pause = min(initial.seconds, limit)
    var left = failures
    while left > 1, pause < limit, multiplier > 1 {
      pause = min(pause * multiplier, limit)
      left -= 1
    }
    return .nanoseconds(Int64(max(0, min(pause * (1 + jitter * position), 9e9)) * 1e9))
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
