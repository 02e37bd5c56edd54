// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// How often clients may send PINGs to keep connections alive, as gRFC A8 has servers enforce it.
///
/// A client that sends three PINGs too early, with no response of the server between them, is sent GOAWAY with
/// `ENHANCE_YOUR_CALM` and the debug data `too_many_pings`; gRPC clients double their interval then.
///
/// gRFC A8 proposes five minutes. Proxies are busier: Envoy's `connection_keepalive` is set to 10 or 30 seconds as a rule,
/// goes on without calls, and a GOAWAY would end the calls of everybody who shares the connection. So ten seconds are the
/// default, with or without calls, which costs a server less than one packet in five seconds and connection.
public struct HTTP2PingPolicy: Sendable, Hashable {
  /// The shortest time between two PINGs while calls are open; a tenth less is let pass, as the network moves packets.
  public var minimumInterval: TimeAmount
  /// Whether the same goes while no call is open; otherwise the PINGs have to be two hours apart then.
  public var permitsWithoutCalls: Bool

  public init(minimumInterval: TimeAmount = .seconds(10), permitsWithoutCalls: Bool = true) {
    self.minimumInterval = minimumInterval
    self.permitsWithoutCalls = permitsWithoutCalls
  }
}

/// Counts the PINGs of one client that came too early.
struct PingStrikes {
  private let policy: HTTP2PingPolicy
  private var last: NIODeadline?
  private var strikes = 0

  static let allowed = 2

  init(_ policy: HTTP2PingPolicy) { self.policy = policy }

  /// Notes a PING.
  /// - Parameter hasSent: whether headers or data were sent since the last one, which forgives all.
  /// - Returns: whether it was one too many.
  mutating func note(at now: NIODeadline, hasSent: Bool, hasCalls: Bool) -> Bool {
    defer { last = now }
    if hasSent {
      strikes = 0
      return false
    }
    guard let last else { return false }
    let interval = hasCalls || policy.permitsWithoutCalls ? policy.minimumInterval : .hours(2)
    if now - last < .nanoseconds(interval.nanoseconds / 10 * 9) { strikes += 1 }
    return strikes > Self.allowed
  }
}
