// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Wakes a thread that waits for a socket.
final class WakeBell: Sendable {
  enum Wait { case rung, ready, late }

  private let reading: Int32
  private let writing: Int32

  /// - Throws: ``StorageError/unavailable(problem:)`` when the process has too many files open.
  init() throws(StorageError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .unavailable(problem: String(cString: strerror(errno))) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    _ = close(reading)
    _ = close(writing)
  }

  /// Ends the current wait and all later ones.
  func ring() {
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// Waits until the bell rings, or `socket` has something to read.
  @discardableResult
  func wait(for socket: Int32?, atMost limit: Duration) -> Wait {
    let deadline = ContinuousClock.now + limit
    while true {
      var descriptors = [reading, socket ?? -1].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let rest = max(.zero, deadline - .now)
      let count = poll(&descriptors, 2, Int32(clamping: rest.milliseconds))
      if count > 0 { return descriptors[0].revents != 0 ? .rung : .ready }
      if count < 0, errno == EINTR { continue }
      return .late
    }
  }
}
