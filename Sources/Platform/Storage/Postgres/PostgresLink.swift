// SPDX-License-Identifier: Apache-2.0

import CPostgres

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A connection of libpq, all of whose waiting ends in time.
///
/// libpq never waits by itself here. A server that accepts and stays mute, stalls in the middle of an answer or sends what
/// is no answer ends in ``StorageError/unavailable(problem:)``.
final class PostgresLink {
  private(set) var handle: OpaquePointer?
  /// Whether libpq holds bytes that the socket did not take.
  private var hasUnsent = false
  private let isEncrypted: Bool

  /// Takes over a connection that has been made, and ends it with itself.
  init(_ handle: OpaquePointer) {
    self.handle = handle
    isEncrypted = PQsslInUse(handle) != 0
    PQsetnonblocking(handle, 1)
  }

  deinit { PQfinish(handle) }

  /// Ends the conversation.
  func close() {
    PQfinish(handle)
    handle = nil
  }

  var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }

  /// What libpq says of its last failure, on one line.
  var problem: String { Self.problem(of: handle) }

  static func problem(of handle: OpaquePointer?) -> String {
    let text = String(PQerrorMessage(handle).map { String(cString: $0) }?.firstLine ?? "")
    return text.isEmpty ? "the connection is broken" : text
  }

  // MARK: Sending

  /// Gives the socket what it takes at once.
  func push() { hasUnsent = PQflush(handle) == 1 }

  /// Gives everything to the socket.
  func flush(within limit: Duration) throws(StorageError) {
    push()
    guard hasUnsent else { return }
    let deadline = ContinuousClock.now + limit
    while hasUnsent {
      try receive(until: deadline)
      push()
    }
  }

  // MARK: Receiving

  /// The next result; nil at the end of those of a statement.
  func result(within limit: Duration) throws(StorageError) -> OpaquePointer? {
    var deadline: ContinuousClock.Instant?
    while PQisBusy(handle) != 0 {
      if isBroken { throw .unavailable(problem: problem) }
      let until = deadline ?? ContinuousClock.now + limit
      deadline = until
      if hasUnsent { push() }
      try receive(until: until)
    }
    return PQgetResult(handle)
  }

  /// Whether `result` would not wait.
  var hasResult: Bool { PQisBusy(handle) == 0 }

  /// Waits until there is something to read, or room to write when something is unsent, and reads.
  private func receive(until deadline: ContinuousClock.Instant) throws(StorageError) {
    let socket = PQsocket(handle)
    guard socket >= 0 else { throw .unavailable(problem: problem) }
    let events = Int16(POLLIN) | (hasUnsent ? Int16(POLLOUT) : 0)
    // libpq may leave bytes that are decrypted already where poll does not see them.
    let slice: Duration? = isEncrypted ? .milliseconds(50) : nil
    switch Self.wait(for: events, on: socket, until: deadline, atMost: slice) {
    case .late: throw .unavailable(problem: "the server has not answered in time")
    case .ready(let found) where found & ~Int16(POLLOUT) == 0 && !isEncrypted: return
    case .ready, .slice:
      // When this fails, what the server said before it ended the conversation may still be there to be read.
      if PQconsumeInput(handle) == 0, PQisBusy(handle) != 0 { throw .unavailable(problem: problem) }
    }
  }

  /// Reads what is there, without waiting.
  ///
  /// - Returns: whether there was something, be it that the connection has ended.
  func readWhatIsThere() -> Bool {
    let now = ContinuousClock.now
    guard case .ready = Self.wait(for: Int16(POLLIN), on: PQsocket(handle), until: now, atMost: nil) else {
      return false
    }
    _ = PQconsumeInput(handle)
    return true
  }

  // MARK: Waiting

  enum Wait {
    case ready(Int16)
    /// Not yet, but the time for looking anew has come.
    case slice
    case late
  }

  static func wait(
    for events: Int16, on socket: Int32, until deadline: ContinuousClock.Instant, atMost slice: Duration?
  ) -> Wait {
    while true {
      let rest = max(.zero, deadline - .now)
      let pause = slice.map { min($0, rest) } ?? rest
      var descriptor = pollfd(fd: socket, events: events, revents: 0)
      let count = poll(&descriptor, 1, Int32(clamping: pause.milliseconds))
      if count > 0 { return .ready(descriptor.revents) }
      // Interrupted by a signal: once more.
      if count < 0, errno == EINTR { continue }
      if count < 0 || rest == .zero { return .late }
      if pause < rest { return .slice }
    }
  }
}
