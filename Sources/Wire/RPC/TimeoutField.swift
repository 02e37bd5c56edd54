// SPDX-License-Identifier: Apache-2.0

/// The time for a call on the wire (`grpc-timeout`): one to eight digits and a unit.
enum TimeoutField {
  /// The duration that a field stands for; `nil` if it is malformed.
  static func decode(_ text: UnsafeRawBufferPointer) -> Duration? {
    guard (2...9).contains(text.count), let unit = text.last else { return nil }
    var amount: Int64 = 0
    for digit in text.dropLast() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      amount = amount * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    switch unit {
    case UInt8(ascii: "H"): return .seconds(amount * 3600)
    case UInt8(ascii: "M"): return .seconds(amount * 60)
    case UInt8(ascii: "S"): return .seconds(amount)
    case UInt8(ascii: "m"): return .milliseconds(amount)
    case UInt8(ascii: "u"): return .microseconds(amount)
    case UInt8(ascii: "n"): return .nanoseconds(amount)
    default: return nil
    }
  }

  /// The field for a duration, rounded down to the finest unit in which it fits eight digits; never less than 1 ns.
  static func encode(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return "1n" }
    let largest: Int64 = 99_999_999
    let nanoseconds = attoseconds / 1_000_000_000
    if seconds == 0, nanoseconds <= largest { return "\(max(1, nanoseconds))n" }
    if seconds < 100, seconds * 1_000_000 + nanoseconds / 1_000 <= largest {
      return "\(seconds * 1_000_000 + nanoseconds / 1_000)u"
    }
    if seconds < 100_000, seconds * 1_000 + nanoseconds / 1_000_000 <= largest {
      return "\(seconds * 1_000 + nanoseconds / 1_000_000)m"
    }
    if seconds <= largest { return "\(seconds)S" }
    return "\(min(seconds / 3600, largest))H"
  }
}
