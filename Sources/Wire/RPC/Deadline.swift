// SPDX-License-Identifier: Apache-2.0

/// The moment at which a call is out of time, on a clock that neither jumps nor stops.
public struct Deadline: Sendable, Hashable {
  /// How long after ``reference``; unlike an instant of the clock, of a size that the compiler knows.
  private let offset: Duration

  /// Some moment of this process.
  private static let reference = ContinuousClock.now

  /// The moment itself.
  public var instant: ContinuousClock.Instant { Self.reference.advanced(by: offset) }

  /// A deadline at a moment.
  public init(_ instant: ContinuousClock.Instant) { offset = Self.reference.duration(to: instant) }

  /// A deadline this far from now.
  public init(after duration: Duration) { self.init(.now.advanced(by: duration)) }

  /// The time that is left; negative once it has passed.
  public var remaining: Duration { ContinuousClock.Instant.now.duration(to: instant) }

  /// Whether the time is up.
  public var hasPassed: Bool { remaining <= .zero }
}

extension Deadline {
  /// The deadline of the call whose handler is running; `nil` outside of one, and when its caller set no limit.
  ///
  /// Calls that a handler makes end by then at the latest, without the handler's doing.
  @TaskLocal public static var current: Deadline?
}
