// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Ids that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7).
public enum UUIDv7 {
  private struct State {
    var milliseconds: Int64 = 0
    var counter: UInt16 = 0
  }

  private static let state = Mutex(State())

  /// A new id in lower case.
  ///
  /// Ids of one process ascend, also within a millisecond and when the clock steps back (RFC 9562, section 6.2, method
  /// 1: a 12-bit counter that begins in its lower half).
  public static func next() -> String {
    let (milliseconds, counter) = state.withLock { state -> (Int64, UInt16) in
      let now = millisecondsNow()
      if now > state.milliseconds {
        state.milliseconds = now
        state.counter = UInt16.random(in: 0..<0x800)
      } else if state.counter == 0xFFF {
        state.milliseconds += 1
        state.counter = UInt16.random(in: 0..<0x800)
      } else {
        state.counter += 1
      }
      return (state.milliseconds, state.counter)
    }
    let high = UInt64(truncatingIfNeeded: milliseconds) << 16 | 0x7000 | UInt64(counter)
    let low = UInt64.random(in: 0...UInt64.max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return text(high: high, low: low)
  }

  /// Makes later ids sort after those made up to `milliseconds`, whatever the clock says: it may have been set back since.
  public static func begin(after milliseconds: Int64) {
    state.withLock { state in
      guard milliseconds >= state.milliseconds else { return }
      state = State(milliseconds: milliseconds + 1)
    }
  }

  /// The time now, or of the newest id when that is later: in the milliseconds of ids.
  static func latest() -> Int64 { state.withLock { max(millisecondsNow(), $0.milliseconds) } }

  /// Whether `text` is a UUID of version 7 in lower case.
  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36, bytes[14] == UInt8(ascii: "7"), "89ab".utf8.contains(bytes[19]) else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default:
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
    }
  }

  private static func text(high: UInt64, low: UInt64) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { bytes.append(UInt8(ascii: "-")) }
      let word = nibble < 16 ? high : low
      bytes.append(digits[Int(word >> UInt64(60 - 4 * (nibble % 16)) & 0xF)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Milliseconds since 1970-01-01T00:00:00Z by the system's clock.
  static func millisecondsNow() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
