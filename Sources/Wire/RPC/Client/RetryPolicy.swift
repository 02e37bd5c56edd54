// SPDX-License-Identifier: Apache-2.0

/// When and how often a call that failed is made again (`retryPolicy` in a service config, gRFC A6).
///
/// A call is never made again once the header of a response has come, nor when the server says not to
/// (`grpc-retry-pushback-ms: -1`), nor past its deadline.
public struct RetryPolicy: Sendable, Hashable {
  /// How often the call is made at the most, the first time included; 2 to 5.
  public var maxAttempts: Int
  /// How long the first pause is, before jitter of a fifth to either side.
  public var initialBackoff: Duration
  /// How long a pause is at the most, before jitter.
  public var maxBackoff: Duration
  /// How much longer each pause is than the one before.
  public var backoffMultiplier: Double
  /// The statuses after which the call is made again.
  public var retryableStatusCodes: Set<RPCError.Code>

  /// - Precondition: at least two attempts, no negative duration, a multiplier above zero, and at least one status.
  ///   More than five attempts count as five.
  public init(
    maxAttempts: Int = 4, initialBackoff: Duration = .milliseconds(100), maxBackoff: Duration = .seconds(1),
    backoffMultiplier: Double = 2, retryableStatusCodes: Set<RPCError.Code> = [.unavailable]
  ) {
    precondition(maxAttempts >= 2, "a retry policy has at least two attempts")
    precondition(initialBackoff > .zero && maxBackoff > .zero && backoffMultiplier > 0, "a pause takes some time")
    precondition(!retryableStatusCodes.isEmpty, "a retry policy names at least one status")
    self.maxAttempts = min(maxAttempts, Self.mostAttempts)
    self.initialBackoff = initialBackoff
    self.maxBackoff = maxBackoff
    self.backoffMultiplier = backoffMultiplier
    self.retryableStatusCodes = retryableStatusCodes
  }

  /// More attempts than these are not made, whatever a policy says.
  static let mostAttempts = 5

  /// The pause before an attempt.
  /// - Parameters:
  ///   - attempt: 1 for the first repetition.
  ///   - jitter: between -1 and 1.
  func pause(before attempt: Int, jitter: Double = .random(in: -1...1)) -> Duration {
    Backoff(initial: initialBackoff, multiplier: backoffMultiplier, maximum: maxBackoff, jitter: 0.2)
      .pause(after: attempt, jitter: jitter)
  }
}
