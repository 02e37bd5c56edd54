// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Logging
import ServiceLifecycle

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Ends when standard input ends, which it does when the program at its other end is gone, however it went.
struct ParentWatch: Service {
  let logger: Logger

  func run() async throws {
    let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
    let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO)
    source.setEventHandler {
      var scratch = [UInt8](repeating: 0, count: 512)
      let count = read(STDIN_FILENO, &scratch, scratch.count)
      if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { continuation.finish() }
    }
    source.resume()
    defer { source.cancel() }
    await cancelWhenGracefulShutdown {
      for await _ in ended {}
    }
    logger.debug("standard input has ended, or a stop was asked for")
  }
}
