// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension GoogleProtobuf.Timestamp {
  /// Now, by the clock of this machine, in whole microseconds.
  ///
  /// Stores keep microseconds: what a create answers is then what every later read answers.
  public static var now: GoogleProtobuf.Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return GoogleProtobuf.Timestamp(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec / 1000 * 1000))
  }

  /// A time in nanoseconds since the start of 1970, UTC.
  public init(nanosecondsSinceEpoch nanoseconds: Int64) {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    self.init(seconds: rest < 0 ? seconds - 1 : seconds, nanos: Int32(rest < 0 ? rest + 1_000_000_000 : rest))
  }

  /// Whether the time is one that JSON can show: from year 1 to 9999, with 0 to 999,999,999 nanoseconds.
  public var isValid: Bool {
    (-62_135_596_800...253_402_300_799).contains(seconds) && (0...999_999_999).contains(nanos)
  }
}

extension GoogleProtobuf.Duration {
  /// The length as Swift counts it.
  public var duration: Swift.Duration { .seconds(seconds) + .nanoseconds(Int64(nanos)) }

  public init(_ duration: Swift.Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(seconds: seconds, nanos: Int32(truncatingIfNeeded: attoseconds / 1_000_000_000))
  }
}

extension CommonV1.Date {
  /// Whether there is such a day, in years 1 to 9999 of the Gregorian calendar.
  public var isValid: Bool {
    guard (1...9999).contains(year), (1...12).contains(month) else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int32] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...lengths[Int(month) - 1]).contains(day)
  }
}
