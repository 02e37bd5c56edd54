// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The time of day.
enum WallClock {
  /// Nanoseconds since 1970.
  static var nanoseconds: Int {
    var now = timespec()
    // Fails only for a clock that does not exist.
    clock_gettime(CLOCK_REALTIME, &now)
    return Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec)
  }
}
