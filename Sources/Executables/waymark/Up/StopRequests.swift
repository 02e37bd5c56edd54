// SPDX-License-Identifier: Apache-2.0

import Dispatch
import UnixSignals

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Everything that asks `waymark up` to stop, as one sequence.
enum StopRequests {
  /// One element for each SIGINT, SIGTERM and SIGHUP.
  /// - Parameter atEndOfInput: also one at the end of standard input.
  static func requests(atEndOfInput: Bool) async -> AsyncStream<Void> {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let forwarding = Task {
      for await _ in signals { continuation.yield() }
    }
    continuation.onTermination = { _ in forwarding.cancel() }
    if atEndOfInput { whenInputEnds { continuation.yield() } }
    return stream
  }

  /// Reads and drops what comes on standard input, without blocking a thread; calls `ended` at its end.
  private static func whenInputEnds(_ ended: @escaping @Sendable () -> Void) {
    let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
    source.setEventHandler {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      guard count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) else { return }
      ended()
      source.cancel()
    }
    source.resume()
  }
}
