// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Nanoseconds of this process: on its processors, and by the clock on the wall.
struct Clock {
  let cpu: Int
  let wall: Int

  static var now: Clock { Clock(cpu: read(CLOCK_PROCESS_CPUTIME_ID), wall: wall) }

  static var wall: Int { read(CLOCK_MONOTONIC) }

  static func - (later: Clock, earlier: Clock) -> Clock {
    Clock(cpu: later.cpu - earlier.cpu, wall: later.wall - earlier.wall)
  }

  private static func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
