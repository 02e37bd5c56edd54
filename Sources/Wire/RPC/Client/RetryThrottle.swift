// SPDX-License-Identifier: Apache-2.0

import HTTP2

/// Stops repetitions while too many calls fail, so that a server in trouble is not given more of it (gRFC A6).
///
/// On the client's loop only.
final class RetryThrottle {
  private let limits: ServiceConfig.RetryThrottling
  private var tokens: Double

  init(_ limits: ServiceConfig.RetryThrottling) {
    self.limits = limits
    tokens = limits.maxTokens
  }

  /// Whether more than half of the tokens are there.
  var allowsRetry: Bool { tokens > limits.maxTokens / 2 }

  func countFailure() { tokens = max(0, tokens - 1) }

  func countSuccess() { tokens = min(limits.maxTokens, tokens + limits.tokenRatio) }
}

/// What a server says about repeating a call that it could not serve (`grpc-retry-pushback-ms`).
enum PushBack: Equatable {
  /// The call should not be made again.
  case stop
  /// The call may be made again after this pause.
  case after(Duration)

  /// Reads the field of a trailer section; `nil` where there is none.
  ///
  /// Anything but a number of milliseconds means not to come again, as gRFC A6 has it.
  init?(_ trailers: HeaderBlock) {
    guard let text = trailers.first("grpc-retry-pushback-ms") else { return nil }
    guard let pause = Int32(text), pause >= 0 else {
      self = .stop
      return
    }
    self = .after(.milliseconds(pause))
  }
}
